import type { ClockSetting } from './clock.js'
import type { Fault } from './faults.js'
import type { Store } from './ports.js'

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
}

/** Writes a standing into the store that it belongs to. */
export function note(store: Store, { clock, faults, stream }: Standing): void {
  store.standing.put(JSON.stringify({ clock, faults, stream }))
}
