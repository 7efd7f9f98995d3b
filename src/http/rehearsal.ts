import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { Clock } from '../core/clock.js'
import type { Store } from '../core/ports.js'
import type { Refusal } from '../core/refusal.js'
import { World } from '../core/world.js'
import type { Evidence, Vendor, VendorTypes } from '../vendors/vendor.js'
import { Mounted } from './mount.js'
import { type Selection, select } from './select.js'
import { serverOptions } from './server-options.js'
import type { Rehearsed } from './strictness.js'
import { place, placeOf, visitOf } from './visit.js'

/** A request to a vendor, by the vendor's own path. */
export interface Question {
  readonly vendor: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** The client's; nobody's, where left out. */
  readonly address?: string
}

export interface Reply {
  readonly status: number
  readonly refusal: Refusal | null
  /** `null`: the answer is no vendor's. */
  readonly evidence: Evidence | null
}

const methods = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const

/** Nobody's address (RFC 5737): no lock-out and no throttle of a client is felt from there. */
const nobody = '192.0.2.1'

/** A request on its way to a world of its own. */
interface Play {
  readonly world: World
  readonly selection: Selection
  /** As the vendor sees it, once it has come. */
  request?: FastifyRequest
}

/** A request as it is sent to the vendors here. */
interface Sent {
  readonly method: string
  readonly headers: FastifyRequest['headers']
  readonly address: string
  readonly body: string | Buffer | undefined
}

/**
 * The vendors once more, on a server that never listens, before copies of worlds: what an operation would answer is
 * found by asking it, and nothing changes.
 */
export class Rehearsal {
  readonly #vendors: readonly Vendor[]
  readonly #open: (bytes: Buffer) => Store
  readonly #plays = new Map<string, Play>()
  #asked = 0
  #app: FastifyInstance | undefined

  constructor(vendors: readonly Vendor[], open: (bytes: Buffer) => Store) {
    this.#vendors = vendors
    this.#open = open
  }

  /** A copy of the world that stands still, without journal and faults. Whoever changes it rebases it, and closes it. */
  copy(world: World): World {
    return this.#copyOf(world, world.store.serialize())
  }

  /** What the operation answers in a world that begins as the copy did. */
  async ask(copy: World, { vendor, method, path, headers, body, address = nobody }: Question): Promise<Reply> {
    const world = this.#copyOf(copy, copy.base.bytes())
    const selection = (name: string) => select({ url: `/@${name}/${vendor}${path}`, headers }, this.#vendors, () => [])
    const { request, status } = await this.#play(world, selection, { method, headers, address, body })
    const { refusal = null, evidence = null } = visitOf(request)
    return { status, refusal, evidence }
  }

  /**
   * What a request that has reached its operation is about to be answered, at its instant and with the ids that it is
   * about to draw.
   */
  async foresee(request: FastifyRequest): Promise<Rehearsed> {
    const { method, headers } = request
    const { world, realm, selection, address, bytes, remaining } = visitOf(request)
    const { name, seed } = world.stream
    const still = new Clock()
    still.freeze(realm.clock.now())
    const serialized = world.store.serialize()
    const twin = new World({ name, seed, store: this.#open(serialized), bytes: serialized, clock: still })
    // It has been counted already.
    if (remaining !== undefined) twin.realm<VendorTypes>(realm.vendor).throttle.giveBack(address)
    return this.#play(twin, (world) => ({ ...selection, world }), { method, headers, address, body: bytes })
  }

  async close(): Promise<void> {
    await this.#app?.close()
  }

  /** Sends a request to a world, and closes the world. */
  async #play(
    world: World,
    selection: (name: string) => Selection,
    { method, headers, address, body }: Sent,
  ): Promise<Rehearsed> {
    const name = `r${++this.#asked}`
    const play: Play = { world, selection: selection(name) }
    this.#plays.set(name, play)
    try {
      const known = methods.find((candidate) => candidate === method)
      if (!known) throw new Error(`no operation has the method ${method}`)
      const app = this.#app ?? this.#build()
      this.#app = app
      const { statusCode: status } = await app.inject({
        method: known,
        url: `/${name}`,
        headers,
        remoteAddress: address,
        ...(body !== undefined && { payload: body }),
      })
      if (!play.request) throw new Error(`nobody was asked in ${name}`)
      return { request: play.request, status }
    } finally {
      this.#plays.delete(name)
      world.close()
    }
  }

  #copyOf({ clock, stream: { name, seed } }: World, bytes: Buffer): World {
    const still = new Clock()
    still.freeze(clock.now())
    // No world is called so: what is drawn here will not be drawn again out there.
    return new World({ name: `@${name}`, seed, store: this.#open(bytes), bytes, clock: still })
  }

  #playIn(name: string): Play {
    const play = this.#plays.get(name)
    if (!play) throw new Error(`nobody is asked in ${name}`)
    return play
  }

  #build(): FastifyInstance {
    const app = Fastify({
      ...serverOptions,
      rewriteUrl: (request) => {
        const { selection } = this.#playIn(String(request.url).slice(1))
        place(request, selection)
        return selection.url
      },
    })
    app.decorateRequest('visit', null)
    app.addHook('onRequest', (request, _reply, done) => {
      this.#playIn(placeOf(request.raw).world).request = request
      done()
    })
    for (const vendor of this.#vendors) {
      new Mounted(vendor, { plain: true, world: (name) => this.#playIn(name).world }).register(app)
    }
    return app
  }
}
