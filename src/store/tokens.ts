import type { Database } from 'better-sqlite3'
import type { TokenFilter, TokenFound, TokenHolder, TokenPort, TokenRow } from '../core/ports.js'
import { Reader, Statement } from './statement.js'

const columns = `id, kind, account, tenant, issued_at AS issuedAt, expires_at AS expiresAt,
  revoked_at AS revokedAt, family, facts, signed_by AS signedBy, forged,
  issued_by AS issuedBy, revoked_by AS revokedBy`

/** In the order of `columns`. */
type Columns = [
  ...[id: string, kind: string, account: string, tenant: string | null, issuedAt: number, expiresAt: number | null],
  ...[revokedAt: number | null, family: string | null, facts: string, signedBy: number | null, forged: string | null],
  ...[issuedBy: string | null, revokedBy: string | null],
]

function read(row: Columns): TokenRow {
  const [id, kind, account, tenant, issuedAt, expiresAt, revokedAt, family, facts, ...rest] = row
  const [signedBy, forged, issuedBy, revokedBy] = rest
  return {
    id,
    kind,
    account,
    tenant,
    issuedAt,
    expiresAt,
    revokedAt,
    family,
    facts,
    signedBy,
    forged,
    issuedBy,
    revokedBy,
  }
}

export function tokens(db: Database): TokenPort {
  const byId = new Reader<[string, string], Columns, TokenRow>(
    db,
    `SELECT ${columns} FROM token WHERE vendor = ? AND id = ?`,
    read,
  )
  const byDigest = new Reader<[string, Buffer], Columns, TokenRow>(
    db,
    `SELECT ${columns} FROM token WHERE vendor = ? AND digest = ?`,
    read,
  )
  const has = new Statement<[string, string], number>(db, 'SELECT 1 FROM token WHERE vendor = ? AND id = ?').pluck()
  const holders = new Statement<[Buffer], TokenHolder>(
    db,
    'SELECT vendor, id FROM token WHERE digest = ? ORDER BY rowid',
  )
  const ofKind = new Reader<[string, string], Columns, TokenRow>(
    db,
    `SELECT ${columns} FROM token WHERE vendor = ? AND kind = ? ORDER BY rowid`,
    read,
  )
  const ofAccount = new Reader<[string, string, string], Columns, TokenRow>(
    db,
    `SELECT ${columns} FROM token WHERE vendor = ? AND kind = ? AND account = ? ORDER BY rowid`,
    read,
  )
  const insert = new Statement(
    db,
    `INSERT INTO token (vendor, id, digest, kind, account, tenant, issued_at, expires_at, revoked_at, family, facts,
       signed_by, forged, issued_by, revoked_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const list = new Statement<
    [{ [P in keyof Required<TokenFilter>]: string | null } & { now: number; after: number; limit: number }],
    TokenFound
  >(
    db,
    `SELECT vendor, rowid AS number, ${columns} FROM token
     WHERE rowid > :after AND vendor = ifnull(:vendor, vendor) AND account = ifnull(:account, account)
       AND kind = ifnull(:kind, kind) AND (:state IS NULL OR :state =
         CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= :now THEN 'expired' ELSE 'live' END)
     ORDER BY rowid LIMIT :limit`,
  )
  const ending = new Statement<[number, number], TokenFound & { readonly expiresAt: number }>(
    db,
    `SELECT vendor, rowid AS number, ${columns} FROM token
     WHERE revoked_at IS NULL AND expires_at > ? ORDER BY expires_at, rowid LIMIT ?`,
  )
  const replaceDigest = new Statement(db, 'UPDATE token SET digest = ? WHERE vendor = ? AND id = ?')
  const extend = new Statement(db, 'UPDATE token SET expires_at = ? WHERE vendor = ? AND id = ?')
  const amend = new Statement(db, 'UPDATE token SET facts = ? WHERE vendor = ? AND id = ?')
  const revoke = new Statement(
    db,
    'UPDATE token SET revoked_at = ?, revoked_by = ? WHERE vendor = ? AND id = ? AND revoked_at IS NULL',
  )
  const revokeFamily = new Statement(
    db,
    'UPDATE token SET revoked_at = ?, revoked_by = ? WHERE vendor = ? AND family = ? AND revoked_at IS NULL',
  )
  return {
    byId: (vendor, id) => byId.get(vendor, id),
    has: (vendor, id) => has.get(vendor, id) !== undefined,
    byDigest: (vendor, digest) => byDigest.get(vendor, digest),
    holders: (digest) => holders.all(digest),
    ofKind: (vendor, kind, account) =>
      account === undefined ? ofKind.all(vendor, kind) : ofAccount.all(vendor, kind, account),
    list: ({ vendor = null, account = null, kind = null, state = null }, page) =>
      list.all({ vendor, account, kind, state, ...page }),
    ending: (now, limit) => ending.all(now, limit),
    insert: (vendor, row, digest) => {
      const { id, kind, account, tenant, issuedAt, expiresAt, revokedAt, family } = row
      const { facts, signedBy, forged, issuedBy, revokedBy } = row
      // By place: to look fifteen names up takes longer than to insert.
      insert.run(
        ...[vendor, id, digest, kind, account, tenant, issuedAt, expiresAt, revokedAt, family],
        ...[facts, signedBy, forged, issuedBy, revokedBy],
      )
    },
    replaceDigest: (vendor, id, digest) => {
      replaceDigest.run(digest, vendor, id)
    },
    extend: (vendor, id, expiresAt) => {
      extend.run(expiresAt, vendor, id)
    },
    amend: (vendor, id, facts) => {
      amend.run(facts, vendor, id)
    },
    revoke: (vendor, id, { at, by }) => {
      revoke.run(at, by, vendor, id)
    },
    revokeFamily: (vendor, family, { at, by }) => {
      revokeFamily.run(at, by, vendor, family)
    },
  }
}
