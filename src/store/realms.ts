import type { Database } from 'better-sqlite3'
import type { KeyPort, KeyPurpose, KeyRow, RealmPort, RealmRow } from '../core/ports.js'
import { Reader, Statement } from './statement.js'

const columns = 'number, purpose, material, published, retires_at'

/** In the order of `columns`. */
type Columns = [number: number, purpose: KeyPurpose, material: string, published: number, retiresAt: number | null]

function read([number, purpose, material, published, retiresAt]: Columns): KeyRow {
  return { number, purpose, material, published: published === 1, retiresAt }
}

export function keys(db: Database): KeyPort {
  const all = new Reader<[string, string], Columns, KeyRow>(
    db,
    `SELECT ${columns} FROM signing_key WHERE vendor = ? AND purpose = ? ORDER BY number DESC`,
    read,
  )
  const numbered = new Reader<[string, number], Columns, KeyRow>(
    db,
    `SELECT ${columns} FROM signing_key WHERE vendor = ? AND number = ?`,
    read,
  )
  const insert = new Statement(db, 'INSERT INTO signing_key (vendor, purpose, material, published) VALUES (?, ?, ?, ?)')
  const retire = new Statement(
    db,
    `UPDATE signing_key SET retires_at = ? WHERE vendor = ? AND purpose = 'signing' AND retires_at IS NULL`,
  )
  const remove = new Statement(db, 'DELETE FROM signing_key WHERE vendor = ? AND purpose = ?')
  return {
    all: (vendor, purpose) => all.all(vendor, purpose),
    numbered: (vendor, number) => numbered.get(vendor, number),
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
