import { Clock, type ClockSetting } from './clock.js'
import type { Fault } from './faults.js'
import type { JournalOptions } from './journal.js'
import type { Store } from './ports.js'
import type { Shelf } from './shelf.js'
import type { Opened } from './snapshots.js'
import { adopted, type Standing } from './standing.js'
import { World } from './world.js'

/** There are as many worlds as this server may hold. */
export class TooManyWorlds extends Error {
  constructor(readonly max: number) {
    super(`this server holds ${max} worlds and may hold no more`)
  }
}

/** A world that was kept when the server began. */
export interface KeptWorld {
  readonly name: string
  readonly store: Store
  /** `undefined` where nobody noted one: then its clock follows the machine, and it has no faults. */
  readonly standing: Standing | undefined
}

export interface WorldsOptions {
  /** A seeded world, serialised: what every new world begins as. */
  readonly template: Buffer
  readonly seed: number
  readonly open: (template: Buffer) => Store
  readonly max: number
  /** The clock of a new world. */
  readonly clock?: () => Clock
  readonly journal?: JournalOptions
  /** Where worlds are kept. They end with the process, where left out. */
  readonly shelf?: Shelf | undefined
  /** What is kept there already. */
  readonly kept?: readonly KeptWorld[] | undefined
}

/** Makes a store that was copied count the requests of its new world from here on. */
function countAnew({ counters }: Store): void {
  if (counters.get('', 'request') > 0) counters.move('', 'request', 'inherited request')
}

/** What a new world is beside its bytes. */
interface Making {
  readonly faults?: readonly Fault[]
  readonly set?: (clock: Clock) => ClockSetting
  readonly fromFixtures?: boolean
}

/** The worlds of one server, each made from the same template when it is first asked for. */
export class Worlds {
  readonly #worlds = new Map<string, World>()
  readonly #options: WorldsOptions
  #template: Buffer

  constructor(options: WorldsOptions) {
    this.#options = options
    this.#template = options.template
    const { kept = [], clock = () => new Clock() } = options
    for (const world of kept) this.#add(world, clock())
  }

  get size(): number {
    return this.#worlds.size
  }

  /** The world of that name, if it has been made. */
  peek(name: string): World | undefined {
    return this.#worlds.get(name)
  }

  all(): World[] {
    return [...this.#worlds.values()]
  }

  /** The world of that name, made now if it is new. Throws `TooManyWorlds`. */
  get(name: string): World {
    return this.#worlds.get(name) ?? this.#make(name, this.#template, { fromFixtures: true })
  }

  /** A new world that begins as `original` stands now, its clock and faults included. Throws `TooManyWorlds`. */
  copy(original: World, name: string): World {
    return this.#make(name, original.store.serialize(), {
      faults: original.faults.dump(),
      set: () => original.clock.setting,
    })
  }

  /** A new world that begins as an opened snapshot, with a chance of its own. Throws `TooManyWorlds`. */
  from({ store, moment }: Opened, name: string): World {
    const bytes = store.serialize()
    store.close()
    return this.#make(name, bytes, { faults: moment.faults, set: (clock) => clock.goingOnFrom(moment.clock) })
  }

  /** The world back to its template. What is under way there ends in the world as it was. */
  reset(world: World): void {
    const template = this.#template
    world.begin(this.#options.open(template), { bytes: () => template, fromFixtures: true })
  }

  /** From now on new worlds, and such as are reset, begin as another template; the others stay as they are. */
  renew(template: Buffer): void {
    this.#template = template
  }

  remove(world: World): void {
    this.#options.shelf?.discard(world.name)
    this.#worlds.delete(world.name)
    world.close()
  }

  #make(
    name: string,
    bytes: Buffer,
    { faults = [], set = (clock) => clock.setting, fromFixtures = false }: Making,
  ): World {
    const { seed, open, max, shelf, clock: newClock = () => new Clock() } = this.#options
    if (this.#worlds.size >= max) throw new TooManyWorlds(max)
    const clock = newClock()
    const standing = { clock: set(clock), faults, stream: { seed, name }, fromFixtures }
    const store = open(bytes)
    countAnew(store)
    return this.#add({ name, store: shelf ? adopted(shelf, name, store, standing) : store, standing }, clock, bytes)
  }

  #add({ name, store, standing }: KeptWorld, clock: Clock, bytes = store.serialize()): World {
    const { seed, journal, shelf } = this.#options
    const { faults = [], stream = { seed, name }, fromFixtures = false } = standing ?? {}
    if (standing) clock.set(standing.clock)
    const begun = { name, seed, store, bytes, clock, faults, stream, shelf, fromFixtures }
    const world = new World({ ...begun, ...(journal && { journal }) })
    this.#worlds.set(name, world)
    return world
  }

  close(): void {
    for (const world of this.#worlds.values()) world.close()
    this.#worlds.clear()
  }
}
