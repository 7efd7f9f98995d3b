import { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Transport } from './client/plane.js'

/** The base URL of a server that does not listen; the name can mean no machine but this one (RFC 6761). */
export const unheard = 'http://understudy.localhost'

/** Carries control requests to a server in this process, past its socket. */
export const inProcess =
  (app: FastifyInstance, url: string): Transport =>
  async ({ method, path, headers, body, signal }) => {
    // An injected request leaves no turn to sockets, and whoever asks until something has happened must let it happen.
    await nextTurn()
    const answer = await app.inject({
      // Fastify's list of methods, which is longer than what the client sends.
      method: method as NonNullable<InjectOptions['method']>,
      url: path,
      headers: { ...headers, host: new URL(url).host },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : Buffer.from(body) }),
      ...(signal && { signal }),
      payloadAsStream: true,
    })
    return { status: answer.statusCode, body: answer.stream() }
  }

/**
 * One end of a connection within a process. As over a socket, each part arrives a turn of the event loop later (where the
 * begin of an answer and its breaking off came together, `fetch` would never tell), and so does the end, after all that
 * was written before it. What waits for a reader is kept in memory.
 */
class End extends Duplex {
  #other: End | undefined

  /** Both ends. */
  static pair(): readonly [End, End] {
    const ends = [new End(), new End()] as const
    ends[0].#other = ends[1]
    ends[1].#other = ends[0]
    return ends
  }

  override _read(): void {}

  override _write(part: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send(part)
    done()
  }

  override _final(done: () => void): void {
    this.#send(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#send(null)
    done(error)
  }

  #send(part: Buffer | null): void {
    setImmediate(() => this.#other?.push(part))
  }
}

/**
 * Opens connections to a server that does not listen: HTTP as over a socket, faults of the connection included, from a
 * client on 127.0.0.1. They are cut off when the server closes, and then there are no more.
 */
export function connector(app: FastifyInstance): () => Duplex | undefined {
  const open = new Set<Duplex>()
  let isClosed = false
  // Not earlier: streams end before their connections do.
  app.addHook('onClose', async () => {
    isClosed = true
    for (const end of open) end.destroy()
  })
  return () => {
    if (isClosed) return undefined
    const [client, server] = End.pair()
    Object.assign(server, { remoteAddress: '127.0.0.1' })
    open.add(server)
    server.once('close', () => open.delete(server))
    app.server.emit('connection', server)
    return client
  }
}
