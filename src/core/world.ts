import { Clock } from './clock.js'
import type { Store } from './ports.js'
import { Realm, type RealmTypes } from './realm.js'

export interface WorldOptions {
  readonly name: string
  readonly seed: number
  readonly store: Store
  readonly clock?: Clock
}

/** One isolated copy of everything that can change. */
export class World {
  readonly name: string
  readonly seed: number
  readonly clock: Clock
  #store: Store
  readonly #realms = new Map<string, Realm>()

  constructor({ name, seed, store, clock = new Clock() }: WorldOptions) {
    this.name = name
    this.seed = seed
    this.#store = store
    this.clock = clock
  }

  get store(): Store {
    return this.#store
  }

  /** Goes on with another store; what holds a realm of the old one keeps it until it is done. */
  begin(store: Store): void {
    this.#store = store
    this.#realms.clear()
  }

  /** How many vendor requests there were. */
  get requests(): number {
    return this.#store.counters.get('', 'request')
  }

  /** The realm of a vendor; the caller knows the vendor's types. */
  realm<T extends RealmTypes>(vendor: string): Realm<T> {
    const known = this.#realms.get(vendor)
    if (known) return known as Realm<T>
    const realm = new Realm<T>({ vendor, seed: this.seed, world: this.name, clock: this.clock, store: this.store })
    this.#realms.set(vendor, realm as Realm)
    return realm
  }

  /** The number of the next vendor request: 1, 2, 3 … */
  nextRequest(): number {
    return this.store.counters.next('', 'request')
  }

  close(): void {
    this.store.close()
  }
}
