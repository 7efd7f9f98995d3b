import { Clock } from './clock.js'
import type { Fault } from './faults.js'
import type { JournalOptions } from './journal.js'
import type { Store } from './ports.js'
import type { Opened } from './snapshots.js'
import { World } from './world.js'

/** There are as many worlds as this server may hold. */
export class TooManyWorlds extends Error {
  constructor(readonly max: number) {
    super(`this server holds ${max} worlds and may hold no more`)
  }
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
}

/** The worlds of one server, each made from the same template when it is first asked for. */
export class Worlds {
  readonly #worlds = new Map<string, World>()
  readonly #options: WorldsOptions

  constructor(options: WorldsOptions) {
    this.#options = options
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
    return this.#worlds.get(name) ?? this.#make(name, this.#options.template)
  }

  /** A new world that begins as `original` stands now, its clock and faults included. Throws `TooManyWorlds`. */
  copy(original: World, name: string): World {
    return this.#make(name, original.store.serialize(), original.faults.dump(), (clock) => clock.follow(original.clock))
  }

  /** A new world that begins as an opened snapshot, with a chance of its own. Throws `TooManyWorlds`. */
  from({ store, moment }: Opened, name: string): World {
    const bytes = store.serialize()
    store.close()
    return this.#make(name, bytes, moment.faults, (clock) => clock.goOnFrom(moment.clock))
  }

  /** The world back to its template. What is under way there ends in the world as it was. */
  reset(world: World): void {
    const { template, open } = this.#options
    world.clock.reset()
    world.begin(open(template), { bytes: () => template, clock: world.clock.reading, faults: [] })
  }

  remove(world: World): void {
    this.#worlds.delete(world.name)
    world.close()
  }

  #make(name: string, bytes: Buffer, faults: readonly Fault[] = [], set: (clock: Clock) => void = () => {}): World {
    const { seed, open, max, clock: newClock = () => new Clock(), journal } = this.#options
    if (this.#worlds.size >= max) throw new TooManyWorlds(max)
    const clock = newClock()
    set(clock)
    const world = new World({ name, seed, store: open(bytes), bytes, clock, faults, ...(journal && { journal }) })
    world.countAnew()
    this.#worlds.set(name, world)
    return world
  }

  close(): void {
    for (const world of this.#worlds.values()) world.close()
    this.#worlds.clear()
  }
}
