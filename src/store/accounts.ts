import type { Database } from 'better-sqlite3'
import type { AccountPage, AccountPort, AccountRow, AccountState, LoginName } from '../core/ports.js'
import { Reader, Statement } from './statement.js'

const columns = `a.id, a.state, a.password_hash AS passwordHash, a.created_at AS createdAt, a.updated_at AS updatedAt, a.profile`

/** In the order of `columns`. */
type Columns = [
  id: string,
  state: AccountState,
  passwordHash: string,
  createdAt: number,
  updatedAt: number,
  profile: string,
]

function read([id, state, passwordHash, createdAt, updatedAt, profile]: Columns): AccountRow {
  return { id, state, passwordHash, createdAt, updatedAt, profile }
}

export function accounts(db: Database): AccountPort {
  const get = new Reader<[string, string], Columns, AccountRow>(
    db,
    `SELECT ${columns} FROM account a WHERE vendor = ? AND id = ?`,
    read,
  )
  const byLogin = new Reader<[string, string, string, string], Columns, AccountRow>(
    db,
    `SELECT ${columns} FROM login l JOIN account a ON a.vendor = l.vendor AND a.id = l.account
     WHERE l.vendor = ? AND l.tenant = ? AND l.kind = ? AND l.key = ?`,
    read,
  )
  const byName = new Reader<[string, string, string], Columns, AccountRow>(
    db,
    `SELECT ${columns} FROM login l JOIN account a ON a.vendor = l.vendor AND a.id = l.account
     WHERE l.vendor = ? AND l.kind = ? AND l.key = ? ORDER BY a.rowid`,
    read,
  )
  const all = new Reader<[string], Columns, AccountRow>(
    db,
    `SELECT ${columns} FROM account a WHERE vendor = ? ORDER BY rowid`,
    read,
  )
  const page = new Statement<[AccountPage & { vendor: string }], AccountRow & { position: number }>(
    db,
    `SELECT ${columns}, a.rowid AS position FROM account a
     WHERE +vendor = :vendor AND a.rowid > :after AND (:state IS NULL OR state = :state) ORDER BY a.rowid LIMIT :limit`,
  )
  const logins = new Statement<[string, string], LoginName>(
    db,
    'SELECT kind, key, tenant FROM login WHERE vendor = ? AND account = ? ORDER BY kind, key, tenant',
  )
  const insert = new Statement(
    db,
    `INSERT INTO account (vendor, id, state, password_hash, created_at, updated_at, profile)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const insertLogin = new Statement(db, 'INSERT INTO login (vendor, tenant, kind, key, account) VALUES (?, ?, ?, ?, ?)')
  const update = new Statement(
    db,
    `UPDATE account SET state = :state, password_hash = :passwordHash, created_at = :createdAt, updated_at = :updatedAt,
     profile = :profile WHERE vendor = :vendor AND id = :id`,
  )
  const remove = new Statement(db, 'DELETE FROM account WHERE vendor = ? AND id = ?')
  const removeLogins = new Statement(db, 'DELETE FROM login WHERE vendor = ? AND account = ?')
  const name = (vendor: string, id: string, logins: readonly LoginName[]) => {
    for (const { tenant, kind, key } of logins) insertLogin.run(vendor, tenant, kind, key, id)
  }
  const insertAll = (vendor: string, row: AccountRow, logins: readonly LoginName[]) => {
    const { id, state, passwordHash, createdAt, updatedAt, profile } = row
    const isNew = insert.run(vendor, id, state, passwordHash, createdAt, updatedAt, profile).changes > 0
    if (isNew) name(vendor, id, logins)
    return isNew
  }
  const insertAlone = db.transaction(insertAll)
  return {
    get: (vendor, id) => get.get(vendor, id),
    byLogin: (vendor, { tenant, kind, key }) => byLogin.get(vendor, tenant, kind, key),
    byName: (vendor, { kind, key }) => byName.all(vendor, kind, key),
    all: (vendor) => all.all(vendor),
    page: (vendor, which) => page.all({ vendor, ...which }),
    logins: (vendor, id) => logins.all(vendor, id),
    insert: (vendor, row, logins) => (db.inTransaction ? insertAll : insertAlone)(vendor, row, logins),
    update: (vendor, row) => {
      update.run({ vendor, ...row })
    },
    rename: db.transaction((vendor: string, id: string, names: readonly LoginName[]) => {
      removeLogins.run(vendor, id)
      name(vendor, id, names)
    }),
    remove: db.transaction((vendor: string, id: string) => {
      removeLogins.run(vendor, id)
      remove.run(vendor, id)
    }),
  }
}
