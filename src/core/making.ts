import type { Account } from './account.js'
import type { Draft } from './draft.js'
import type { Realm, RealmTypes } from './realm.js'

/** What can be wrong with a token, one thing at a time. */
export const defects = [
  'expired',
  'not-yet-valid',
  'wrong-key',
  'bad-signature',
  'alg-none',
  'hs-rs-confusion',
  'wrong-issuer',
  'wrong-audience',
  'missing-claim',
  'malformed',
  'revoked',
  'other-tenant',
  'other-vendor',
  'unknown-account',
] as const
export type Defect = (typeof defects)[number]

/** What can be wrong with a token of any form. */
export const opaqueDefects: readonly Defect[] = ['expired', 'malformed', 'revoked', 'other-vendor', 'unknown-account']

/** What can be wrong with any JWT. */
export const jwtDefects: readonly Defect[] = [
  ...opaqueDefects,
  'not-yet-valid',
  'wrong-key',
  'bad-signature',
  'alg-none',
  'missing-claim',
]

export interface TokenKind {
  readonly name: string
  readonly defects: readonly Defect[]
  /** The claim that `missing-claim` leaves out. */
  readonly identifiedBy?: 'jti' | 'sub'
  /** Whether it is for one environment of its tenant. */
  readonly inEnvironment?: true
}

/** A tenant that an account can have tokens for, and the environments there that it can have them for. */
export interface Scope {
  /** `null`: the vendor, or the account, has none. */
  readonly tenant: string | null
  readonly environments: readonly string[]
}

/** What a token is to be. Instants are epoch milliseconds; a vendor that counts in seconds rounds them down. */
export interface Wanted<P> {
  readonly kind: string
  readonly account: Account<P>
  readonly tenant: string | null
  readonly environment: string | null
  readonly issuedAt: number
  /** `null`: never. */
  readonly expiresAt: number | null
  /** The URL of the login that the token claims to come from. */
  readonly issuer: string
  /** The `jti` of a JWT; drawn where left out. */
  readonly id?: string
}

/** How a vendor makes its tokens: its own login drafts them here, and so does the forge. */
export interface TokenMaking<T extends RealmTypes> {
  /** The first is the default. */
  readonly kinds: readonly [TokenKind, ...TokenKind[]]
  /** Every tenant that a token can be for. */
  tenants(realm: Realm<T>): readonly (string | null)[]
  scopes(account: Account<T['profile']>, realm: Realm<T>): readonly Scope[]
  /** When a token of that kind ends by the realm's settings; `null`: never. */
  expiry(kind: string, issuedAt: number, settings: T['settings']): number | null
  draft(wanted: Wanted<T['profile']>, realm: Realm<T>): Draft<T['token']>
  /** The headers that a client sends a token in; `null` where it goes elsewhere. */
  present(text: string, kind: string, settings: T['settings']): Readonly<Record<string, string>> | null
}
