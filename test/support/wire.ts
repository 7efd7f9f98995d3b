import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import type { AppOptions } from '../../src/app.js'
import { type Emulator, emulate } from './emulate.js'

export interface Received {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function chunked(text: string): { body: string; length: number } {
  let body = ''
  for (let at = 0; ; ) {
    const line = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.slice(at, line), 16)
    if (line < 0 || Number.isNaN(size)) throw new Error(`no chunk: ${text.slice(at, at + 80)}`)
    if (size === 0) return { body, length: line + 4 }
    body += text.slice(line + 2, line + 2 + size)
    at = line + 2 + size + 2
  }
}

/** The whole answers in what came over a connection, byte by byte as latin1; throws where anything else is among them. */
export function answersIn(text: string): Received[] {
  const answers: Received[] = []
  for (let rest = text; rest !== ''; ) {
    const head = rest.indexOf('\r\n\r\n')
    const [first = '', ...lines] = rest.slice(0, head).split('\r\n')
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]
    if (head < 0 || status === undefined) throw new Error(`no answer begins here: ${rest.slice(0, 80)}`)
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    const after = rest.slice(head + 4)
    const length = Number(headers['content-length'] ?? 0)
    const read = headers['transfer-encoding'] === 'chunked' ? chunked(after) : { body: after.slice(0, length), length }
    answers.push({ status: Number(status), headers, body: read.body })
    rest = after.slice(read.length)
  }
  return answers
}

/** A client that writes bytes, whatever they mean, and reads what comes back. */
export class Client {
  text = ''
  closed = false
  readonly #socket: Socket

  constructor(t: Test, port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (text) => {
      this.text += text
    })
    // What the server has ended, and what it has cut off, is over.
    this.#socket.on('error', () => undefined)
    this.#socket.on('end', () => this.#socket.end())
    this.#socket.on('close', () => {
      this.closed = true
    })
    t.teardown(() => this.#socket.destroy())
  }

  write(bytes: string): this {
    this.#socket.write(bytes, 'latin1')
    return this
  }

  /** Has nothing more to say. */
  half(): this {
    this.#socket.end()
    return this
  }

  /** Goes without a word. */
  vanish(): void {
    this.#socket.destroy()
  }

  /** Reads no more until it is told to. */
  pause(): this {
    this.#socket.pause()
    return this
  }

  resume(): this {
    this.#socket.resume()
    return this
  }

  /** When `is` holds of what has been read, or the connection is over. */
  async until(is: (text: string) => boolean): Promise<string> {
    while (!this.closed && !is(this.text)) {
      const over = new AbortController()
      const { signal } = over
      await Promise.race([once(this.#socket, 'data', { signal }), once(this.#socket, 'close', { signal })]).catch(
        () => undefined,
      )
      over.abort()
    }
    return this.text
  }

  /** All that came until the server ended the connection. */
  async answers(): Promise<Received[]> {
    return answersIn(await this.until(() => false))
  }
}

export interface Listening extends Emulator {
  readonly port: number
  client(): Client
}

/** The emulator of a test, on a port of 127.0.0.1. */
export async function listening(t: Test, options: AppOptions = {}): Promise<Listening> {
  const emulator = await emulate(t, { forceCloseConnections: true, ...options })
  await emulator.app.listen({ port: 0, host: '127.0.0.1' })
  const address = emulator.app.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { ...emulator, port, client: () => new Client(t, port) }
}

export const credentials = JSON.stringify({ username: 'john.doe', password: 'john.doe.password' })
const wrong = JSON.stringify({ username: 'john.doe', password: 'wrong' })

const request = (line: string, headers: readonly string[], body: string): string =>
  [`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', body].join('\r\n')

/** A login at Tavio, with whatever further header lines. */
export const login = (...headers: string[]): string =>
  request(
    'POST /tavio/v1/acme/auth/login',
    ['Content-Type: application/json', `Content-Length: ${credentials.length}`, ...headers],
    credentials,
  )

/** A login that no memo answers. */
export const wrongLogin: string = request(
  'POST /tavio/v1/acme/auth/login',
  ['Content-Type: application/json', `Content-Length: ${wrong.length}`],
  wrong,
)

/** A question of another operation, whose answer is 401 at once. */
export const me = (...headers: string[]): string => request('GET /tavio/v1/acme/me', headers, '')

/** The last question on a connection. */
export const last: string = request('GET /_understudy/health', ['Connection: close'], '')
