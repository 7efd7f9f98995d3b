import type { PresentedToken } from './claimant.js'
import type { Exchange } from './exchange.js'
import { Redaction } from './redaction.js'

/** One side of an exchange. */
export interface Message {
  /** Names and values in turn. */
  readonly headers: readonly string[]
  /** `null`: none, or never read. */
  readonly body: Buffer | null
}

/** Header fields as names and values in turn. */
const pairs = (headers: Readonly<Record<string, string | number | readonly string[] | undefined>>): string[] =>
  Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().flatMap((one) => [name, String(one)]))

/** An exchange made readable: as it was or, where `secrets` names them, without the secrets in it. */
export class Transcript {
  readonly #exchange: Exchange
  readonly #redaction: Redaction | undefined

  constructor(exchange: Exchange, secrets?: readonly string[]) {
    this.#exchange = exchange
    this.#redaction = secrets && new Redaction(secrets, exchange.operation)
  }

  /** As the client wrote it. */
  get url(): string {
    const { url } = this.#exchange
    return this.#redaction?.url(url) ?? url
  }

  /** The vendor's own path with its query. */
  get target(): string {
    const { target } = this.#exchange
    return this.#redaction?.url(target) ?? target
  }

  get refusal(): { readonly code: string; readonly facts: unknown } | undefined {
    const { refusal } = this.#exchange
    if (!refusal) return undefined
    const { code, facts } = refusal
    return { code, facts: this.#redaction ? this.#redaction.facts(facts) : facts }
  }

  /** What the token said that was presented, where the request was refused. */
  get presented(): PresentedToken | undefined {
    const { presented } = this.#exchange
    if (!presented || !this.#redaction) return presented
    const { header, claims, holder } = presented
    return { header: this.#redaction.claims(header), claims: this.#redaction.claims(claims), holder }
  }

  get request(): Message {
    const { rawHeaders, bytes = null } = this.#exchange
    return this.#message({ headers: rawHeaders, body: bytes })
  }

  /** `null`: not yet, or never. */
  get response(): (Message & { readonly status: number }) | null {
    const { answer } = this.#exchange
    if (!answer) return null
    const { status, headers, body } = answer
    return { status, ...this.#message({ headers: pairs(headers), body: body === null ? null : Buffer.from(body) }) }
  }

  #message(message: Message): Message {
    return this.#redaction?.message(message) ?? message
  }
}
