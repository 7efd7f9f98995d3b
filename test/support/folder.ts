import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

type Contents = Readonly<Record<string, string | Buffer>>

function folderWith(files: Contents): string {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

/** A new folder with these files, which ends with the test. */
export function folderOf(t: Test, files: Contents = {}): string {
  const folder = folderWith(files)
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

const lasting: string[] = []
process.on('exit', () => {
  for (const folder of lasting) rmSync(folder, { recursive: true, force: true })
})

/** A new folder with these files for all tests of this process, with which it ends. */
export function lastingFolder(files: Contents = {}): string {
  const folder = folderWith(files)
  lasting.push(folder)
  return folder
}
