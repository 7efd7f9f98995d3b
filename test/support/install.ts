import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { folderOf } from './folder.js'

const run = promisify(execFile)

/** Puts this checkout's packages into a project, by name. */
export function link(project: string, names: readonly string[]): void {
  for (const name of names) {
    const place = join(project, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(resolve('node_modules', name), place)
  }
}

/** What a registry would be sent: the path of the tarball. */
export async function pack(t: Test): Promise<string> {
  const folder = folderOf(t)
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder])
  return join(folder, JSON.parse(stdout)[0].filename)
}

/**
 * A project that has the tarball installed, without a network and without compiling: the package is unpacked, its
 * declared dependencies are those of this checkout, and npm makes the commands. That npm finds versions for the ranges,
 * and that better-sqlite3 comes with them, is tried by `test/install.test.ts`.
 */
export async function install(t: Test, tarball: string): Promise<string> {
  const project = folderOf(t, { 'package.json': '{ "name": "consumer", "version": "1.0.0", "private": true }' })
  const unpacked = folderOf(t)
  await run('tar', ['-xzf', tarball, '-C', unpacked])
  const place = join(project, 'node_modules/auth-understudy')
  cpSync(join(unpacked, 'package'), place, { recursive: true })
  link(project, Object.keys(JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')).dependencies))
  await run('npm', ['rebuild', '--ignore-scripts', '--offline', 'auth-understudy'], { cwd: project })
  return project
}
