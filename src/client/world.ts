import type { Static } from '@sinclair/typebox'
import type { RefusalFilter, RefusalShown } from '../control/refusals.js'
import { WorldAccounts } from './accounts.js'
import { WorldClock } from './clock.js'
import { type DispatcherOptions, dispatcherOf, type VendorDispatcher } from './dispatcher.js'
import { UnderstudyError } from './error.js'
import { WorldFaults } from './faults.js'
import { WorldKeys } from './keys.js'
import { WorldOutbox } from './outbox.js'
import { type Plane, route } from './plane.js'
import { WorldRequests } from './requests.js'
import { WorldSettings } from './settings.js'
import { WorldSnapshots } from './snapshots.js'
import { WorldTokens } from './tokens.js'

/**
 * A world: accounts, tokens, clock, faults and journal of its own, on a server that has many. Every method that asks the
 * server throws `UnderstudyError`.
 */
export class World {
  /** What selects it: `[a-z0-9][a-z0-9-]{0,62}`. */
  readonly name: string
  /** Its time. */
  readonly clock: WorldClock
  /** Its tokens: made to order, listed and ended. */
  readonly tokens: WorldTokens
  /** What signs its tokens. */
  readonly keys: WorldKeys
  /** Its accounts. */
  readonly accounts: WorldAccounts
  /** How its vendors fail, and when. */
  readonly faults: WorldFaults
  /** Its journal of vendor requests. */
  readonly requests: WorldRequests
  /** Keeps it as it is, and goes back. */
  readonly snapshots: WorldSnapshots
  /** Its behaviour switches. */
  readonly settings: WorldSettings
  /** Codes that nobody mailed. */
  readonly outbox: WorldOutbox
  readonly #plane: Plane
  readonly #server: Plane
  readonly #vendors: readonly string[]

  constructor(server: Plane, name: string, vendors: readonly string[]) {
    const plane = server.of(name)
    this.name = name
    this.clock = new WorldClock(plane)
    this.tokens = new WorldTokens(plane)
    this.keys = new WorldKeys(plane)
    this.accounts = new WorldAccounts(plane)
    this.faults = new WorldFaults(plane)
    this.requests = new WorldRequests(plane)
    this.snapshots = new WorldSnapshots(plane)
    this.settings = new WorldSettings(plane)
    this.outbox = new WorldOutbox(plane)
    this.#plane = plane
    this.#server = server
    this.#vendors = vendors
  }

  /** What to hand to the client under test in place of the vendor's base URL. Throws `unknown-vendor`. */
  url(vendor: string): string {
    if (this.#vendors.includes(vendor)) return `${this.#plane.url}/@${this.name}/${vendor}`
    throw new UnderstudyError(`there is no vendor ${JSON.stringify(vendor)}; there are ${this.#vendors.join(', ')}`, {
      status: 0,
      code: 'unknown-vendor',
      details: { vendors: this.#vendors },
    })
  }

  /**
   * As the server's `dispatcher`, with the hosts of this world, which also gets the requests: they are sent with the
   * header `x-understudy-world`.
   */
  dispatcher(options: DispatcherOptions = {}): Promise<VendorDispatcher> {
    return dispatcherOf(this.#plane, this.#vendors, this.name, options)
  }

  /**
   * What each operation answers to each wrong credential, under the settings of this world. Throws `unknown-vendor`, and
   * `invalid-input` for a case that there is not.
   */
  refusals(filter: Static<typeof RefusalFilter> = {}): Promise<Static<typeof RefusalShown>[]> {
    return this.#plane.list('/refusals', filter)
  }

  /** Puts the world back to its fixtures and to the machine's time. */
  async reset(): Promise<void> {
    await this.#plane.command('POST', '/reset')
  }

  /** Ends the world. Throws `default-world` for the one that is always there, and `unknown-world`. */
  remove(): Promise<void> {
    return this.#server.command('DELETE', route`/worlds/${this.name}`)
  }

  /** As `remove`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.remove()
  }
}
