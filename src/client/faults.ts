import type { Fault, NewFault } from '../core/faults.js'
import { type Plane, route } from './plane.js'

/** How the vendors of a world fail, and when. Of several faults the oldest that fires wins. */
export class WorldFaults {
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /** Oldest first, with how often each matched and fired. */
  async list(): Promise<Fault[]> {
    return this.#plane.list('/faults')
  }

  /**
   * `match.account` may be a login name. Throws `invalid-input`, `unknown-vendor`, `unknown-operation`, `unknown-event`,
   * `unknown-refusal`, `unknown-account` and `ambiguous-account`.
   */
  add(fault: NewFault): Promise<Fault> {
    return this.#plane.post('/faults', fault)
  }

  /** Throws `unknown-fault`. */
  remove(id: string): Promise<void> {
    return this.#plane.command('DELETE', route`/faults/${id}`)
  }

  /** Removes all. */
  clear(): Promise<void> {
    return this.#plane.command('DELETE', '/faults')
  }
}
