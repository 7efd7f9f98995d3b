import type { Static } from '@sinclair/typebox'
import type { Advance, ClockShown } from '../control/clock.js'
import type { Duration } from '../control/time.js'
import type { TimerShown } from '../control/timers.js'
import type { Plane } from './plane.js'

/** What time it is in a world, and whether it runs. */
export type ClockReading = Static<typeof ClockShown>
/** Something that will end by itself, and when. */
export type Timer = Static<typeof TimerShown>

/** The time of a world. Nothing waits: what it says is what every token, lock-out and `Date` header of the world goes by. */
export class WorldClock {
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /** What time it is, and whether it runs. */
  read(): Promise<ClockReading> {
    return this.#plane.get('/clock')
  }

  /** Epoch milliseconds. */
  async now(): Promise<number> {
    return (await this.read()).epochMs
  }

  /**
   * Stops the time, now or at an ISO 8601 instant. Throws `clock-backwards` where that lies in the past of a world that
   * has answered a vendor request, and `invalid-instant`.
   */
  freeze(at?: string): Promise<ClockReading> {
    return this.#plane.post('/clock/freeze', { at })
  }

  /**
   * Moves the time, running or frozen: by `'61m'`, `'3601s'` (ms, s, m, h, d) or milliseconds, to an instant, or to the
   * expiry of a token, a second before it or a second after it. Throws `clock-backwards`, `invalid-duration`,
   * `invalid-instant`, `unknown-token`, `ambiguous-token` and `never-expires`.
   */
  advance(by: Static<typeof Duration> | Static<typeof Advance>): Promise<ClockReading> {
    return this.#plane.post('/clock/advance', typeof by === 'object' ? by : { by })
  }

  /** Runs on from where the clock stands. */
  resume(): Promise<ClockReading> {
    return this.#plane.post('/clock/resume')
  }

  /** Follows the machine's clock again. */
  reset(): Promise<ClockReading> {
    return this.#plane.post('/clock/reset')
  }

  /** What will end by itself, soonest first: tokens, lock-outs, throttle windows; 100 of them, or `limit` up to 1000. */
  timers(limit?: number): Promise<Timer[]> {
    return this.#plane.list('/clock/timers', { limit })
  }
}
