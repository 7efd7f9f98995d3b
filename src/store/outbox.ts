import type { Database } from 'better-sqlite3'
import type { MessagePort, MessageRow } from '../core/ports.js'
import { Statement } from './statement.js'

const columns = 'id, at, account, kind, code, expires_at AS expiresAt'

export function messages(db: Database): MessagePort {
  const insert = new Statement(
    db,
    `INSERT INTO message (vendor, id, at, account, kind, code, expires_at)
     VALUES (:vendor, :id, :at, :account, :kind, :code, :expiresAt)`,
  )
  const all = new Statement<[string, string | null], MessageRow>(
    db,
    `SELECT ${columns} FROM message WHERE vendor = ? AND account = coalesce(?, account) ORDER BY rowid`,
  )
  const clear = new Statement(db, 'DELETE FROM message WHERE vendor = ?')
  return {
    insert: (vendor, row) => {
      insert.run({ vendor, ...row })
    },
    all: (vendor, account) => all.all(vendor, account ?? null),
    clear: (vendor) => {
      clear.run(vendor)
    },
  }
}
