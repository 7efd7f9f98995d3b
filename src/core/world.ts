import { Clock, type ClockReading, type ClockSetting, following } from './clock.js'
import { type Fault, Faults } from './faults.js'
import { HeldStore } from './held-store.js'
import { Journal, type JournalOptions } from './journal.js'
import type { Store } from './ports.js'
import { Realm, type RealmTypes } from './realm.js'
import type { Shelf } from './shelf.js'
import { adopted, note, type Standing, type Stream } from './standing.js'
import { isTokenOf } from './token.js'

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
  /** Its own, where left out. */
  readonly stream?: Stream
  /** Nothing is journalled, where left out. */
  readonly journal?: JournalOptions
  /** Where the store is kept. The world ends with the process, where left out. */
  readonly shelf?: Shelf | undefined
  /** Not, where left out. */
  readonly fromFixtures?: boolean
}

/** What a world begins again with. */
export interface Beginning {
  /** The store, serialised. */
  readonly bytes: () => Buffer
  /** Where the journal that it goes on with began, if that is not here; `null`: nobody knows. */
  readonly base?: Base | null
  /** The machine's time, where left out. */
  readonly clock?: ClockSetting
  readonly faults?: readonly Fault[]
  /** Its own, where left out. */
  readonly stream?: Stream
  readonly fromFixtures?: boolean
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
  #fromFixtures: boolean
  /** Whether all that has changed since the base is in the journal, or was an intervention. */
  #isTraced = true
  /** The highest number of a request that the store could not count. */
  #uncounted = 0
  readonly #shelf: Shelf | undefined
  readonly #realms = new Map<string, Realm>()

  constructor({
    name,
    seed,
    store,
    bytes = store.serialize(),
    clock = new Clock(),
    journal,
    faults = [],
    stream = { seed, name },
    shelf,
    fromFixtures = false,
  }: WorldOptions) {
    this.name = name
    this.seed = seed
    this.#held = new HeldStore(store)
    this.clock = clock
    this.journal = new Journal(name, journal ?? { capacity: 0, secretsOf: null }, (text) => isTokenOf(this.store, text))
    this.#base = { bytes: () => bytes, clock: clock.reading, faults }
    this.#stream = stream
    this.#shelf = shelf
    this.#fromFixtures = fromFixtures
    this.#faults = new Faults(this.#stream, store)
    this.#faults.load(faults)
  }

  get base(): Base {
    return this.#base
  }

  /** Whether the base and what has been kept since lead to what the world is. */
  get isTraced(): boolean {
    return this.#isTraced
  }

  /** Whether it follows the fixtures when they change: it was made from them, and is no copy. */
  get fromFixtures(): boolean {
    return this.#fromFixtures
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
   * Goes on with another store, which nobody else has. Whoever holds the old one keeps it until he is done. Where the new
   * one cannot be kept, it throws, and the world is as it was.
   */
  begin(
    store: Store,
    { bytes, base, clock = following, faults = [], stream = this.#own, fromFixtures = false }: Beginning,
  ): void {
    const standing = { clock, faults, stream, fromFixtures }
    const kept = this.#shelf ? adopted(this.#shelf, this.name, store, standing) : store
    this.#held.giveUp()
    this.#held = new HeldStore(kept)
    this.clock.set(clock)
    this.#base = base ?? { bytes, clock: this.clock.reading, faults }
    this.#isTraced = base !== null
    this.#stream = stream
    this.#fromFixtures = fromFixtures
    this.#faults = new Faults(stream, kept)
    this.#faults.load(faults)
    this.#uncounted = 0
    this.#realms.clear()
    this.journal.clear()
    this.interventions.length = 0
  }

  /** Changes the clock or the faults. Where the world is kept, so is the change by then; otherwise it has not happened. */
  change<T>(change: () => T): T {
    if (!this.#shelf) return change()
    const before = this.#standing
    try {
      return this.store.transaction(() => {
        const answer = change()
        // Most requests to a world with faults meet none of them.
        if (JSON.stringify(this.#standing) !== JSON.stringify(before)) note(this.store, this.#standing)
        return answer
      })
    } catch (error) {
      this.clock.set(before.clock)
      this.#faults.load(before.faults)
      throw error
    }
  }

  /** Changes what is in the store in a way that no replay knows of. All of it is done, or nothing. */
  amend(change: () => void): void {
    try {
      this.store.transaction(change)
    } catch (error) {
      // What they have read since is undone.
      this.#realms.clear()
      throw error
    }
    if (this.journal.size === 0) this.rebase()
    else this.#isTraced = false
  }

  /** Makes what is now the beginning: what came before can no longer be replayed. */
  rebase(): void {
    this.#isTraced = true
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

  /** The realm of a vendor; the caller knows the vendor's types. */
  realm<T extends RealmTypes>(vendor: string): Realm<T> {
    const known = this.#realms.get(vendor)
    if (known) return known as Realm<T>
    const { seed, name } = this.#stream
    const realm = new Realm<T>({ vendor, seed, world: name, clock: this.clock, store: this.store })
    this.#realms.set(vendor, realm as Realm)
    return realm
  }

  /** The number of the next vendor request: 1, 2, 3 … Throws where the store cannot keep it. */
  nextRequest(): number {
    const number = this.store.counters.next('', 'request')
    return number > this.#uncounted ? number : this.nextRequest()
  }

  /** A number for a vendor request that the store cannot count. No other has it while the server runs. */
  uncountedRequest(): number {
    this.#uncounted = Math.max(this.requests, this.#uncounted) + 1
    return this.#uncounted
  }

  /** For work that takes more than a turn: the store that there is now stays open until the function returned is called. */
  hold(): () => void {
    return this.#held.hold()
  }

  get #own(): Stream {
    return { seed: this.seed, name: this.name }
  }

  get #standing(): Standing {
    const { setting: clock } = this.clock
    return { clock, faults: this.#faults.dump(), stream: this.#stream, fromFixtures: this.#fromFixtures }
  }

  /** Nothing more will come; what is under way is done in the store as it is. */
  close(): void {
    this.journal.end()
    this.#held.giveUp()
  }
}
