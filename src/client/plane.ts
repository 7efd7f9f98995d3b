import type { Duplex } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { failure, UnderstudyError, unexpected } from './error.js'

/** A control request as a transport sends it. */
export interface Outgoing {
  readonly method: string
  /** From the root of the server, query included. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Ends an answer that would go on. */
  readonly signal?: AbortSignal
}

export interface Incoming {
  readonly status: number
  readonly body: AsyncIterable<Uint8Array>
}

/** Carries a control request to the server; the only thing that in process and over HTTP do differently. */
export type Transport = (request: Outgoing) => Promise<Incoming>

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

interface Content {
  readonly type: string
  readonly body: string | Uint8Array
}

const asJson = (body: unknown): Content => ({ type: 'application/json', body: JSON.stringify(body) })

const sqlite = 'application/vnd.sqlite3'

/** `path`, where every value of the template is escaped. */
export const route = (parts: TemplateStringsArray, ...values: readonly string[]): string =>
  String.raw({ raw: parts }, ...values.map(encodeURIComponent))

function withQuery(path: string, query: Query = {}): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value))
  return given.size === 0 ? path : `${path}?${given}`
}

export interface PlaneOptions {
  /** Base URL of the server, without a slash at its end. */
  readonly url: string
  readonly transport: Transport
  readonly controlToken?: string | undefined
  /** Opens a connection to a server that does not listen, until it is closed. */
  readonly connection?: () => Duplex | undefined
  /** Ends streams, and lets nothing more begin. */
  readonly closed: AbortSignal
}

/**
 * The control plane as a client sees it, of one world or of the whole process. Paths are those under `/_understudy`.
 * What is answered is not checked again; its type is that of the schema which the server answers by.
 */
export class Plane {
  readonly #options: PlaneOptions
  readonly #prefix: string

  constructor(options: PlaneOptions, world?: string) {
    this.#options = options
    this.#prefix = `${world === undefined ? '' : `/@${world}`}/_understudy`
  }

  get url(): string {
    return this.#options.url
  }

  get connection(): (() => Duplex | undefined) | undefined {
    return this.#options.connection
  }

  of(world: string): Plane {
    return new Plane(this.#options, world)
  }

  get<T>(path: string, query?: Query): Promise<T> {
    return this.#json('GET', withQuery(path, query))
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#json('POST', path, asJson(body))
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.#json('PATCH', path, asJson(body))
  }

  upload<T>(path: string, bytes: Uint8Array): Promise<T> {
    return this.#json('PUT', path, { type: sqlite, body: bytes })
  }

  async download(path: string, query?: Query): Promise<Uint8Array> {
    return this.#read(await this.#send('GET', withQuery(path, query)), buffer)
  }

  async text(path: string): Promise<string> {
    return this.#read(await this.#send('GET', path), text)
  }

  /** A request that is answered without a body. */
  async command(method: 'POST' | 'DELETE', path: string): Promise<void> {
    await this.#read(await this.#send(method, path), text)
  }

  /** All items of a list, page after page. */
  async list<T>(path: string, query?: Query): Promise<T[]> {
    const items: T[] = []
    let cursor: string | undefined
    do {
      const page: { items: T[]; next?: string } = await this.get(path, { ...query, ...(cursor && { cursor }) })
      items.push(...page.items)
      cursor = page.next
    } while (cursor !== undefined)
    return items
  }

  /** The bytes of an answer that goes on until `signal` ends it, or the connection is closed. */
  async open(path: string, query: Query, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const until = AbortSignal.any([this.#options.closed, signal])
    const { body } = await this.#send('GET', withQuery(path, query), undefined, until)
    return this.#while(body, until)
  }

  async *#while(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      yield* bytes
    } catch (cause) {
      if (!signal.aborted) this.#fail(cause)
    }
  }

  async #json<T>(method: string, path: string, content?: Content): Promise<T> {
    const answer = await this.#send(method, path, content)
    const body = await this.#read(answer, text)
    try {
      return JSON.parse(body)
    } catch {
      throw unexpected(answer.status, body)
    }
  }

  /** The answer, not yet read, of a request that was not refused. Throws `UnderstudyError`. */
  async #send(method: string, path: string, content?: Content, signal?: AbortSignal): Promise<Incoming> {
    const { transport, controlToken, closed } = this.#options
    if (closed.aborted) throw this.#gone()
    const answer = await transport({
      method,
      path: this.#prefix + path,
      headers: {
        ...(controlToken !== undefined && { authorization: `Bearer ${controlToken}` }),
        ...(content && { 'content-type': content.type }),
      },
      ...(content && { body: content.body }),
      ...(signal && { signal }),
    }).catch((cause) => this.#fail(cause))
    if (answer.status < 300) return answer
    throw failure(answer.status, await this.#read(answer, text))
  }

  #read<T>({ body }: Incoming, how: (body: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
    return how(body).catch((cause) => this.#fail(cause))
  }

  #fail(cause: unknown): never {
    if (this.#options.closed.aborted) throw this.#gone()
    throw new UnderstudyError(`${this.url} does not answer`, { status: 0, code: 'unreachable', cause })
  }

  #gone(): UnderstudyError {
    return new UnderstudyError(`the connection to ${this.url} has been closed`, { status: 0, code: 'closed' })
  }
}
