import Database from 'better-sqlite3'
import { UnusableSnapshot } from '../core/ports.js'
import { applicationId, schema, userVersion } from './schema.js'

interface Definition {
  readonly type: string
  readonly name: string
  readonly sql: string | null
}

const definitions = (db: Database.Database): string =>
  JSON.stringify(
    db.prepare<[], Definition>('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all(),
  )

let expected: string | undefined

/** The schema as this version makes it. */
function ours(): string {
  if (expected === undefined) {
    const db = new Database(':memory:')
    db.exec(schema)
    expected = definitions(db)
    db.close()
  }
  return expected
}

/** Columns whose texts are read as JSON. */
const json = [
  ['account', 'profile'],
  ['token', 'facts'],
  ['token', 'forged'],
  ['realm', 'facts'],
  ['realm', 'settings'],
  ['meta', 'value'],
  ['journal', 'entry'],
] as const

/** Columns that hold epoch milliseconds. */
const instants = [
  ['account', 'created_at'],
  ['account', 'updated_at'],
  ['token', 'issued_at'],
  ['token', 'expires_at'],
  ['token', 'revoked_at'],
  ['window', 'ends_at'],
  ['signing_key', 'retires_at'],
  ['message', 'at'],
  ['message', 'expires_at'],
] as const

/** Columns that hold counts. */
const counts = [
  ['counter', 'value'],
  ['window', 'count'],
] as const

/** Nobody counts so far, and from there on, there is room to count on without losing a unit. */
const lastCount = 2 ** 52

/** Beyond it, before and after 1970, there is no date (ECMAScript). */
const lastInstant = 8_640_000_000_000_000

export const foreign = () => new UnusableSnapshot('a file made by this product: this is another SQLite file')

function assertOurs(db: Database.Database): void {
  if (db.pragma('application_id', { simple: true }) !== applicationId) {
    throw foreign()
  }
  const version = db.pragma('user_version', { simple: true })
  if (version !== userVersion) {
    throw new UnusableSnapshot(`a file of version ${userVersion}, not ${version}`)
  }
  if (definitions(db) !== ours()) throw new UnusableSnapshot('the tables of a world, and nothing beside them')
  const check = db.pragma('quick_check(1)', { simple: true })
  if (check !== 'ok') throw new UnusableSnapshot(`an undamaged file (${String(check).split('\n').at(-1)})`)
  for (const [table, column] of json) {
    const spoilt = db.prepare(`SELECT 1 FROM ${table} WHERE NOT json_valid(${column})`).get()
    if (spoilt) throw new UnusableSnapshot(`JSON in ${table}.${column}`)
  }
  for (const [table, column] of instants) {
    const spoilt = db.prepare(`SELECT 1 FROM ${table} WHERE abs(${column}) > ${lastInstant}`).get()
    if (spoilt) throw new UnusableSnapshot(`instants in ${table}.${column}`)
  }
  for (const [table, column] of counts) {
    const spoilt = db.prepare(`SELECT 1 FROM ${table} WHERE ${column} NOT BETWEEN 0 AND ${lastCount}`).get()
    if (spoilt) throw new UnusableSnapshot(`counts in ${table}.${column}`)
  }
}

/**
 * What `read` finds in the database of a world that this version can go on with. Throws `UnusableSnapshot` where it is
 * none, and where SQLite finds it damaged.
 */
export function assertWorld<T>(db: Database.Database, read: () => T): T {
  try {
    assertOurs(db)
    return read()
  } catch (error) {
    if (error instanceof Database.SqliteError) throw new UnusableSnapshot(`an undamaged file (${error.message})`)
    throw error
  }
}

/** Throws `UnusableSnapshot` unless these are the bytes of a snapshot that this version can go on with. */
export function assertSnapshot(bytes: Buffer): void {
  if (bytes.toString('latin1', 0, 16) !== 'SQLite format 3\0') throw new UnusableSnapshot('a SQLite file')
  // A file in WAL mode cannot be opened from memory.
  if (bytes[18] !== 1 || bytes[19] !== 1) throw new UnusableSnapshot('a file in rollback-journal mode')
  const db = new Database(bytes)
  try {
    assertWorld(db, () => undefined)
  } finally {
    db.close()
  }
}
