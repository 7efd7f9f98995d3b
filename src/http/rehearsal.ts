import type { IncomingMessage } from 'node:http'
import Fastify, { type FastifyInstance } from 'fastify'
import { Clock } from '../core/clock.js'
import type { Store } from '../core/ports.js'
import type { Refusal } from '../core/refusal.js'
import { World } from '../core/world.js'
import type { Vendor } from '../vendors/vendor.js'
import { Mounted } from './mount.js'
import { select } from './select.js'
import { serverOptions } from './server-options.js'
import { place } from './visit.js'

/** A request to a vendor, by the vendor's own path. */
export interface Question {
  readonly vendor: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Reply {
  readonly status: number
  readonly refusal: Refusal | null
}

const methods = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const

/** Nobody's address (RFC 5737): no lock-out and no throttle of a client is felt here. */
const remoteAddress = '192.0.2.1'

/**
 * The vendors once more, on a server that never listens, before copies of worlds: what an operation would answer is
 * found by asking it, and nothing changes.
 */
export class Rehearsal {
  readonly #vendors: readonly Vendor[]
  readonly #open: (bytes: Buffer) => Store
  readonly #worlds = new Map<string, World>()
  readonly #refusals = new WeakMap<IncomingMessage, Refusal>()
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
  async ask(copy: World, { vendor, method, path, headers, body }: Question): Promise<Reply> {
    const known = methods.find((candidate) => candidate === method)
    if (!known) throw new Error(`no operation has the method ${method}`)
    const app = this.#app ?? this.#build()
    this.#app = app
    const name = `r${++this.#asked}`
    const world = this.#copyOf(copy, copy.base.bytes())
    this.#worlds.set(name, world)
    try {
      const url = `/@${name}/${vendor}${path}`
      const asked = { method: known, url, headers, remoteAddress, ...(body !== undefined && { payload: body }) }
      const { statusCode: status, raw } = await app.inject(asked)
      return { status, refusal: this.#refusals.get(raw.req) ?? null }
    } finally {
      this.#worlds.delete(name)
      world.close()
    }
  }

  async close(): Promise<void> {
    await this.#app?.close()
  }

  #copyOf({ clock, stream: { name, seed } }: World, bytes: Buffer): World {
    const still = new Clock()
    still.freeze(clock.now())
    // No world is called so: what is drawn here will not be drawn again out there.
    return new World({ name: `@${name}`, seed, store: this.#open(bytes), bytes, clock: still })
  }

  #world(name: string): World {
    const world = this.#worlds.get(name)
    if (!world) throw new Error(`nobody is asked in ${name}`)
    return world
  }

  #build(): FastifyInstance {
    const app = Fastify({
      ...serverOptions,
      rewriteUrl: (request) => {
        const selection = select(request, this.#vendors, () => [])
        place(request, selection)
        return selection.url
      },
    })
    app.decorateRequest('visit', null)
    app.addHook('onResponse', (request, _reply, done) => {
      if (request.visit?.refusal) this.#refusals.set(request.raw, request.visit.refusal)
      done()
    })
    for (const vendor of this.#vendors) {
      new Mounted(vendor, { plain: true, world: (name) => this.#world(name) }).register(app)
    }
    return app
  }
}
