import { Clock } from './clock.js'
import type { Store } from './ports.js'
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

  /** A new world that begins as `original` stands now, its clock included. Throws `TooManyWorlds`. */
  copy(original: World, name: string): World {
    const copy = this.#make(name, original.store.serialize())
    copy.clock.follow(original.clock)
    return copy
  }

  /** The world back to its template. What is under way there ends in the world as it was. */
  reset(world: World): void {
    const { template, open } = this.#options
    world.begin(open(template))
    world.clock.reset()
  }

  remove(world: World): void {
    this.#worlds.delete(world.name)
  }

  #make(name: string, bytes: Buffer): World {
    const { seed, open, max, clock = () => new Clock() } = this.#options
    if (this.#worlds.size >= max) throw new TooManyWorlds(max)
    const world = new World({ name, seed, store: open(bytes), clock: clock() })
    this.#worlds.set(name, world)
    return world
  }

  close(): void {
    for (const world of this.#worlds.values()) world.close()
    this.#worlds.clear()
  }
}
