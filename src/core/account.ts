import type { Chance } from './chance.js'
import type { Clock } from './clock.js'
import type { AccountPort, AccountRow, AccountState, LoginName } from './ports.js'

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
  readonly createdAt?: number
  readonly updatedAt?: number
}

/** An account that this vendor cannot have; the message says what was expected instead. */
export class ImpossibleAccount extends Error {}

/** Another account of the realm has this login name already. */
export class DuplicateLogin extends ImpossibleAccount {
  constructor(readonly login: LoginName) {
    super(`a ${login.kind} that no other account has: ${login.key} is taken`)
  }
}

/** The accounts of one realm. */
export class Accounts<P> {
  readonly #rows: AccountPort
  readonly #vendor: string
  readonly #clock: Clock

  constructor(rows: AccountPort, vendor: string, clock: Clock) {
    this.#rows = rows
    this.#vendor = vendor
    this.#clock = clock
  }

  find(id: string): Account<P> | undefined {
    const row = this.#rows.get(this.#vendor, id)
    return row && this.#read(row)
  }

  findByLogin(name: LoginName): Account<P> | undefined {
    const row = this.#rows.byLogin(this.#vendor, name)
    return row && this.#read(row)
  }

  all(): Account<P>[] {
    return this.#rows.all(this.#vendor).map((row) => this.#read(row))
  }

  /** Throws `ImpossibleAccount` where the id is taken, and `DuplicateLogin`. */
  create({ logins, ...account }: NewAccount<P>): Account<P> {
    if (this.find(account.id)) {
      throw new ImpossibleAccount(`an id that no other account has: ${account.id} is taken`)
    }
    for (const login of logins) {
      if (this.#rows.byLogin(this.#vendor, login)) throw new DuplicateLogin(login)
    }
    const now = this.#clock.now()
    const created = { ...account, createdAt: account.createdAt ?? now, updatedAt: account.updatedAt ?? now }
    this.#rows.insert(this.#vendor, { ...created, profile: JSON.stringify(account.profile) }, logins)
    return created
  }

  /** Replaces the profile and moves `updatedAt` to now. */
  updateProfile(account: Account<P>, profile: P): Account<P> {
    const updated = { ...account, profile, updatedAt: this.#clock.now() }
    this.#rows.update(this.#vendor, { ...updated, profile: JSON.stringify(profile) })
    return updated
  }

  /** The next number that is no account's id: 1, 2, 3 … */
  nextNumber(chance: Chance): number {
    let number = chance.next('account')
    while (this.find(String(number))) number = chance.next('account')
    return number
  }

  #read(row: AccountRow): Account<P> {
    return { ...row, profile: JSON.parse(row.profile) }
  }
}
