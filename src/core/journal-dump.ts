import type { PresentedToken } from './claimant.js'
import type { Exchange, Nearest, Withheld } from './exchange.js'
import type { Entry } from './journal.js'
import type { Message, Transcript } from './transcript.js'

/** One side of an exchange, its body as base64. */
export interface DumpedMessage {
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: string | null
}

/** All that is needed to send a request again and to compare the answers. */
export interface DumpedEntry {
  readonly world: string
  readonly number: number
  readonly at: number
  readonly durationMs: number | null
  readonly vendor: string
  readonly operation: string | null
  readonly event: string | null
  readonly account: string | null
  readonly method: string
  readonly url: string
  readonly target: string
  readonly address: string
  readonly evidence: string | null
  readonly reference: string | null
  readonly refusal: { readonly code: string; readonly facts: unknown } | null
  readonly presented: PresentedToken | null
  readonly fault: { readonly id: string; readonly kind: string } | null
  readonly nearest: Nearest | null
  readonly withheld?: Withheld
  readonly request: DumpedMessage
  readonly response: (DumpedMessage & { readonly status: number }) | null
}

/** A journal as plain JSON. */
export interface JournalDump {
  /** Whether secrets stand in it; without them nothing can be sent again. */
  readonly secrets: boolean
  /** How many entries are missing before the first. */
  readonly evicted: number
  readonly entries: readonly DumpedEntry[]
}

const base64 = ({ headers, body }: Message): DumpedMessage => ({
  headers,
  body: body?.toString('base64') ?? null,
})

const bytes = (body: string | null): Buffer | null => (body === null ? null : Buffer.from(body, 'base64'))

export function dumped(entry: Entry, { url, target, refusal, presented, request, response }: Transcript): DumpedEntry {
  const { world, number, at, durationMs, account } = entry
  const { vendor, operation, method, address, event, evidence, reference, fault, nearest, withheld } = entry.exchange
  return {
    world,
    number,
    at,
    durationMs,
    vendor,
    operation,
    event: event ?? null,
    account,
    method,
    url,
    target,
    address,
    evidence: evidence ?? null,
    reference: reference ?? null,
    refusal: refusal ?? null,
    presented: presented ?? null,
    fault: fault ?? null,
    nearest: nearest ?? null,
    ...(withheld && { withheld }),
    request: base64(request),
    response: response && { status: response.status, ...base64(response) },
  }
}

/** Header names and values in turn, by lower-case name; a list where one stands there more than once. */
export function byName(pairs: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const [name, value] = [String(pairs[at]).toLowerCase(), String(pairs[at + 1])]
    const known = headers[name]
    headers[name] = known === undefined ? value : [known, value].flat()
  }
  return headers
}

export function undumped(entry: DumpedEntry): Exchange {
  const { request, response, event, evidence, reference, refusal, presented, fault, nearest, account, ...rest } = entry
  return {
    ...rest,
    rawHeaders: request.headers,
    bytes: bytes(request.body) ?? undefined,
    event: event ?? undefined,
    evidence: evidence ?? undefined,
    reference: reference ?? undefined,
    refusal: refusal ?? undefined,
    presented: presented ?? undefined,
    fault: fault ?? undefined,
    nearest: nearest ?? undefined,
    answer: response
      ? { status: response.status, headers: byName(response.headers), body: bytes(response.body) }
      : undefined,
    claimant: () => account ?? undefined,
  }
}
