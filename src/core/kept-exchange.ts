import type { PresentedToken } from './claimant.js'
import type { AnswerSent, Exchange, Nearest, Withheld } from './exchange.js'

/** What is bulky of an exchange, without its two bodies. */
interface Bulk {
  readonly rawHeaders: readonly string[]
  readonly answer: (Omit<AnswerSent, 'body'> & { readonly body: 'text' | 'bytes' | 'none' }) | null
  readonly refusal: { readonly code: string; readonly facts: unknown } | null
  readonly presented: PresentedToken | null
}

const formOf = (body: AnswerSent['body']) => (body === null ? 'none' : Buffer.isBuffer(body) ? 'bytes' : 'text')

function bulkOf({ rawHeaders, answer, refusal, presented }: Exchange): Bulk {
  return {
    rawHeaders,
    answer: answer ? { status: answer.status, headers: answer.headers, body: formOf(answer.body) } : null,
    refusal: refusal ? { code: refusal.code, facts: refusal.facts } : null,
    presented: presented ?? null,
  }
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
  /** The bulk as JSON, and behind it the bodies, bytes as characters: JSON takes longer to write a body than all else. */
  readonly #packed: string
  readonly #bulkLength: number
  /** `null`: there was no body, or it was never read. */
  readonly #bytesLength: number | null

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
    const { bytes, answer } = exchange
    const bulk = JSON.stringify(bulkOf(exchange))
    this.#packed = [bulk, bytes?.toString('latin1') ?? '', answer?.body?.toString('latin1') ?? ''].join('')
    this.#bulkLength = bulk.length
    this.#bytesLength = bytes?.length ?? null
  }

  get rawHeaders(): readonly string[] {
    return this.#unpacked().rawHeaders
  }

  get bytes(): Buffer | undefined {
    if (this.#bytesLength === null) return undefined
    return Buffer.from(this.#packed.slice(this.#bulkLength, this.#answerAt), 'latin1')
  }

  get answer(): AnswerSent | undefined {
    const { answer } = this.#unpacked()
    if (!answer) return undefined
    const { status, headers, body: form } = answer
    if (form === 'none') return { status, headers, body: null }
    const text = this.#packed.slice(this.#answerAt)
    return { status, headers, body: form === 'bytes' ? Buffer.from(text, 'latin1') : text }
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

  get #answerAt(): number {
    return this.#bulkLength + (this.#bytesLength ?? 0)
  }

  #unpacked(): Bulk {
    return JSON.parse(this.#packed.slice(0, this.#bulkLength))
  }
}
