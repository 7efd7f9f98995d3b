import type { Database } from 'better-sqlite3'
import type { KeyPort, KeyRow, RealmPort, RealmRow } from '../core/ports.js'
import { Statement } from './statement.js'

interface StoredKey extends Omit<KeyRow, 'published'> {
  readonly published: number
}

const read = (row: StoredKey): KeyRow => ({ ...row, published: row.published === 1 })

export function keys(db: Database): KeyPort {
  const columns = 'number, purpose, material, published, retires_at AS retiresAt'
  const all = new Statement<[string, string], StoredKey>(
    db,
    `SELECT ${columns} FROM signing_key WHERE vendor = ? AND purpose = ? ORDER BY number DESC`,
  )
  const numbered = new Statement<[string, number], StoredKey>(
    db,
    `SELECT ${columns} FROM signing_key WHERE vendor = ? AND number = ?`,
  )
  const insert = new Statement(db, 'INSERT INTO signing_key (vendor, purpose, material, published) VALUES (?, ?, ?, ?)')
  const retire = new Statement(
    db,
    `UPDATE signing_key SET retires_at = ? WHERE vendor = ? AND purpose = 'signing' AND retires_at IS NULL`,
  )
  const remove = new Statement(db, 'DELETE FROM signing_key WHERE vendor = ? AND purpose = ?')
  return {
    all: (vendor, purpose) => all.all(vendor, purpose).map(read),
    numbered: (vendor, number) => {
      const row = numbered.get(vendor, number)
      return row && read(row)
    },
    insert: (vendor, { purpose, material, published }) => {
      insert.run(vendor, purpose, material, published ? 1 : 0)
    },
    retire: (vendor, at) => {
      retire.run(at, vendor)
    },
    remove: (vendor, purpose) => {
      remove.run(vendor, purpose)
    },
  }
}

export function realms(db: Database): RealmPort {
  const get = new Statement<[string], RealmRow>(db, 'SELECT facts, settings FROM realm WHERE vendor = ?')
  const put = new Statement(
    db,
    `INSERT INTO realm (vendor, facts, settings) VALUES (:vendor, :facts, :settings)
     ON CONFLICT DO UPDATE SET facts = excluded.facts, settings = excluded.settings`,
  )
  return {
    get: (vendor) => get.get(vendor),
    put: (vendor, row) => {
      put.run({ vendor, ...row })
    },
  }
}
