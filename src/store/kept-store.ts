import { closeSync, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { type Store, UnusableSnapshot } from '../core/ports.js'
import { cachePages, openStore, storeOn } from './database.js'
import { applicationId } from './schema.js'
import { assertWorld, foreign } from './verify-snapshot.js'

/** The store of a world that is kept in a file. */
export interface KeptStore extends Store {
  /**
   * Leaves the file to another: all that was written is in it by then, and none of the files that SQLite puts beside it is
   * left. What is written from now on concerns nobody who opens the file anew.
   */
  detach(): void
}

/** Where the file format says how a file is written: 1 is a rollback journal, 2 a write-ahead log. */
const writeVersion = 18
const readVersion = 19

function marked(image: Buffer, version: 1 | 2): Buffer {
  image[writeVersion] = version
  image[readVersion] = version
  return image
}

/** The bytes of a store as those of a file that is opened in WAL mode without being written to. */
export const imageOf = (store: Store): Buffer => marked(store.serialize(), 2)

/** Opens the file of a world, which nobody else has open. */
export function openKeptStore(path: string): KeptStore {
  const db = new Database(path, { fileMustExist: true, timeout: 0 })
  try {
    // Nobody else reads it, so that SQLite needs no memory shared between processes: no third file beside it.
    db.pragma('locking_mode = EXCLUSIVE')
    db.pragma('journal_mode = WAL')
    // What was committed outlives the process, though the last of it perhaps not a loss of power.
    db.pragma('synchronous = NORMAL')
    db.pragma(`cache_size = ${cachePages}`)
    // In pages, until the log goes into the file: each time the disk is waited for.
    db.pragma('wal_autocheckpoint = 16000')
  } catch (error) {
    db.close()
    throw error
  }
  const store = storeOn(db)
  // A database in WAL mode cannot be opened from memory, where all serialised ones go.
  const serialize = () => marked(store.serialize(), 1)
  return {
    ...store,
    serialize,
    // Apart from the file, which never holds the journal, not even for a moment.
    snapshot: (memory) => {
      const copy = openStore(serialize())
      try {
        return copy.snapshot(memory)
      } finally {
        copy.close()
      }
    },
    detach: () => {
      store.settle()
      // First by itself, because it may fail for want of room, and the store must then be as it was.
      db.pragma('wal_checkpoint(TRUNCATE)')
      // No log and no journal beside the file: what is called so there will be another's.
      db.pragma('journal_mode = MEMORY')
    },
  }
}

/** Where the file format says whose the file is. */
const applicationIdAt = 68

/** Finds another product's file by its first bytes: to open it would already disturb whoever has it open. */
function assertNotForeign(path: string): void {
  const head = Buffer.alloc(applicationIdAt + 4)
  // As it will be opened: one that may only be read is of no use.
  const file = openSync(path, 'r+')
  try {
    readSync(file, head)
  } finally {
    closeSync(file)
  }
  const isSqlite = head.toString('latin1', 0, 15) === 'SQLite format 3'
  if (isSqlite && head.readUInt32BE(applicationIdAt) !== applicationId) throw foreign()
}

/**
 * What `read` finds in the file of a world, which stays as it is. Throws `UnusableSnapshot` where it is none that this
 * version can go on with.
 */
export function inspectKeptStore<T>(path: string, read: (store: Store) => T): T {
  // SQLite would open it, and throw away the log beside it.
  if (statSync(path).size === 0) throw new UnusableSnapshot('a SQLite file, not an empty one')
  assertNotForeign(path)
  const made = ['-shm', '-wal'].map((suffix) => path + suffix).filter((beside) => !existsSync(beside))
  const db = new Database(path, { fileMustExist: true, readonly: true, timeout: 0 })
  try {
    return assertWorld(db, () => read(storeOn(db)))
  } finally {
    db.close()
    // A reader makes them and may not remove them.
    for (const beside of made) rmSync(beside, { force: true })
  }
}
