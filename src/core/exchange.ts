import type { PresentedToken } from './claimant.js'

/** An answer as it left. */
export interface AnswerSent {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>
  /** `null`: none. */
  readonly body: string | Buffer | null
}

/** An operation that a request for none may have meant. */
export interface Nearest {
  readonly id: string
  readonly method: string
  readonly path: string
}

/** An answer that was kept back, because it rests on less than was asked for. */
export interface Withheld {
  /** `success`, a weaker case of it, or the code of a refusal. */
  readonly case: string
  readonly status: number
  /** The level of evidence that is asked for. */
  readonly required: string
}

/**
 * A request and what became of it. Whoever serves it fills this in as it goes, by reference, so that it costs next to
 * nothing; whoever looks later makes something readable of it.
 */
export interface Exchange {
  readonly vendor: string
  readonly method: string
  /** The URL as the client wrote it. */
  readonly url: string
  /** The vendor's own path with its query, as the client wrote it. */
  readonly target: string
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[]
  /** The client's. */
  readonly address: string
  /** `null`: no operation of the vendor. */
  readonly operation: string | null
  /** `undefined`: none, or never read. */
  readonly bytes?: Buffer | undefined
  readonly event?: string | undefined
  /** How well the answer is founded, and where that can be read. */
  readonly evidence?: string | undefined
  readonly reference?: string | undefined
  readonly refusal?: { readonly code: string; readonly facts: unknown } | undefined
  /** The token with which it came, where it was refused. */
  readonly presented?: PresentedToken | undefined
  /** The fault that fired. */
  readonly fault?: { readonly id: string; readonly kind: string } | undefined
  readonly withheld?: Withheld | undefined
  /** Where no operation was found. */
  readonly nearest?: Nearest | undefined
  /** `undefined`: not yet, or never. */
  readonly answer?: AnswerSent | undefined
  /** Id of the account that it claims to come from. */
  claimant(): string | undefined
}
