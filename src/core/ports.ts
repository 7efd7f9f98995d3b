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
  readonly messages: MessagePort
  readonly standing: StandingPort
  /** Runs `work` as one transaction: all of it happens, or none. Refuses a promise, whose rest would be outside. */
  transaction<T>(work: () => T): T
  /** The whole world as the bytes of a SQLite file. */
  serialize(): Buffer
  /** The same with what a world remembers outside its store. */
  snapshot(memory: WorldMemory): Buffer
  /**
   * What the world of the snapshot remembered, taken out of this store, which was opened from `file`; `undefined` where
   * it is no snapshot.
   */
  recall(file: Buffer): RecalledMemory | undefined
  /** Rewrites every JSON text by `clean`, and drops password hashes, the keys that are not published, and the messages. */
  redact(clean: (json: string) => string): void
  close(): void
}

/** What a world holds outside its store, and a snapshot with it. All texts are JSON. */
export interface WorldMemory {
  /** By name: clock, chance, faults … */
  readonly meta: Readonly<Record<string, string>>
  /** Oldest first. */
  readonly journal: readonly string[]
  /** The serialised store that the journal began from; `null` where it was not kept. */
  readonly base: Buffer | null
}

/** The same taken out of a snapshot; the base is made when it is asked for. */
export interface RecalledMemory extends Omit<WorldMemory, 'base'> {
  readonly base: (() => Buffer) | null
}

/** Bytes that are no snapshot of this product, or a damaged one; the message says what was expected instead. */
export class UnusableSnapshot extends Error {
  override readonly name = 'UnusableSnapshot'
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
  /** The accounts that have a login name of this kind and key in any tenant, oldest first. */
  byName(vendor: string, name: Pick<LoginName, 'kind' | 'key'>): AccountRow[]
  all(vendor: string): AccountRow[]
  /** In the order of their creation, from behind a position on; of one state where it is not `null`. */
  page(vendor: string, which: AccountPage): (AccountRow & { readonly position: number })[]
  /** In the order of kind and key. */
  logins(vendor: string, id: string): LoginName[]
  /**
   * Not, where another account has the id, which it then answers with `false`. Where it fails within a transaction, that
   * must not go on: of the account there may be a part.
   */
  insert(vendor: string, row: AccountRow, logins: readonly LoginName[]): boolean
  update(vendor: string, row: AccountRow): void
  /** Replaces all login names of an account. */
  rename(vendor: string, id: string, logins: readonly LoginName[]): void
  /** Removes an account and its login names. */
  remove(vendor: string, id: string): void
}

export interface AccountPage {
  readonly after: number
  readonly limit: number
  readonly state: AccountState | null
}

export interface TokenRow {
  /** The `jti` of a JWT; for an opaque token a part of its digest. */
  readonly id: string
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
  /** Number of the key that signed it; `null` for an opaque token. */
  readonly signedBy: number | null
  /** How the forge made it otherwise than a login would have, as JSON; `null`: not otherwise. */
  readonly forged: string | null
  /** Journal ids of the vendor requests that issued and revoked it; `null`: none did, a fixture or the control plane. */
  readonly issuedBy: string | null
  readonly revokedBy: string | null
}

/** A vendor that has a token, and what it calls the token. */
export interface TokenHolder {
  readonly vendor: string
  readonly id: string
}

/** When a token ended, and by which vendor request, if by one. */
export interface Revocation {
  readonly at: number
  readonly by: string | null
}

/** `expired` is said of tokens that were not revoked before. */
export type TokenState = 'live' | 'expired' | 'revoked'

/** A token among those of all vendors; `number` grows with each. */
export interface TokenFound extends TokenRow {
  readonly vendor: string
  readonly number: number
}

/** What is left out or `null` excludes nothing. */
export interface TokenFilter {
  readonly vendor?: string | null
  readonly account?: string | null
  readonly kind?: string | null
  readonly state?: TokenState | null
}

export interface TokenPort {
  byId(vendor: string, id: string): TokenRow | undefined
  has(vendor: string, id: string): boolean
  byDigest(vendor: string, digest: Buffer): TokenRow | undefined
  /** Of all vendors, in the order in which they issued it. */
  holders(digest: Buffer): TokenHolder[]
  ofKind(vendor: string, kind: string, account?: string): TokenRow[]
  /** Tokens of all vendors after the one of that number, in the order in which they were issued. */
  list(filter: TokenFilter, page: { now: number; after: number; limit: number }): TokenFound[]
  /** Live tokens of all vendors that end after `now`, the soonest first. */
  ending(now: number, limit: number): (TokenFound & { readonly expiresAt: number })[]
  /** `digest` is that of its text, which is never read again. */
  insert(vendor: string, row: TokenRow, digest: Buffer): void
  /** Gives the token another text. */
  replaceDigest(vendor: string, id: string, digest: Buffer): void
  extend(vendor: string, id: string, expiresAt: number): void
  amend(vendor: string, id: string, facts: string): void
  revoke(vendor: string, id: string, revocation: Revocation): void
  revokeFamily(vendor: string, family: string, revocation: Revocation): void
}

export interface CounterPort {
  /** The last number counted; 0 before the first. */
  get(vendor: string, purpose: string): number
  next(vendor: string, purpose: string): number
  /** Lets a count begin anew; what it had come to stands under another purpose. */
  move(vendor: string, purpose: string, to: string): void
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
  /** Windows of all vendors that end after `now`, the soonest first. */
  ending(now: number, limit: number): WindowFound[]
}

export interface WindowFound {
  readonly vendor: string
  readonly purpose: string
  readonly key: string
  readonly endsAt: number
}

/** A key that signs or has signed, the one that follows it, or one that is nobody's. */
export type KeyPurpose = 'signing' | 'next' | 'foreign'

export interface NewKeyRow {
  readonly purpose: KeyPurpose
  /** A PEM private key, or the text of a shared secret. */
  readonly material: string
  /** Whether this key is printed in a public place and therefore protects nothing. */
  readonly published: boolean
}

export interface KeyRow extends NewKeyRow {
  readonly number: number
  /** From then on nothing that it signed is accepted; `null` while it signs. */
  readonly retiresAt: number | null
}

export interface KeyPort {
  /** The keys for that purpose, newest first. */
  all(vendor: string, purpose: KeyPurpose): KeyRow[]
  numbered(vendor: string, number: number): KeyRow | undefined
  insert(vendor: string, row: NewKeyRow): void
  /** The key that signs no longer does, and is accepted until `at`. */
  retire(vendor: string, at: number): void
  /** Drops the keys for that purpose. */
  remove(vendor: string, purpose: KeyPurpose): void
}

export interface RealmRow {
  readonly settings: string
  readonly facts: string
}

export interface RealmPort {
  get(vendor: string): RealmRow | undefined
  put(vendor: string, row: RealmRow): void
}

/** What a world is beside its tables, where it is to outlive its server: one JSON text. */
export interface StandingPort {
  get(): string | undefined
  put(json: string): void
}

/** A message that was never mailed. */
export interface MessageRow {
  readonly id: string
  readonly at: number
  /** Id of the account it is for. */
  readonly account: string
  readonly kind: 'otp' | 'password-reset'
  readonly code: string
  readonly expiresAt: number
}

export interface MessagePort {
  insert(vendor: string, row: MessageRow): void
  all(vendor: string, account?: string): MessageRow[]
  clear(vendor: string): void
}
