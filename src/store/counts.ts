import type { Database } from 'better-sqlite3'
import type { CounterPort, WindowFound, WindowPort, WindowRow } from '../core/ports.js'
import { Statement } from './statement.js'

export function counters(db: Database): CounterPort {
  const get = new Statement<[string, string], number>(
    db,
    'SELECT value FROM counter WHERE vendor = ? AND purpose = ?',
  ).pluck()
  const next = new Statement<[string, string], number>(
    db,
    `INSERT INTO counter (vendor, purpose, value) VALUES (?, ?, 1)
       ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`,
  ).pluck()
  const move = new Statement(db, 'UPDATE OR REPLACE counter SET purpose = ? WHERE vendor = ? AND purpose = ?')
  return {
    get: (vendor, purpose) => get.get(vendor, purpose) ?? 0,
    next: (vendor, purpose) => Number(next.get(vendor, purpose)),
    move: (vendor, purpose, to) => {
      move.run(to, vendor, purpose)
    },
  }
}

export function windows(db: Database): WindowPort {
  const get = new Statement<[string, string, string], WindowRow>(
    db,
    'SELECT count, ends_at AS endsAt FROM window WHERE vendor = ? AND purpose = ? AND key = ?',
  )
  const put = new Statement(
    db,
    `INSERT INTO window (vendor, purpose, key, count, ends_at) VALUES (:vendor, :purpose, :key, :count, :endsAt)
     ON CONFLICT DO UPDATE SET count = excluded.count, ends_at = excluded.ends_at`,
  )
  const remove = new Statement(db, 'DELETE FROM window WHERE vendor = ? AND purpose = ? AND key = ?')
  const ending = new Statement<[number, number], WindowFound>(
    db,
    `SELECT vendor, purpose, key, ends_at AS endsAt FROM window WHERE ends_at > ? ORDER BY ends_at, vendor, key LIMIT ?`,
  )
  return {
    get: (vendor, purpose, key) => get.get(vendor, purpose, key),
    put: (vendor, purpose, key, row) => {
      put.run({ vendor, purpose, key, ...row })
    },
    remove: (vendor, purpose, key) => {
      remove.run(vendor, purpose, key)
    },
    ending: (now, limit) => ending.all(now, limit),
  }
}
