import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { pause } from '../core/clock.js'

/** How long a client may take to read the last answer before its connection is cut off. */
const lingerMs = 1000

export interface Timeouts {
  /** From the first byte of a request, or from the connection, to the end of its header. */
  readonly headersMs: number
  /** The same to the end of its body. */
  readonly requestMs: number
  /** How often connections are looked at. */
  readonly checkMs: number
}

const tooSlow = 'ERR_HTTP_REQUEST_TIMEOUT'

const statuses: Readonly<Record<string, string>> = {
  [tooSlow]: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
}

const farewell = (code = ''): string =>
  `HTTP/1.1 ${statuses[code] ?? '400 Bad Request'}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`

interface Received {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Ends connections on which something came that is no request, without losing what was asked before it. */
export class Connections {
  /** Requests without an answer yet, and the last one. */
  readonly #received = new WeakMap<Duplex, Received[]>()
  readonly #ending = new WeakSet<Duplex>()

  /** Has a server behave; before it listens. */
  tend(server: Server): void {
    server.on('request', (request, response) => {
      const received = this.#received.get(request.socket)
      if (!received) return void this.#received.set(request.socket, [{ request, response }])
      // They are answered in their order.
      while (received[0]?.response.closed) received.shift()
      received.push({ request, response })
    })
    // A tunnel leads nowhere here; without a listener Node would close the connection without a word.
    server.on('connect', (_request, socket) => this.hangUp(socket))
    // Nobody must honour another expectation than 100-continue (RFC 9110, 10.1.1); Node's own 417 would be no vendor's.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response))
    // A client that has said all it has to say may still wait for answers. Node's types do not know this switch.
    Object.assign(server, { httpAllowHalfOpen: true })
  }

  /** Ends a connection with an answer that is no vendor's, once all that was asked before has been answered. */
  hangUp(socket: Duplex, code?: string): void {
    // What is read after the first error is an error again.
    if (this.#ending.has(socket)) return
    this.#ending.add(socket)
    const last = this.#received.get(socket)?.at(-1)
    const broken = last && !last.request.complete ? last.response : undefined
    const before = this.#openOn(socket).findLast(({ response }) => response !== broken)?.response
    const end = () => {
      // No request gets two answers.
      if (broken?.headersSent || !socket.writable) socket.destroy()
      else socket.end(farewell(code), () => void this.#linger(socket, code))
    }
    if (before) before.once('close', end)
    else end()
  }

  #openOn(socket: Duplex): readonly Received[] {
    return (this.#received.get(socket) ?? []).filter(({ response }) => !response.closed)
  }

  /** To close at once with bytes unread would be a reset, which can take the answer from the client. */
  async #linger(socket: Duplex, code: string | undefined): Promise<void> {
    const over = new AbortController()
    socket.once('close', () => over.abort()).resume()
    // Whoever was too slow is not read any further: the rest of the request would still be obeyed.
    if (code !== tooSlow && !socket.closed) await pause(lingerMs, over.signal)
    socket.destroy()
  }
}
