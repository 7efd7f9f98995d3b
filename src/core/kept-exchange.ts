import type { PresentedToken } from './claimant.js'
import type { AnswerSent, Exchange, Nearest, Withheld } from './exchange.js'

/** What is bulky of an exchange. */
interface Bulk {
  readonly rawHeaders: readonly string[]
  /** Byte by character. */
  readonly bytes: string | null
  readonly answer: (Omit<AnswerSent, 'body'> & { readonly body: string | null; readonly isBytes: boolean }) | null
  readonly refusal: { readonly code: string; readonly facts: unknown } | null
  readonly presented: PresentedToken | null
}

function packed({ status, headers, body }: AnswerSent): Bulk['answer'] {
  return { status, headers, body: body?.toString('latin1') ?? null, isBytes: Buffer.isBuffer(body) }
}

function pack({ rawHeaders, bytes, answer, refusal, presented }: Exchange): string {
  const bulk: Bulk = {
    rawHeaders,
    bytes: bytes ? bytes.toString('latin1') : null,
    answer: answer ? packed(answer) : null,
    refusal: refusal ? { code: refusal.code, facts: refusal.facts } : null,
    presented: presented ?? null,
  }
  return JSON.stringify(bulk)
}

/**
 * An exchange that is over, in few objects. A journal keeps thousands of them, and whatever it keeps the garbage collector
 * carries along: so what is bulky is packed into one text, and unpacked when somebody reads.
 */
export class KeptExchange implements Exchange {
  readonly vendor: string
  readonly method: string
  readonly url: string
  readonly target: string
  readonly address: string
  readonly operation: string | null
  readonly event: string | undefined
  readonly evidence: string | undefined
  readonly reference: string | undefined
  readonly fault: { readonly id: string; readonly kind: string } | undefined
  readonly nearest: Nearest | undefined
  readonly withheld: Withheld | undefined
  readonly #account: string | null
  readonly #packed: string

  constructor(exchange: Exchange, account: string | null) {
    this.vendor = exchange.vendor
    this.method = exchange.method
    this.url = exchange.url
    this.target = exchange.target
    this.address = exchange.address
    this.operation = exchange.operation
    this.event = exchange.event
    this.evidence = exchange.evidence
    this.reference = exchange.reference
    this.fault = exchange.fault
    this.nearest = exchange.nearest
    this.withheld = exchange.withheld
    this.#account = account
    this.#packed = pack(exchange)
  }

  get rawHeaders(): readonly string[] {
    return this.#unpacked().rawHeaders
  }

  get bytes(): Buffer | undefined {
    const { bytes } = this.#unpacked()
    return bytes === null ? undefined : Buffer.from(bytes, 'latin1')
  }

  get answer(): AnswerSent | undefined {
    const { answer } = this.#unpacked()
    if (!answer) return undefined
    const { isBytes, body, ...rest } = answer
    return { ...rest, body: isBytes && body !== null ? Buffer.from(body, 'latin1') : body }
  }

  get refusal(): Exchange['refusal'] {
    return this.#unpacked().refusal ?? undefined
  }

  get presented(): PresentedToken | undefined {
    return this.#unpacked().presented ?? undefined
  }

  claimant(): string | undefined {
    return this.#account ?? undefined
  }

  #unpacked(): Bulk {
    return JSON.parse(this.#packed)
  }
}
