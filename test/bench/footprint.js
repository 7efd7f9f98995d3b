/** What a production install is. */
import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { figure } from './measure.js'

const run = promisify(execFile)

/** Bytes of the files of a package, without the packages within it and what starts have kept there. */
function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((bytes, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['node_modules', '.cache'].includes(entry.name) ? bytes : bytes + sizeOf(path)
    return entry.isFile() ? bytes + statSync(path).size : bytes
  }, 0)
}

/** Folders of the packages that come with the product. */
async function packages() {
  // It ends with 1 where a peer is missing, and has listed everything all the same.
  const { stdout } = await run('npm', ['ls', '--omit=dev', '--all', '--parseable']).catch((error) => error)
  const [, ...folders] = stdout.trim().split('\n')
  return folders
}

/** What a TypeScript or C compiler needs and a running server does not is part of an install too. */
export async function* benchFootprint() {
  const folders = await packages()
  const megabytes = (bytes) => `${figure(bytes / 1e6, 1)} MB`
  const sizes = folders.map((folder) => ({ name: folder.split('node_modules/').at(-1), bytes: sizeOf(folder) }))
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  const largest = sizes.sort((one, other) => other.bytes - one.bytes).slice(0, 5)
  yield {
    what: 'a production install, without the product itself',
    figure: `${folders.length} packages, ${megabytes(total)}; the largest: ${largest.map(({ name, bytes }) => `${name} ${megabytes(bytes)}`).join(', ')}`,
  }
  yield {
    what: 'the product itself, built',
    figure: megabytes(['dist', 'fixtures', 'openapi'].reduce((sum, folder) => sum + sizeOf(folder), 0)),
  }
}
