import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { ownFile } from './files.js'

/** Where Linux has a file system in memory. */
const inMemory = '/dev/shm'

/** A new folder for a file of so many bytes: in memory, where there is room for it to grow, or else among temporary files. */
export function makeFolderFor(bytes: number, memory = inMemory): string {
  const within = (place: string) => mkdtempSync(join(place, 'understudy-'))
  try {
    const { bavail, bsize } = statfsSync(memory)
    if (Math.min(bavail * bsize, freemem()) > 2 * bytes) return within(memory)
  } catch {
    // There is none, or not for this process.
  }
  return within(tmpdir())
}

/** A database in a file that is nobody else's and has no name any more: it goes with the process. */
export function openUnnamed(bytes: Buffer, memory?: string): Database.Database {
  const folder = makeFolderFor(bytes.length, memory)
  try {
    const path = join(folder, 'world')
    writeFileSync(path, bytes, { mode: ownFile })
    const db = new Database(path)
    // Of no use to anybody after this process, and so neither locked nor written with care.
    for (const setting of ['locking_mode = EXCLUSIVE', 'journal_mode = MEMORY', 'synchronous = OFF']) db.pragma(setting)
    // What it begins with, and not what it grows by: the whole would have to be mapped anew each time.
    db.pragma(`mmap_size = ${bytes.length}`)
    return db
  } finally {
    rmSync(folder, { recursive: true })
  }
}
