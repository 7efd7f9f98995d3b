/** Where a clock stands, and whether it moves. */
export interface ClockReading {
  readonly now: number
  readonly state: 'running' | 'frozen'
}

/** How a clock is set against the machine's: ahead of it by an offset, or frozen at an instant. */
export interface ClockSetting {
  readonly offset: number
  readonly frozenAt: number | null
}

/** The setting of a clock that follows the machine. */
export const following: ClockSetting = { offset: 0, frozenAt: null }

/**
 * The only place that knows the time. A world asks its clock; nothing else reads the machine's.
 *
 * All instants are whole milliseconds since 1970 (UTC).
 */
export class Clock {
  #offset = following.offset
  #frozenAt = following.frozenAt
  readonly #machine: () => number

  constructor(machine: () => number = Date.now) {
    this.#machine = machine
  }

  now(): number {
    return this.#frozenAt ?? this.#machine() + this.#offset
  }

  get state(): 'running' | 'frozen' {
    return this.#frozenAt === null ? 'running' : 'frozen'
  }

  /** How far this clock is ahead of the machine's, in milliseconds. */
  get offsetMs(): number {
    return this.now() - this.#machine()
  }

  freeze(at: number = this.now()): void {
    this.#frozenAt = at
  }

  advance(ms: number): void {
    if (this.#frozenAt === null) this.#offset += ms
    else this.#frozenAt += ms
  }

  /** Runs on from where the clock stands. */
  resume(): void {
    if (this.#frozenAt === null) return
    this.#offset = this.#frozenAt - this.#machine()
    this.#frozenAt = null
  }

  get setting(): ClockSetting {
    return { offset: this.#offset, frozenAt: this.#frozenAt }
  }

  set({ offset, frozenAt }: ClockSetting): void {
    this.#offset = offset
    this.#frozenAt = frozenAt
  }

  get reading(): ClockReading {
    return { now: this.now(), state: this.state }
  }

  /** The setting with which this clock goes on from a reading, however long ago that was taken. */
  goingOnFrom({ now, state }: ClockReading): ClockSetting {
    return state === 'frozen' ? { offset: 0, frozenAt: now } : { offset: now - this.#machine(), frozenAt: null }
  }

  /** Follows the machine again. */
  reset(): void {
    this.set(following)
  }
}

/** Waits for milliseconds of the machine, whatever the time of a world; not longer than until `over`. */
export const pause = (ms: number, over: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      over.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    over.addEventListener('abort', end)
    if (over.aborted) end()
  })

/** Waits until everything else that is due has been done. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Milliseconds that have gone by since some instant, whatever any clock says. */
export const elapsed = (): number => performance.now()

/** Whole seconds since 1970, rounded down: what `iat`, `nbf` and `exp` are made of. */
export const seconds = (ms: number): number => Math.floor(ms / 1000)

const twoDigits = (n: number) => String(n).padStart(2, '0')

/** An instant taken apart in UTC, for the vendors' date formats. */
export function calendar(ms: number) {
  const date = new Date(ms)
  return {
    year: String(date.getUTCFullYear()),
    month: twoDigits(date.getUTCMonth() + 1),
    day: twoDigits(date.getUTCDate()),
    hour: twoDigits(date.getUTCHours()),
    minute: twoDigits(date.getUTCMinutes()),
    second: twoDigits(date.getUTCSeconds()),
  }
}

/** RFC 3339 in UTC with whole seconds: `2026-11-22T08:00:00Z`. */
export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** RFC 3339 in UTC with milliseconds: `2026-11-22T08:00:00.000Z`. */
export const iso = (ms: number): string => new Date(ms).toISOString()

/** Texts of one second say the same, and most are asked for more than once. */
function bySecond(write: (ms: number) => string): (ms?: number) => string {
  let latest = { second: Number.NaN, text: '' }
  return (ms = Date.now()) => {
    const second = seconds(ms)
    if (second !== latest.second) latest = { second, text: write(ms) }
    return latest.text
  }
}

/** The time of day in UTC: `08:00:00`; the machine's, where no other is given. */
export const timeOfDay = bySecond((ms) => new Date(ms).toISOString().slice(11, 19))

/** The format of the HTTP `Date` header. */
export const httpDate = bySecond((ms) => new Date(ms).toUTCString())

/** The same day and time of day `years` later; 29 February becomes 1 March. */
export function addYears(ms: number, years: number): number {
  const date = new Date(ms)
  date.setUTCFullYear(date.getUTCFullYear() + years)
  return date.getTime()
}

/** For libraries that ask for one. */
export const dateOf = (ms: number): Date => new Date(ms)

/** Reads the instant of a certificate as Node and OpenSSL print it: `Nov  2 08:00:00 2026 GMT`. */
export const certificateInstant = (text: string): number => Date.parse(text)

/** Reads an ISO 8601 instant; `null` where the text is none. A date without zone is taken as UTC. */
export function parseInstant(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text)
  if (!match) return null
  const [, day, time = '00:00:00', zone = 'Z'] = match
  const ms = Date.parse(`${day}T${time}${zone}`)
  // The 30th of February, which `Date.parse` takes for the 2nd of March, is no day.
  return Number.isNaN(ms) || new Date(`${day}T00:00:00Z`).getUTCDate() !== Number(day?.slice(-2)) ? null : ms
}
