import type { Static } from '@sinclair/typebox'
import type { Criteria } from '../control/criteria.js'
import type { RequestFilter, RequestShown, WholeRequest } from '../control/requests.js'
import type { Step, Verdict } from '../control/verify.js'
import { type Plane, route } from './plane.js'

/** A vendor request and what became of it. */
export type JournalEntry = Static<typeof RequestShown>
/** The same with headers and bodies, and with the reason where it was not accepted. */
export type WholeEntry = Static<typeof WholeRequest>
/** Why a request was not accepted. */
export type Explanation = NonNullable<WholeEntry['why']>
/** A step that should have happened: which requests, and how many. */
export type Verification = Static<typeof Step>
/** Whether all steps happened in their order, and what came instead. */
export type Outcome = Static<typeof Verdict>

/** The data of server-sent events, which here stand in a line each. */
async function* dataOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('data: ')) yield line.slice('data: '.length)
  }
}

async function* entriesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<JournalEntry, undefined> {
  for await (const data of dataOf(bytes)) yield JSON.parse(data)
}

/** The vendor requests of a world, as its journal keeps them. */
export class WorldRequests {
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /**
   * In the order of their arrival. Throws `invalid-instant`, `unknown-vendor`, `unknown-operation`, `unknown-event`,
   * `unknown-refusal`, `unknown-account` and `ambiguous-account`.
   */
  list(filter: Omit<Static<typeof RequestFilter>, 'limit' | 'cursor'> = {}): Promise<JournalEntry[]> {
    return this.#plane.list('/requests', filter)
  }

  /**
   * A request with headers and bodies and, where it was not accepted, `why`; `id` is what the header `x-understudy-request` said. Throws
   * `unknown-request`.
   */
  get(id: string): Promise<WholeEntry> {
    return this.#plane.get(route`/requests/${id}`)
  }

  /** Empties the journal. */
  clear(): Promise<void> {
    return this.#plane.command('DELETE', '/requests')
  }

  /**
   * Whether requests came as the steps say, in their order, and what came instead: `ok` and `failures`. A step without a
   * number wants at least one. Throws as `list` does.
   */
  verify(...steps: readonly Verification[]): Promise<Outcome> {
    return this.#plane.post('/requests/verify', { steps })
  }

  /**
   * Requests as they are answered, from when the promise is fulfilled until the loop over them is left or the server
   * closed. Throws as `list` does.
   */
  async stream(filter: Criteria = {}): Promise<AsyncIterableIterator<JournalEntry, undefined>> {
    const left = new AbortController()
    const entries = entriesOf(await this.#plane.open('/requests/stream', filter, left.signal))
    const stream: AsyncIterableIterator<JournalEntry, undefined> = {
      next: () => entries.next(),
      return: () => {
        left.abort()
        return entries.return(undefined)
      },
      [Symbol.asyncIterator]: () => stream,
    }
    return stream
  }
}
