import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { UnusableSnapshot } from '../core/ports.js'
import { DataInUse } from '../core/shelf.js'
import { applicationId } from './schema.js'

/** Of the register alone: each world says its own. */
const registerVersion = 1

/** Whose the worlds of a folder are. While it is open, no other process opens it; when its process ends, it is closed. */
export interface Register {
  /** What the worlds of the folder draw from. */
  readonly seed: number
  /** Whether it was begun just now: nothing else in the folder is this product's. */
  readonly isNew: boolean
  close(): void
}

const isNew = (db: Database.Database): boolean =>
  db.pragma('user_version', { simple: true }) === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined

function begin(db: Database.Database, seed: number): void {
  db.exec(`CREATE TABLE folder (seed INTEGER NOT NULL) STRICT;
    PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${registerVersion}`)
  db.prepare('INSERT INTO folder (seed) VALUES (?)').run(seed)
}

function seedIn(db: Database.Database): number {
  const [id, version] = ['application_id', 'user_version'].map((name) => db.pragma(name, { simple: true }))
  if (id !== applicationId) throw new UnusableSnapshot('a file made by this product: this is another SQLite file')
  if (version !== registerVersion) throw new UnusableSnapshot(`a file of version ${registerVersion}, not ${version}`)
  const hasTable = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'folder'`).get() !== undefined
  const seed = hasTable ? db.prepare<[], number>('SELECT seed FROM folder').pluck().get() : undefined
  if (seed === undefined) throw new UnusableSnapshot('a seed in it')
  return seed
}

/**
 * Opens the register of a folder, or begins one with a seed, if it may. Throws `DataInUse`, `UnusableSnapshot`, and what
 * SQLite throws.
 */
export function openRegister(path: string, newSeed?: () => number): Register {
  const db = new Database(path, { timeout: 0 })
  try {
    // Kept when the transaction is over, and let go by the system when the process is.
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('BEGIN EXCLUSIVE')
    const isFirst = isNew(db)
    if (isFirst && !newSeed) throw new UnusableSnapshot('the seed that the worlds beside it were made with')
    if (isFirst && newSeed) begin(db, newSeed())
    const seed = seedIn(db)
    // A file that may only be read is opened all the same, and then nobody has it locked.
    db.pragma(`user_version = ${registerVersion}`)
    db.exec('COMMIT')
    return { seed, isNew: isFirst, close: () => db.close() }
  } catch (error) {
    db.close()
    const isBusy = error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY'
    throw isBusy ? new DataInUse(`${dirname(path)} is in use by another server`) : error
  }
}
