/** The statements that the work asks for, on the database of a world. */
import Database from 'better-sqlite3'

const account =
  'a.id, a.state, a.password_hash AS passwordHash, a.created_at AS createdAt, a.updated_at AS updatedAt, a.profile'

/** @param {Buffer} bytes a serialised world */
export function openStore(bytes) {
  const db = new Database(bytes)
  // As the product has it: with SQLite's own, much larger cache each insert costs 20 µs more.
  db.pragma('cache_size = 100')
  const increment = db
    .prepare(
      `INSERT INTO counter (vendor, purpose, value) VALUES (?, ?, 1)
         ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`,
    )
    .pluck()
  const accountById = db.prepare(`SELECT ${account} FROM account a WHERE vendor = ? AND id = ?`)
  const accountByLogin = db.prepare(
    `SELECT ${account} FROM login l JOIN account a ON a.vendor = l.vendor AND a.id = l.account
     WHERE l.vendor = ? AND l.kind = ? AND l.key = ? ORDER BY a.rowid LIMIT 1`,
  )
  const token = 'kind, account, tenant, expires_at AS expiresAt, revoked_at AS revokedAt'
  const tokenById = db.prepare(`SELECT ${token} FROM token WHERE vendor = ? AND id = ?`)
  const tokenByDigest = db.prepare(`SELECT ${token} FROM token WHERE vendor = ? AND digest = ?`)
  const insertToken = db.prepare(
    `INSERT INTO token (vendor, id, digest, kind, account, tenant, issued_at, expires_at, facts, signed_by, issued_by)
     VALUES (:vendor, :id, :digest, :kind, :account, :tenant, :issuedAt, :expiresAt, :facts, :signedBy, :issuedBy)`,
  )
  const signingKeys = db.prepare(
    `SELECT number, material FROM signing_key WHERE vendor = ? AND purpose = 'signing' ORDER BY number DESC`,
  )
  const furniture = db.prepare('SELECT facts, settings FROM realm WHERE vendor = ?')
  const addKey = db.prepare(
    `INSERT INTO signing_key (vendor, purpose, material, published) VALUES (?, 'signing', ?, 1)`,
  )
  const read = (row) => row && { ...row, profile: JSON.parse(row.profile) }
  return {
    /** The next number of a count: 1, 2, 3 … */
    next: (vendor, purpose) => Number(increment.get(vendor, purpose)),
    accountById: (vendor, id) => read(accountById.get(vendor, id)),
    accountByLogin: (vendor, kind, key) => read(accountByLogin.get(vendor, kind, key)),
    tokenById: (vendor, id) => tokenById.get(vendor, id),
    tokenByDigest: (vendor, digest) => tokenByDigest.get(vendor, digest),
    insertToken: (row) => insertToken.run(row),
    signingKeys: (vendor) => signingKeys.all(vendor),
    addKey: (vendor, material) => addKey.run(vendor, material),
    facts: (vendor) => JSON.parse(furniture.get(vendor).facts),
    settings: (vendor) => JSON.parse(furniture.get(vendor).settings),
    transaction: (work) => db.transaction(work),
    close: () => db.close(),
  }
}
