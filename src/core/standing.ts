import type { ClockSetting } from './clock.js'
import type { Fault } from './faults.js'
import type { Store } from './ports.js'
import type { Shelf } from './shelf.js'

/** Whose chance a world draws from: its own, or that of the world whose snapshot it goes on with. */
export interface Stream {
  readonly seed: number
  readonly name: string
}

/** What a world is beside the tables of its store, and is again when its server is started again. */
export interface Standing {
  readonly clock: ClockSetting
  readonly faults: readonly Fault[]
  readonly stream: Stream
  /** Whether it follows the fixtures when they change: it was made from them, and is no copy. */
  readonly fromFixtures: boolean
}

/** Writes a standing into the store that it belongs to. */
export function note(store: Store, { clock, faults, stream, fromFixtures }: Standing): void {
  store.standing.put(JSON.stringify({ clock, faults, stream, fromFixtures }))
}

/** The store with which a kept world goes on from this one and its standing. */
export function adopted(shelf: Shelf, name: string, store: Store, standing: Standing): Store {
  note(store, standing)
  return shelf.adopt(name, store)
}
