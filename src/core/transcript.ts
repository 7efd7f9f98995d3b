import type { PresentedToken } from './claimant.js'
import type { Exchange } from './exchange.js'
import { Redaction, type RedactionOptions } from './redaction.js'

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

/** An exchange made readable: as it was or, where `redaction` says how, without the secrets in it. */
export class Transcript {
  readonly #exchange: Exchange
  readonly #redaction: Redaction | undefined
  #isInformed = false

  constructor(exchange: Exchange, redaction?: Omit<RedactionOptions, 'operation'>) {
    this.#exchange = exchange
    this.#redaction = redaction && new Redaction({ ...redaction, operation: exchange.operation })
  }

  /** As the client wrote it. */
  get url(): string {
    const { url } = this.#exchange
    return this.#informed()?.url(url) ?? url
  }

  /** The vendor's own path with its query. */
  get target(): string {
    const { target } = this.#exchange
    return this.#informed()?.url(target) ?? target
  }

  /** What is told of the exchange, in words of ours. */
  text(text: string): string {
    return this.#informed()?.text(text) ?? text
  }

  get refusal(): { readonly code: string; readonly facts: unknown } | undefined {
    const { refusal } = this.#exchange
    if (!refusal) return undefined
    const { code, facts } = refusal
    const redaction = this.#informed()
    return { code, facts: redaction ? redaction.facts(facts) : facts }
  }

  /** What the token said that was presented, where the request was refused. */
  get presented(): PresentedToken | undefined {
    const { presented } = this.#exchange
    const redaction = this.#informed()
    if (!presented || !redaction) return presented
    const { header, claims, holder } = presented
    return { header: redaction.claims(header), claims: redaction.claims(claims), holder }
  }

  get request(): Message {
    this.#informed()
    return this.#sent()
  }

  /** `null`: not yet, or never. */
  get response(): (Message & { readonly status: number }) | null {
    const { answer } = this.#exchange
    if (!answer) return null
    const { status, headers, body } = answer
    const message = { headers: pairs(headers), body: body === null ? null : Buffer.from(body) }
    return { status, ...(this.#informed()?.message(message) ?? message) }
  }

  #sent(): Message {
    const { rawHeaders, bytes = null } = this.#exchange
    const message = { headers: rawHeaders, body: bytes }
    return this.#redaction?.message(message) ?? message
  }

  /** The redaction, once it has seen what was sent: what is a secret there is one in all that is told of the exchange. */
  #informed(): Redaction | undefined {
    if (this.#redaction && !this.#isInformed) {
      this.#isInformed = true
      this.#redaction.url(this.#exchange.url)
      this.#sent()
    }
    return this.#redaction
  }
}
