import type { Database } from 'better-sqlite3'
import type { CounterPort, WindowPort, WindowRow } from '../core/ports.js'

export function counters(db: Database): CounterPort {
  const get = db.prepare<[string, string], number>('SELECT value FROM counter WHERE vendor = ? AND purpose = ?').pluck()
  const next = db
    .prepare<[string, string], number>(
      `INSERT INTO counter (vendor, purpose, value) VALUES (?, ?, 1)
       ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`,
    )
    .pluck()
  return {
    get: (vendor, purpose) => get.get(vendor, purpose) ?? 0,
    next: (vendor, purpose) => Number(next.get(vendor, purpose)),
  }
}

export function windows(db: Database): WindowPort {
  const get = db.prepare<[string, string, string], WindowRow>(
    'SELECT count, ends_at AS endsAt FROM window WHERE vendor = ? AND purpose = ? AND key = ?',
  )
  const put = db.prepare(
    `INSERT INTO window (vendor, purpose, key, count, ends_at) VALUES (:vendor, :purpose, :key, :count, :endsAt)
     ON CONFLICT DO UPDATE SET count = excluded.count, ends_at = excluded.ends_at`,
  )
  const remove = db.prepare('DELETE FROM window WHERE vendor = ? AND purpose = ? AND key = ?')
  return {
    get: (vendor, purpose, key) => get.get(vendor, purpose, key),
    put: (vendor, purpose, key, row) => {
      put.run({ vendor, purpose, key, ...row })
    },
    remove: (vendor, purpose, key) => {
      remove.run(vendor, purpose, key)
    },
  }
}
