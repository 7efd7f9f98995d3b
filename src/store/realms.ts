import type { Database } from 'better-sqlite3'
import type { KeyPort, RealmPort, RealmRow } from '../core/ports.js'

export function keys(db: Database): KeyPort {
  const current = db.prepare<[string], { material: string; published: number }>(
    'SELECT material, published FROM signing_key WHERE vendor = ? ORDER BY rowid DESC LIMIT 1',
  )
  const insert = db.prepare('INSERT INTO signing_key (vendor, material, published) VALUES (?, ?, ?)')
  return {
    current: (vendor) => {
      const row = current.get(vendor)
      return row && { material: row.material, published: row.published === 1 }
    },
    insert: (vendor, { material, published }) => {
      insert.run(vendor, material, published ? 1 : 0)
    },
  }
}

export function realms(db: Database): RealmPort {
  const get = db.prepare<[string], RealmRow>('SELECT facts, settings FROM realm WHERE vendor = ?')
  const put = db.prepare(
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
