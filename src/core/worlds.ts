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

  /** The world of that name, made now if it is new. Throws `TooManyWorlds`. */
  get(name: string): World {
    const known = this.#worlds.get(name)
    if (known) return known
    const { template, seed, open, max, clock = () => new Clock() } = this.#options
    if (this.#worlds.size >= max) throw new TooManyWorlds(max)
    const world = new World({ name, seed, store: open(template), clock: clock() })
    this.#worlds.set(name, world)
    return world
  }

  close(): void {
    for (const world of this.#worlds.values()) world.close()
    this.#worlds.clear()
  }
}
