import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Identity } from '../core/shelf.js'
import type { Connections, Timeouts } from './connections.js'
import { portOptions } from './server-options.js'

/** A port that a server listens on. */
export interface Port {
  readonly protocol: 'http' | 'https'
  readonly port: number
  /** Whose own it is: the vendor's paths begin at its root. */
  readonly vendor?: string
}

/** What an HTTPS port shows to clients. */
export interface ShownIdentity extends Identity {
  /** What it shows to a client that asks for this name, where that is another one. */
  readonly findFor?: (name: string) => Promise<Identity> | undefined
}

export interface NewPort {
  /** 0 takes a free one. */
  readonly port: number
  readonly vendor?: string
  /** With it the port speaks HTTPS. */
  readonly identity?: ShownIdentity
}

const contextOf = ({ certificate, key }: Identity) => ({ cert: certificate, key })

const owners = new WeakMap<IncomingMessage, string>()

/** The vendor on whose own port a request came. */
export const portOwner = (request: IncomingMessage): string | undefined => owners.get(request)

/** The ports of an app: its first one, and further ones that behave as that does and end with it. */
export class Ports {
  readonly #app: FastifyInstance
  readonly #connections: Connections
  readonly #timeouts: Timeouts
  readonly #further: { readonly port: Port; readonly server: Server; readonly sockets: Set<Socket> }[] = []
  #ended: Promise<unknown> = Promise.resolve()

  constructor(app: FastifyInstance, connections: Connections, timeouts: Timeouts) {
    this.#app = app
    this.#connections = connections
    this.#timeouts = timeouts
    connections.tend(app.server)
  }

  /** Those that are listened on, the first one first. */
  get open(): readonly Port[] {
    const bound = this.#app.server.address()
    const first = typeof bound === 'object' && bound ? [{ protocol: 'http' as const, port: bound.port }] : []
    // Of those on more than one address each is one port.
    const further = new Map(this.#further.map(({ port }) => [port.port, port]))
    return [...first, ...further.values()]
  }

  /**
   * Listens on a further port of the addresses that the app listens on, and answers its number. Throws what Node throws
   * where it cannot.
   */
  async add(wanted: NewPort): Promise<number> {
    let { port } = wanted
    const bound = this.#app.addresses().flatMap((address) => (typeof address === 'string' ? [] : address.address))
    for (const address of new Set(bound)) port = await this.#listen({ ...wanted, port }, address)
    return port
  }

  async #listen({ port, vendor, identity }: NewPort, host: string): Promise<number> {
    const server = await this.#server(identity)
    server.on('request', (request, response) => {
      if (vendor !== undefined) owners.set(request, vendor)
      this.#app.routing(request, response)
    })
    this.#connections.tend(server)
    server.on('clientError', ({ code }: NodeJS.ErrnoException, socket) => this.#connections.hangUp(socket, code))
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    await once(server.listen({ port, host }), 'listening')
    const bound = server.address()
    const number = typeof bound === 'object' && bound ? bound.port : port
    const protocol = identity ? 'https' : 'http'
    this.#further.push({ port: { protocol, port: number, ...(vendor !== undefined && { vendor }) }, server, sockets })
    return number
  }

  async #server(identity: ShownIdentity | undefined): Promise<Server> {
    const { keepAliveTimeout } = this.#app.server
    const options = { ...portOptions(this.#timeouts), keepAliveTimeout }
    if (!identity) return createServer(options)
    // Loaded when somebody wants HTTPS.
    const { createServer: createSecureServer } = await import('node:https')
    const { createSecureContext } = await import('node:tls')
    const contextFor = async (name: string) => {
      const found = await identity.findFor?.(name.toLowerCase())
      return found && createSecureContext(contextOf(found))
    }
    const server = createSecureServer({
      ...options,
      ...contextOf(identity),
      SNICallback: (name, done) => void contextFor(name).then((context) => done(null, context), done),
      minVersion: 'TLSv1.2',
      handshakeTimeout: this.#timeouts.headersMs,
      // As it is without TLS: a client that has said all it has to say may still wait for answers.
      allowHalfOpen: true,
    })
    server.on('tlsClientError', ({ message }) => this.#app.log.info(`no TLS with a client: ${message}`))
    return server
  }

  /** Accepts nothing more on the further ports; what is under way is done to its end. */
  end(): void {
    this.#ended = Promise.all(this.#further.map(({ server }) => new Promise((resolve) => server.close(resolve))))
  }

  /** When nothing is under way on the further ports after their end. */
  ended(): Promise<unknown> {
    return this.#ended
  }

  /** Cuts all connections off, in use or not. */
  cutOff(): void {
    this.#app.server.closeAllConnections()
    // Sockets and not only what Node knows as connections: those that have not got through to TLS as well.
    for (const { sockets } of this.#further) for (const socket of sockets) socket.destroy()
  }
}
