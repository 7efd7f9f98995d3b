import type { Chance } from './chance.js'
import type { Clock } from './clock.js'
import type { AccountPort, AccountRow, AccountState, LoginName } from './ports.js'
import type { Profiles } from './profiles.js'

/** What all vendors share of an account; `profile` holds the vendor's own facts and is never read by core or store. */
export interface Account<P> {
  readonly id: string
  readonly state: AccountState
  readonly passwordHash: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly profile: P
}

export interface NewAccount<P> extends Omit<Account<P>, 'createdAt' | 'updatedAt'> {
  readonly logins: readonly LoginName[]
  /** Epoch milliseconds; now, where left out. */
  readonly createdAt?: number | undefined
  readonly updatedAt?: number | undefined
}

/** An account that this vendor cannot have; the message says what was expected instead. */
export class ImpossibleAccount extends Error {
  constructor(
    expected: string,
    /** JSON pointer into the account's entry. */
    readonly pointer = '',
  ) {
    super(expected)
  }
}

/** Another account of the realm has this id or login name already. */
export class TakenName extends ImpossibleAccount {
  constructor(kind: string, key: string) {
    super(`${/^[aei]/.test(kind) ? 'an' : 'a'} ${kind} that no other account has: ${key} is taken`, `/${kind}`)
  }
}

/** A login name; without a tenant it is meant in any. */
type Name = Pick<LoginName, 'kind' | 'key'> & Partial<LoginName>

const isSame = (one: Name, other: Name | undefined): boolean =>
  one.key === other?.key && one.kind === other.kind && one.tenant === other.tenant

/** The accounts of one realm. */
export class Accounts<P> {
  readonly #rows: AccountPort
  readonly #vendor: string
  readonly #clock: Clock
  readonly #profiles: Profiles<P>
  readonly #isOneRequest: boolean
  /** What was found last by names; the journal asks once more whom a login named. */
  #named: { readonly names: readonly Name[]; readonly accounts: readonly Account<P>[] } | undefined

  /** `isOneRequest`: these are the accounts as one vendor request sees them. */
  constructor(rows: AccountPort, vendor: string, clock: Clock, profiles: Profiles<P>, isOneRequest = false) {
    this.#rows = rows
    this.#vendor = vendor
    this.#clock = clock
    this.#profiles = profiles
    this.#isOneRequest = isOneRequest
  }

  find(id: string): Account<P> | undefined {
    const row = this.#rows.get(this.#vendor, id)
    return row && this.#read(row)
  }

  findByLogin(name: LoginName): Account<P> | undefined {
    const known = this.#remembered([name])
    if (known) return known[0]
    const row = this.#rows.byLogin(this.#vendor, name)
    const account = row && this.#read(row)
    if (account) this.#remember([name], [account])
    return account
  }

  /** The accounts that go by any of these names, in any tenant. */
  named(names: readonly Name[]): readonly Account<P>[] {
    const known = this.#remembered(names)
    if (known) return known
    const rows = names.flatMap((name) => this.#rows.byName(this.#vendor, name))
    const accounts = [...new Map(rows.map((row) => [row.id, row])).values()].map((row) => this.#read(row))
    if (accounts.length > 0) this.#remember(names, accounts)
    return accounts
  }

  all(): Account<P>[] {
    return this.#rows.all(this.#vendor).map((row) => this.#read(row))
  }

  /** Up to `limit` accounts after a position, in the order of their creation, and the position at which more follow. */
  page({ after, limit, state }: { after: number; limit: number; state?: AccountState | undefined }): {
    items: Account<P>[]
    next: number | null
  } {
    const rows = this.#rows.page(this.#vendor, { after, limit: limit + 1, state: state ?? null })
    return {
      items: rows.slice(0, limit).map(({ position: _, ...row }) => this.#read(row)),
      next: rows.length > limit ? (rows[limit - 1]?.position ?? after) : null,
    }
  }

  /** What the account logs in with, in the order of kind and key. */
  loginsOf({ id }: Account<P>): LoginName[] {
    return this.#rows.logins(this.#vendor, id)
  }

  /** Throws `TakenName`. */
  create({ logins, ...account }: NewAccount<P>): Account<P> {
    this.#named = undefined
    const now = this.#clock.now()
    const created = { ...account, createdAt: account.createdAt ?? now, updatedAt: account.updatedAt ?? now }
    if (!this.#inserted({ ...created, profile: JSON.stringify(account.profile) }, logins)) {
      throw new TakenName('id', account.id)
    }
    return created
  }

  /**
   * Puts what an account shall be in the place of what it is. It keeps its `createdAt` unless it is given another, and
   * `updatedAt` moves to now. Throws `TakenName`.
   */
  change(known: Account<P>, { logins, ...account }: NewAccount<P>): Account<P> {
    this.#assertFree(logins, known.id)
    const { createdAt = known.createdAt, updatedAt = this.#clock.now() } = account
    const changed = { ...account, id: known.id, createdAt, updatedAt }
    this.#update({ ...changed, profile: JSON.stringify(account.profile) })
    this.#rows.rename(this.#vendor, known.id, logins)
    return changed
  }

  /** Removes the account and frees its names. Tokens that speak for it stay, and speak for nobody. */
  remove({ id }: Account<P>): void {
    this.#named = undefined
    this.#rows.remove(this.#vendor, id)
  }

  /** Replaces the profile and moves `updatedAt` to now. */
  updateProfile(account: Account<P>, profile: P): Account<P> {
    const updated = { ...account, profile, updatedAt: this.#clock.now() }
    this.#update({ ...updated, profile: JSON.stringify(profile) })
    return updated
  }

  /** Replaces the hash of the password and moves `updatedAt` to now. */
  changePassword(account: Account<P>, passwordHash: string): void {
    const profile = JSON.stringify(account.profile)
    this.#update({ ...account, passwordHash, updatedAt: this.#clock.now(), profile })
  }

  /** The next number that is no account's id: 1, 2, 3 … */
  nextNumber(chance: Chance): number {
    let number = chance.next('account')
    while (this.find(String(number))) number = chance.next('account')
    return number
  }

  #remembered(names: readonly Name[]): readonly Account<P>[] | undefined {
    const known = this.#named
    if (!known || known.names.length !== names.length) return undefined
    return names.every((name, at) => isSame(name, known.names[at])) ? known.accounts : undefined
  }

  #remember(names: readonly Name[], accounts: readonly Account<P>[]): void {
    if (this.#isOneRequest) this.#named = { names, accounts }
  }

  #inserted(row: AccountRow, logins: readonly LoginName[]): boolean {
    try {
      return this.#rows.insert(this.#vendor, row, logins)
    } catch (error) {
      // Asked only then: nearly all names are free, and a crowd has many.
      this.#assertFree(logins, row.id)
      throw error
    }
  }

  #update(row: AccountRow): void {
    this.#named = undefined
    this.#rows.update(this.#vendor, row)
  }

  #assertFree(logins: readonly LoginName[], id: string): void {
    for (const login of logins) {
      const bearer = this.#rows.byLogin(this.#vendor, login)
      if (bearer && bearer.id !== id) throw new TakenName(login.kind, login.key)
    }
  }

  #read(row: AccountRow): Account<P> {
    return { ...row, profile: this.#profiles.read(row.id, row.profile) }
  }
}
