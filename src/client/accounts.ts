import type { Static } from '@sinclair/typebox'
import type { AccountChange, AccountFilter, AccountShown, NewAccount } from '../control/accounts.js'
import { type Plane, route } from './plane.js'

/** An account of a vendor: its state, its login names, and in `profile` the vendor's own fields; never its password. */
export type Account = Static<typeof AccountShown>

/** The accounts of a world. Where an `id` is asked for, any login name does too. */
export class WorldAccounts {
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /** In the order of their creation. Throws `unknown-vendor`. */
  list(filter: Omit<Static<typeof AccountFilter>, 'limit' | 'cursor'> = {}): Promise<Account[]> {
    return this.#plane.list('/accounts', filter)
  }

  /** Throws `unknown-vendor`, `unknown-account` and `ambiguous-account`. */
  get(vendor: string, id: string): Promise<Account> {
    return this.#plane.get(route`/accounts/${vendor}/${id}`)
  }

  /**
   * Makes an account of fields as the vendor's fixture has them, `password` or `passwordHash` among them. Throws
   * `unknown-vendor`, `invalid-input` and `name-taken`.
   */
  create(account: Static<typeof NewAccount> & Readonly<Record<string, unknown>>): Promise<Account> {
    return this.#plane.post('/accounts', account)
  }

  /**
   * Changes the password, the state or any field; tokens stay. Throws as `get` and `create` do.
   */
  change(
    vendor: string,
    id: string,
    change: Static<typeof AccountChange> & Readonly<Record<string, unknown>>,
  ): Promise<Account> {
    return this.#plane.patch(route`/accounts/${vendor}/${id}`, change)
  }

  /** Throws as `get` does. */
  remove(vendor: string, id: string): Promise<void> {
    return this.#plane.command('DELETE', route`/accounts/${vendor}/${id}`)
  }
}
