import type { RefusalCode } from '../../src/core/refusal.js'
import { start } from '../support/emulate.js'
import type { Answer, Sent } from './subject.js'

/** An account as the model knows it. */
export interface Person {
  /** What it logs in with. */
  readonly login: string
  /** What an answer about it contains. */
  readonly shows: string
  password: string
  /** The one before. */
  formerly: string
  state: 'active' | 'disabled' | 'deleted' | 'gone'
}

/** A token as the model knows it. */
export interface Held {
  readonly text: string
  readonly kind: string
  readonly person: Person
  readonly tenant: string | null
  /** Epoch milliseconds; `null`: never. */
  readonly expiresAt: number | null
  /** Tokens of one family end together. */
  readonly family: object
  ended?: boolean
  /** What a token may do beside others of its kind. */
  readonly rights?: number
}

/** What the model says an answer is: success, or which refusal, and the status of it. */
export interface Verdict {
  readonly status: number
  readonly refusal?: RefusalCode
  /** What the body contains. */
  readonly shows?: string
}

export interface Step {
  /** In words, for a counter-example. */
  readonly says: string
  readonly request: Sent
  readonly expected: Verdict
  /** What comes of it, once it was answered as expected. */
  readonly learn?: (answer: Answer) => void
}

/** What is drawn for a move; each move makes of it what it needs, and of zeros the plainest case. */
export interface Draw {
  readonly who: number
  readonly token: number
  readonly how: number
}

/** A move of a client; `undefined`: nothing that could be done now. */
export type Move = (state: State, draw: Draw) => Step | undefined

export interface Model {
  /** The accounts of the fixture that take part. */
  readonly people: readonly Pick<Person, 'login' | 'shows' | 'password' | 'state'>[]
  /** Tokens that the fixture has. */
  readonly tokens?: (people: readonly Person[]) => readonly Held[]
  /** States that an account can be given, beside `active`. */
  readonly states: readonly ('disabled' | 'deleted')[]
  /** Of tokens that live so long, edges are tried; ms. */
  readonly lifetimes: readonly number[]
  /** Whether a token from before a reset is unknown after it; else the model does not try one. */
  readonly forgets: boolean
  readonly lockout?: { readonly failures: number; readonly blockMs: number }
  readonly moves: Readonly<Record<string, Move>>
  /** Every refusal that it foretells; long walks come by each. */
  readonly foretells: readonly RefusalCode[]
}

/** What the model knows. */
export class State {
  now = start
  people: readonly Person[] = []
  tokens: Held[] = []
  /** Texts that were tokens before a reset. */
  forgotten: string[] = []
  readonly #failures = new Map<string, { count: number; until: number | null }>()

  constructor(readonly model: Model) {
    this.reset()
  }

  reset(): void {
    const { people, tokens = () => [], forgets } = this.model
    this.now = start
    this.people = people.map((person) => ({ ...person, formerly: `no ${person.password}` }))
    this.forgotten = forgets ? [...this.forgotten, ...this.tokens.map(({ text }) => text)] : []
    this.tokens = [...tokens(this.people)]
    this.#failures.clear()
  }

  person({ who }: Draw): Person {
    const person = this.people[who % this.people.length]
    if (!person) throw new Error('a model has people')
    return person
  }

  /** The token drawn, of those of some kinds: 0 is the latest. */
  held({ token }: Draw, kinds?: readonly string[]): Held | undefined {
    const candidates = this.tokens.filter(({ kind }) => !kinds || kinds.includes(kind))
    return candidates[candidates.length - 1 - (token % Math.max(candidates.length, 1))]
  }

  hold(held: Held): void {
    // The world draws again what it drew before the reset.
    this.forgotten = []
    this.tokens = [...this.tokens.filter(({ text }) => text !== held.text), held]
  }

  end({ family }: Held): void {
    for (const held of this.tokens) if (held.family === family) held.ended = true
  }

  /** Why a token is no good whatever it is shown to: revoked before expired. */
  stale({ ended, expiresAt }: Held): RefusalCode | undefined {
    if (ended) return 'token-revoked'
    return expiresAt !== null && this.now >= expiresAt ? 'token-expired' : undefined
  }

  /** Why a login by name and password is no good. */
  login({ state }: Person, isRight: boolean): RefusalCode | undefined {
    if (state === 'gone') return 'unknown-account'
    if (!isRight) return 'wrong-password'
    return state === 'active' ? undefined : 'account-inactive'
  }

  /** The same, counted for the address that it comes from. */
  guarded(address: string, refusal: RefusalCode | undefined): RefusalCode | undefined {
    const { failures, blockMs } = this.model.lockout ?? { failures: Number.POSITIVE_INFINITY, blockMs: 0 }
    const { count, until } = this.#failures.get(address) ?? { count: 0, until: null }
    if (until !== null && this.now < until) return 'account-locked'
    const next = (until === null ? count : 0) + 1
    if (refusal) this.#failures.set(address, { count: next, until: next >= failures ? this.now + blockMs : null })
    else this.#failures.delete(address)
    return refusal
  }
}
