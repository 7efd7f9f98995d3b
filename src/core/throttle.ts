import type { Clock } from './clock.js'
import type { WindowPort } from './ports.js'
import { Refusal } from './refusal.js'

/** How often a client may ask. */
export interface ThrottlePolicy {
  /** Requests that an address may make within a window. */
  readonly limit: number
  /** How long a window lasts, in the time of the world. */
  readonly windowSeconds: number
}

/** Requests of an address within one realm, counted in windows that begin with the first request. */
export class Throttle {
  readonly #windows: WindowPort
  readonly #vendor: string
  readonly #clock: Clock
  readonly #purpose: string

  /** Throttles of one vendor with different purposes count apart. */
  constructor(windows: WindowPort, vendor: string, clock: Clock, purpose = 'throttle') {
    this.#windows = windows
    this.#vendor = vendor
    this.#clock = clock
    this.#purpose = purpose
  }

  /** Counts a request and returns how many are left; throws `throttled` when none was. */
  count(address: string, { limit, windowSeconds }: ThrottlePolicy): number {
    const now = this.#clock.now()
    const { count, endsAt: end } = this.#windows.get(this.#vendor, this.#purpose, address) ?? { count: 0, endsAt: null }
    const isOpen = end !== null && now < end
    const before = isOpen ? count : 0
    const resetAt = isOpen ? end : now + windowSeconds * 1000
    if (before >= limit) {
      throw new Refusal('throttled', { limit, retryAfterSeconds: Math.ceil((resetAt - now) / 1000), resetAt })
    }
    this.#windows.put(this.#vendor, this.#purpose, address, { count: before + 1, endsAt: resetAt })
    return limit - before - 1
  }

  /** Takes back what was counted last: the request shall not have been made. */
  giveBack(address: string): void {
    const window = this.#windows.get(this.#vendor, this.#purpose, address)
    if (!window) return
    const count = window.count - 1
    if (count > 0) this.#windows.put(this.#vendor, this.#purpose, address, { ...window, count })
    else this.#windows.remove(this.#vendor, this.#purpose, address)
  }
}
