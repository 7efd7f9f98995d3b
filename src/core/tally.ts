import type { Exchange } from './exchange.js'

/** Durations that are told apart, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Number.POSITIVE_INFINITY]

/** How long the requests of one operation took. */
export interface Durations {
  readonly vendor: string
  readonly operation: string | null
  /** How many took at most so many seconds, the last: however many. */
  readonly buckets: readonly { readonly upTo: number; count: number }[]
  seconds: number
}

/** Requests that ended alike. */
export interface Answered {
  readonly vendor: string
  /** `null`: no operation of the vendor. */
  readonly operation: string | null
  /** `null`: no answer was sent. */
  readonly status: number | null
  /** A code; `null` where they were not refused. */
  readonly refusal: string | null
  count: number
}

/** Faults of one kind that fired. */
export interface Faulted {
  readonly vendor: string
  readonly kind: string
  count: number
}

/** What a server has done since it began, in plain numbers. */
export class Tally {
  readonly #answered = new Map<string, Answered>()
  readonly #durations = new Map<string, Durations>()
  readonly #faulted = new Map<string, Faulted>()
  /** Entries that journals let go for want of room. */
  evicted = 0

  get answered(): Iterable<Answered> {
    return this.#answered.values()
  }

  get durations(): Iterable<Durations> {
    return this.#durations.values()
  }

  get faulted(): Iterable<Faulted> {
    return this.#faulted.values()
  }

  /** A request has been answered, or never will be; `durationMs` is real time. */
  count({ vendor, operation, answer, refusal: said, fault }: Exchange, durationMs: number): void {
    const status = answer?.status ?? null
    const refusal = said?.code ?? null
    const name = `${vendor} ${operation}`
    const outcome = `${name} ${status} ${refusal}`
    const answered = this.#answered.get(outcome)
    if (answered) answered.count += 1
    else this.#answered.set(outcome, { vendor, operation, status, refusal, count: 1 })

    const durations = this.#durations.get(name) ?? this.#measure(name, vendor, operation)
    const seconds = durationMs / 1000
    for (const bucket of durations.buckets) if (seconds <= bucket.upTo) bucket.count += 1
    durations.seconds += seconds

    if (fault) this.#blame(vendor, fault.kind)
  }

  #measure(name: string, vendor: string, operation: string | null): Durations {
    const durations = { vendor, operation, buckets: bounds.map((upTo) => ({ upTo, count: 0 })), seconds: 0 }
    this.#durations.set(name, durations)
    return durations
  }

  #blame(vendor: string, kind: string): void {
    const name = `${vendor} ${kind}`
    const faulted = this.#faulted.get(name) ?? { vendor, kind, count: 0 }
    faulted.count += 1
    this.#faulted.set(name, faulted)
  }
}
