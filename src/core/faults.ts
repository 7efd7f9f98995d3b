import { Chance } from './chance.js'
import type { Clock } from './clock.js'
import type { Store } from './ports.js'
import { Refusal, type RefusalCode, type Refusals } from './refusal.js'
import { Throttle, type ThrottlePolicy } from './throttle.js'

/** Answers with a refusal in the vendor's words. Facts that are left out are made up for the case. */
export interface Refuse {
  /** Which effect it is. */
  readonly kind: 'refuse'
  /** Why. */
  readonly refusal: RefusalCode
  /** What the vendor's words may mention. */
  readonly facts?: Partial<Refusals[RefusalCode]>
}

/** Answers in the vendor's place. A string goes out as it is, everything else as JSON. */
export interface Respond {
  /** Which effect it is. */
  readonly kind: 'respond'
  /** HTTP status: 200 to 599. */
  readonly status: number
  /** Added to those that every answer of the vendor has. */
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** Empty, where left out. */
  readonly body?: unknown
}

/** Lets the operation happen and spoils the way back. */
export type Spoil =
  | { readonly kind: 'truncate'; readonly bytes: number }
  | { readonly kind: 'slow-body'; readonly bytesPerSecond: number }
  /** The connection is closed once the operation has taken effect. */
  | { readonly kind: 'lose-response' }

/** What a fault does. Delays are of the machine's time, the window of a throttle is of the world's. */
export type Effect =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'delay'; readonly minMs: number; readonly maxMs: number }
  | Refuse
  | Respond
  | { readonly kind: 'reset' }
  | Spoil
  | ({ readonly kind: 'throttle' } & ThrottlePolicy)

/** An effect with all that chance and count decide about it decided. */
export type Action =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'throttle'; readonly refusal: Refusal }
  | Exclude<Effect, { readonly kind: 'delay' | 'throttle' }>

/** Which vendor requests are meant: those for which all of it is so. */
export interface Match {
  /** Name of the vendor, such as `tavio`. */
  readonly vendor?: string
  /** Operation id, as in the vendor's OpenAPI document. */
  readonly operation?: string
  /** Id of the account that the request claims to come from. */
  readonly account?: string
  /** `login`, `token-use`, `renew` or `logout`. */
  readonly event?: string
  /** Fires at this match only, counted from 1. */
  readonly nth?: number
}

/** What is to go wrong, and when. */
export interface NewFault {
  /** Every vendor request, where left out. */
  readonly match?: Match
  /** Fires at most that often. */
  readonly times?: number
  /** Fires at this share of its matches: above 0, at most 1. */
  readonly probability?: number
  /** What happens then. */
  readonly effect: Effect
}

/** A fault as it stands; plain JSON. */
export interface Fault extends NewFault {
  /** `fault-1`, `fault-2` … in the order in which the world's faults were made. */
  readonly id: string
  /** How many requests it has matched. */
  readonly matched: number
  /** How many of them it has struck. */
  readonly fired: number
}

/** A vendor request, as far as faults ask about it. */
export interface Asked {
  readonly vendor: string
  /** `null`: no operation of the vendor. */
  readonly operation: string | null
  readonly event: string | undefined
  /** The client's. */
  readonly address: string
  /** Where it stands for this request. */
  readonly clock: Clock
  /** Id of the account that the request claims to come from. */
  account(): string | undefined
  /** What of this request only its body tells. */
  readonly inBody: readonly ('account' | 'event')[]
  /** Whether the body has been read. */
  readonly bodyRead: boolean
}

/** A fault that has fired, and what is to be done about it. */
export interface Fired {
  readonly id: string
  /** Whom its match asked for. */
  readonly account?: string | undefined
  readonly action: Action
}

const agrees = (wanted: string | undefined, is: string | null | undefined): boolean =>
  wanted === undefined || wanted === is

const matches = ({ vendor, operation, event, account }: Match, asked: Asked): boolean =>
  agrees(vendor, asked.vendor) &&
  agrees(operation, asked.operation) &&
  agrees(event, asked.event) &&
  (account === undefined || account === asked.account())

/** The faults of one world, oldest first. Ids, draws and windows lie in its store, the rest is dumped into snapshots. */
export class Faults {
  readonly #chance: Chance
  readonly #store: Store
  #faults: Fault[] = []

  constructor(stream: { readonly seed: number; readonly name: string }, store: Store) {
    this.#chance = new Chance(stream.seed, stream.name, '', store.counters)
    this.#store = store
  }

  get size(): number {
    return this.#faults.length
  }

  add(fault: NewFault): Fault {
    const added = { id: `fault-${this.#chance.next('fault')}`, ...fault, matched: 0, fired: 0 }
    this.#faults.push(added)
    return added
  }

  remove(id: string): void {
    this.#faults = this.#faults.filter((fault) => fault.id !== id)
  }

  clear(): void {
    this.#faults = []
  }

  dump(): readonly Fault[] {
    return [...this.#faults]
  }

  /** Goes on with the faults of a dump. */
  load(dump: readonly Fault[]): void {
    this.#faults = [...dump]
  }

  /**
   * The oldest fault that fires for this request. One that matches and does not fire this time is passed over; its
   * match counts. Each fault is looked at once for a request: before the body is read or, where the match asks for what
   * only the body tells, after.
   */
  decide(asked: Asked): Fired | undefined {
    for (const [at, fault] of this.#faults.entries()) {
      const { id, match = {}, matched, fired } = fault
      const needsBody = asked.inBody.some((member) => match[member] !== undefined)
      if (needsBody !== asked.bodyRead || !matches(match, asked)) continue
      const action = this.#isDue(fault) ? this.#act(fault, asked) : undefined
      this.#faults[at] = { ...fault, matched: matched + 1, fired: action ? fired + 1 : fired }
      if (action) return { id, action, account: match.account }
    }
    return undefined
  }

  #isDue({ id, match, matched, fired, times = Number.POSITIVE_INFINITY, probability = 1 }: Fault): boolean {
    if (match?.nth !== undefined && matched + 1 !== match.nth) return false
    return fired < times && (probability === 1 || this.#chance.fraction(id) < probability)
  }

  /** What is to be done; `undefined` while a throttle still lets requests through. */
  #act({ id, effect }: Fault, asked: Asked): Action | undefined {
    if (effect.kind === 'throttle') return this.#throttle(id, effect, asked)
    if (effect.kind !== 'delay' || 'ms' in effect) return effect
    const { minMs, maxMs } = effect
    return { kind: 'delay', ms: minMs + Math.floor(this.#chance.fraction(id) * (maxMs - minMs + 1)) }
  }

  #throttle(id: string, policy: ThrottlePolicy, { address, clock }: Asked): Action | undefined {
    try {
      new Throttle(this.#store.windows, '', clock, id).count(address, policy)
      return undefined
    } catch (error) {
      if (error instanceof Refusal) return { kind: 'throttle', refusal: error }
      throw error
    }
  }
}
