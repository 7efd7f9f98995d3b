import type { Database } from 'better-sqlite3'
import type { AccountPort, AccountRow, LoginName } from '../core/ports.js'

const columns = `a.id, a.state, a.password_hash AS passwordHash, a.created_at AS createdAt, a.updated_at AS updatedAt, a.profile`

export function accounts(db: Database): AccountPort {
  const get = db.prepare<[string, string], AccountRow>(`SELECT ${columns} FROM account a WHERE vendor = ? AND id = ?`)
  const byLogin = db.prepare<[string, string, string, string], AccountRow>(
    `SELECT ${columns} FROM login l JOIN account a ON a.vendor = l.vendor AND a.id = l.account
     WHERE l.vendor = ? AND l.tenant = ? AND l.kind = ? AND l.key = ?`,
  )
  const all = db.prepare<[string], AccountRow>(`SELECT ${columns} FROM account a WHERE vendor = ? ORDER BY rowid`)
  const insert = db.prepare(
    `INSERT INTO account (vendor, id, state, password_hash, created_at, updated_at, profile)
     VALUES (:vendor, :id, :state, :passwordHash, :createdAt, :updatedAt, :profile)`,
  )
  const insertLogin = db.prepare(
    'INSERT INTO login (vendor, tenant, kind, key, account) VALUES (:vendor, :tenant, :kind, :key, :account)',
  )
  const update = db.prepare(
    `UPDATE account SET state = :state, password_hash = :passwordHash, updated_at = :updatedAt, profile = :profile
     WHERE vendor = :vendor AND id = :id`,
  )
  return {
    get: (vendor, id) => get.get(vendor, id),
    byLogin: (vendor, { tenant, kind, key }) => byLogin.get(vendor, tenant, kind, key),
    all: (vendor) => all.all(vendor),
    insert: db.transaction((vendor: string, row: AccountRow, logins: readonly LoginName[]) => {
      insert.run({ vendor, ...row })
      for (const login of logins) insertLogin.run({ vendor, ...login, account: row.id })
    }),
    update: (vendor, row) => {
      update.run({ vendor, ...row })
    },
  }
}
