import { Clock, type ClockReading } from './clock.js'
import { type Fault, Faults } from './faults.js'
import { HeldStore } from './held-store.js'
import { Journal, type JournalOptions } from './journal.js'
import type { Store } from './ports.js'
import { Realm, type RealmTypes } from './realm.js'

/** Whose chance a world draws from: its own, or that of the world whose snapshot it goes on with. */
export interface Stream {
  readonly seed: number
  readonly name: string
}

/** Where the journal of a world began: what a replay begins with. */
export interface Base {
  /** The store, serialised. */
  readonly bytes: () => Buffer
  readonly clock: ClockReading
  readonly faults: readonly Fault[]
}

/** What was done to a world from outside between two vendor requests. */
export interface Intervention {
  /** How many vendor requests had come before. */
  readonly after: number
  /** Epoch milliseconds of the world. */
  readonly at: number
  readonly method: string
  /** The control plane's own path with query, without the world. */
  readonly path: string
  /** As JSON; `null` where there was none. */
  readonly body: string | null
}

export interface WorldOptions {
  readonly name: string
  readonly seed: number
  readonly store: Store
  /** The store, serialised, where that is at hand. */
  readonly bytes?: Buffer
  readonly clock?: Clock
  readonly faults?: readonly Fault[]
  /** Nothing is journalled, where left out. */
  readonly journal?: JournalOptions
}

/** One isolated copy of everything that can change. */
export class World {
  readonly name: string
  readonly seed: number
  readonly clock: Clock
  readonly journal: Journal
  /** Since its base, oldest first. */
  readonly interventions: Intervention[] = []
  #held: HeldStore
  #base: Base
  #stream: Stream
  #faults: Faults
  readonly #realms = new Map<string, Realm>()

  constructor({
    name,
    seed,
    store,
    bytes = store.serialize(),
    clock = new Clock(),
    journal,
    faults = [],
  }: WorldOptions) {
    this.name = name
    this.seed = seed
    this.#held = new HeldStore(store)
    this.clock = clock
    this.journal = new Journal(name, journal ?? { capacity: 0, secretsOf: null })
    this.#base = { bytes: () => bytes, clock: clock.reading, faults }
    this.#stream = { seed, name }
    this.#faults = new Faults(this.#stream, store)
    this.#faults.load(faults)
  }

  get base(): Base {
    return this.#base
  }

  get stream(): Stream {
    return this.#stream
  }

  get store(): Store {
    return this.#held.store
  }

  get faults(): Faults {
    return this.#faults
  }

  /**
   * Goes on with another store, from a base and with a chance of its own unless it is told whose. Whoever holds the old
   * store keeps it until he is done.
   */
  begin(store: Store, base: Base, stream: Stream = { seed: this.seed, name: this.name }): void {
    this.#held.giveUp()
    this.#held = new HeldStore(store)
    this.#base = base
    this.#stream = stream
    this.#faults = new Faults(stream, store)
    this.#realms.clear()
    this.journal.clear()
    this.interventions.length = 0
  }

  /** Makes what is now the beginning: what came before can no longer be replayed. */
  rebase(): void {
    const bytes = this.store.serialize()
    this.#base = { bytes: () => bytes, clock: this.clock.reading, faults: this.faults.dump() }
    this.interventions.length = 0
  }

  /** How many vendor requests there were. */
  get requests(): number {
    return this.store.counters.get('', 'request')
  }

  /** Whether vendor requests have left something here: those of this world, or of the one that it was copied from. */
  get hasPast(): boolean {
    return this.requests > 0 || this.store.counters.get('', 'inherited request') > 0
  }

  /** Counts its own requests from here on. */
  countAnew(): void {
    if (this.requests > 0) this.store.counters.move('', 'request', 'inherited request')
  }

  /** The realm of a vendor; the caller knows the vendor's types. */
  realm<T extends RealmTypes>(vendor: string): Realm<T> {
    const known = this.#realms.get(vendor)
    if (known) return known as Realm<T>
    const { seed, name } = this.#stream
    const realm = new Realm<T>({ vendor, seed, world: name, clock: this.clock, store: this.store })
    this.#realms.set(vendor, realm as Realm)
    return realm
  }

  /** The number of the next vendor request: 1, 2, 3 … */
  nextRequest(): number {
    return this.store.counters.next('', 'request')
  }

  /** For work that takes more than a turn: the store that there is now stays open until the function returned is called. */
  hold(): () => void {
    return this.#held.hold()
  }

  /** Nothing more will come; what is under way is done in the store as it is. */
  close(): void {
    this.journal.end()
    this.#held.giveUp()
  }
}
