import type { Database } from 'better-sqlite3'
import type { TokenPort, TokenRow } from '../core/ports.js'

const columns = `id, digest, kind, account, tenant, issued_at AS issuedAt, expires_at AS expiresAt,
  revoked_at AS revokedAt, family, facts`

export function tokens(db: Database): TokenPort {
  const byId = db.prepare<[string, string], TokenRow>(`SELECT ${columns} FROM token WHERE vendor = ? AND id = ?`)
  const byDigest = db.prepare<[string, Buffer], TokenRow>(
    `SELECT ${columns} FROM token WHERE vendor = ? AND digest = ?`,
  )
  const ofKind = db.prepare<[string, string], TokenRow>(
    `SELECT ${columns} FROM token WHERE vendor = ? AND kind = ? ORDER BY rowid`,
  )
  const ofAccount = db.prepare<[string, string, string], TokenRow>(
    `SELECT ${columns} FROM token WHERE vendor = ? AND kind = ? AND account = ? ORDER BY rowid`,
  )
  const insert = db.prepare(
    `INSERT INTO token (vendor, id, digest, kind, account, tenant, issued_at, expires_at, revoked_at, family, facts)
     VALUES (:vendor, :id, :digest, :kind, :account, :tenant, :issuedAt, :expiresAt, :revokedAt, :family, :facts)`,
  )
  const extend = db.prepare('UPDATE token SET expires_at = ? WHERE vendor = ? AND id = ?')
  const revoke = db.prepare('UPDATE token SET revoked_at = ? WHERE vendor = ? AND id = ? AND revoked_at IS NULL')
  const revokeFamily = db.prepare(
    'UPDATE token SET revoked_at = ? WHERE vendor = ? AND family = ? AND revoked_at IS NULL',
  )
  return {
    byId: (vendor, id) => byId.get(vendor, id),
    byDigest: (vendor, digest) => byDigest.get(vendor, digest),
    ofKind: (vendor, kind, account) =>
      account === undefined ? ofKind.all(vendor, kind) : ofAccount.all(vendor, kind, account),
    insert: (vendor, row) => {
      insert.run({ vendor, ...row })
    },
    extend: (vendor, id, expiresAt) => {
      extend.run(expiresAt, vendor, id)
    },
    revoke: (vendor, id, at) => {
      revoke.run(at, vendor, id)
    },
    revokeFamily: (vendor, family, at) => {
      revokeFamily.run(at, vendor, family)
    },
  }
}
