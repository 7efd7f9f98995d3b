import type { KeyObject } from 'node:crypto'
import { Accounts } from './account.js'
import { Chance } from './chance.js'
import { Clock } from './clock.js'
import { Keys } from './keys.js'
import { Lockout } from './lockout.js'
import { Outbox } from './outbox.js'
import type { Store } from './ports.js'
import { Profiles } from './profiles.js'
import { Throttle } from './throttle.js'
import { Tokens } from './token.js'

/** What a vendor keeps in its realm, in the vendor's own types. */
export interface RealmTypes {
  /** The vendor's facts about an account. */
  profile: unknown
  /** The vendor's facts about a token. */
  token: unknown
  /** What belongs to no account: organisations, domains, roles. */
  facts: unknown
  settings: unknown
}

export interface RealmOptions {
  readonly vendor: string
  readonly seed: number
  readonly world: string
  readonly clock: Clock
  readonly store: Store
  /** Journal id of the vendor request that sees the realm; left out where none does. */
  readonly request?: string
}

/** What all views of one realm have in common beside its store: what was derived or read once serves them all. */
interface Common<T extends RealmTypes> {
  readonly chance: Chance
  readonly secrets: Map<string, KeyObject>
  readonly profiles: Profiles<T['profile']>
  contents: { facts: T['facts']; settings: T['settings'] } | undefined
}

/** One vendor in one world. All that changes lies in the world's store; this object only gives it names. */
export class Realm<T extends RealmTypes = RealmTypes> {
  readonly vendor: string
  readonly clock: Clock
  readonly chance: Chance
  readonly accounts: Accounts<T['profile']>
  readonly tokens: Tokens<T['token']>
  readonly #options: RealmOptions
  readonly #store: Store
  readonly #common: Common<T>
  // Made when they are asked for, as most requests ask for none of them.
  #lockout: Lockout | undefined
  #throttle: Throttle | undefined
  #keys: Keys | undefined
  #outbox: Outbox | undefined

  constructor(options: RealmOptions, common?: Common<T>) {
    const { vendor, seed, world, clock, store, request } = options
    this.#options = options
    this.#common = common ?? {
      chance: new Chance(seed, world, vendor, store.counters),
      secrets: new Map(),
      profiles: new Profiles(),
      contents: undefined,
    }
    this.vendor = vendor
    this.clock = clock
    this.chance = this.#common.chance
    this.accounts = new Accounts(store.accounts, vendor, clock, this.#common.profiles, request !== undefined)
    this.tokens = new Tokens(store.tokens, vendor, clock, request)
    this.#store = store
  }

  /** The same realm as one request sees it, named by its journal id: at one instant, however long the request takes. */
  at({ now, request }: { readonly now: number; readonly request: string }): Realm<T> {
    const clock = new Clock()
    clock.freeze(now)
    const { vendor, seed, world, store } = this.#options
    return new Realm<T>({ vendor, seed, world, clock, store, request }, this.#common)
  }

  get lockout(): Lockout {
    this.#lockout ??= new Lockout(this.#store.windows, this.vendor, this.clock)
    return this.#lockout
  }

  get throttle(): Throttle {
    this.#throttle ??= new Throttle(this.#store.windows, this.vendor, this.clock)
    return this.#throttle
  }

  get keys(): Keys {
    this.#keys ??= new Keys(this.#store, this.vendor, this.chance, this.clock, this.#common.secrets)
    return this.#keys
  }

  get outbox(): Outbox {
    this.#outbox ??= new Outbox(this.#store.messages, this.vendor, this.chance, this.clock)
    return this.#outbox
  }

  get settings(): T['settings'] {
    return this.#contents().settings
  }

  get facts(): T['facts'] {
    return this.#contents().facts
  }

  /** Replaces what the realm holds beside accounts and tokens. */
  furnish(contents: { facts: T['facts']; settings: T['settings'] }): void {
    this.#store.realms.put(this.vendor, {
      facts: JSON.stringify(contents.facts),
      settings: JSON.stringify(contents.settings),
    })
    this.#common.contents = undefined
  }

  changeSettings(settings: T['settings']): void {
    this.furnish({ facts: this.facts, settings })
  }

  /** One decision: all of it is kept, or none. Signing and hashing belong outside. */
  transaction<R>(decide: () => R): R {
    try {
      return this.#store.transaction(decide)
    } catch (error) {
      this.#common.contents = undefined
      throw error
    }
  }

  #contents() {
    const { contents } = this.#common
    if (contents) return contents
    const row = this.#store.realms.get(this.vendor)
    if (!row) throw new Error(`the realm ${this.vendor} was never furnished`)
    const read = { facts: JSON.parse(row.facts), settings: JSON.parse(row.settings) }
    this.#common.contents = read
    return read
  }
}
