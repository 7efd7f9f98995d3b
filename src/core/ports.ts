/**
 * What the core asks of a store. Instants are epoch milliseconds and are handed in; profiles, facts and settings are
 * JSON texts whose meaning a store never reads.
 */
export interface Store {
  readonly accounts: AccountPort
  readonly tokens: TokenPort
  readonly counters: CounterPort
  readonly windows: WindowPort
  readonly keys: KeyPort
  readonly realms: RealmPort
  /** Runs `work` as one transaction: all of it happens, or none. Refuses a promise, whose rest would be outside. */
  transaction<T>(work: () => T): T
  /** The whole world as the bytes of a SQLite file. */
  serialize(): Buffer
  close(): void
}

export type AccountState = 'active' | 'disabled' | 'deleted'

/** A name that an account logs in with; `key` is already folded as the vendor compares it. */
export interface LoginName {
  readonly kind: string
  readonly key: string
  /** The tenant within which the name is unique; `''` where the vendor has none. */
  readonly tenant: string
}

export interface AccountRow {
  readonly id: string
  readonly state: AccountState
  readonly passwordHash: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly profile: string
}

export interface AccountPort {
  get(vendor: string, id: string): AccountRow | undefined
  byLogin(vendor: string, name: LoginName): AccountRow | undefined
  all(vendor: string): AccountRow[]
  insert(vendor: string, row: AccountRow, logins: readonly LoginName[]): void
  update(vendor: string, row: AccountRow): void
}

export interface TokenRow {
  /** The `jti` of a JWT; for an opaque token a part of its digest. */
  readonly id: string
  readonly digest: Buffer
  readonly kind: string
  readonly account: string
  readonly tenant: string | null
  readonly issuedAt: number
  /** `null`: never. */
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  /** Tokens that were issued together and end together. */
  readonly family: string | null
  readonly facts: string
}

export interface TokenPort {
  byId(vendor: string, id: string): TokenRow | undefined
  byDigest(vendor: string, digest: Buffer): TokenRow | undefined
  ofKind(vendor: string, kind: string, account?: string): TokenRow[]
  insert(vendor: string, row: TokenRow): void
  extend(vendor: string, id: string, expiresAt: number): void
  revoke(vendor: string, id: string, at: number): void
  revokeFamily(vendor: string, family: string, at: number): void
}

export interface CounterPort {
  /** The last number counted; 0 before the first. */
  get(vendor: string, purpose: string): number
  next(vendor: string, purpose: string): number
}

/** A count that ends at an instant: failed logins of an address, requests of a client. */
export interface WindowRow {
  readonly count: number
  readonly endsAt: number | null
}

export interface WindowPort {
  get(vendor: string, purpose: string, key: string): WindowRow | undefined
  put(vendor: string, purpose: string, key: string, row: WindowRow): void
  remove(vendor: string, purpose: string, key: string): void
}

export interface KeyRow {
  /** A PEM private key, or the text of a shared secret. */
  readonly material: string
  /** Whether this key is printed in a public place and therefore protects nothing. */
  readonly published: boolean
}

export interface KeyPort {
  current(vendor: string): KeyRow | undefined
  insert(vendor: string, row: KeyRow): void
}

export interface RealmRow {
  readonly settings: string
  readonly facts: string
}

export interface RealmPort {
  get(vendor: string): RealmRow | undefined
  put(vendor: string, row: RealmRow): void
}
