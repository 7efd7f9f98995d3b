import type { Duplex } from 'node:stream'
import type { Static } from '@sinclair/typebox'
import type { Health } from '../control/health.js'
import type { Vendors } from '../control/vendors.js'
import type { NewWorld, WorldShown } from '../control/worlds.js'
import { type DispatcherOptions, dispatcherOf, type VendorDispatcher } from './dispatcher.js'
import { UnderstudyError } from './error.js'
import { Plane, route, type Transport } from './plane.js'
import { Snapshots } from './snapshots.js'
import { World } from './world.js'

/** How a server is: its version and seed, its vendors, and how many worlds it has. */
export type ServerHealth = Static<typeof Health>
/** What of a vendor is emulated, and how well. */
export type VendorDescription = Static<typeof Vendors>['vendors'][number]
/** A world, its base URLs, and how many vendor requests it has had. */
export type WorldDescription = Static<typeof WorldShown>

export interface UnderstudyOptions {
  /** Base URL of the server, without a slash at its end. */
  readonly url: string
  readonly transport: Transport
  readonly controlToken?: string | undefined
  /** Opens a connection to a server that does not listen, until it is closed. */
  readonly connection?: () => Duplex | undefined
  /** Ends the server, where it is ours. */
  readonly end?: () => Promise<void>
}

/** A server that stands in for the vendors, in this process or elsewhere. Every method throws `UnderstudyError`. */
export class Understudy {
  /** Base URL of the server, without a slash at its end. */
  readonly url: string
  /** The snapshots of all worlds. */
  readonly snapshots: Snapshots
  readonly #plane: Plane
  readonly #vendors: readonly string[]
  readonly #closed: AbortController
  readonly #end: () => Promise<void>

  private constructor(plane: Plane, vendors: readonly string[], closed: AbortController, end: () => Promise<void>) {
    this.url = plane.url
    this.snapshots = new Snapshots(plane)
    this.#plane = plane
    this.#vendors = vendors
    this.#closed = closed
    this.#end = end
  }

  /** Throws `unreachable`, and `unexpected-answer` where something else answers. */
  static async open({ end = async () => {}, ...options }: UnderstudyOptions): Promise<Understudy> {
    const closed = new AbortController()
    const plane = new Plane({ ...options, closed: closed.signal })
    const { name, vendors } = (await plane.get<Partial<ServerHealth> | null>('/health')) ?? {}
    if (name === 'understudy' && vendors) return new Understudy(plane, vendors, closed, end)
    throw new UnderstudyError(`${options.url} is no Understudy`, { status: 200, code: 'unexpected-answer' })
  }

  /** How the server is; the one question that needs no control token. */
  health(): Promise<ServerHealth> {
    return this.#plane.get('/health')
  }

  /** What is emulated: every operation with its evidence, and what is not built and why. */
  async vendors(): Promise<VendorDescription[]> {
    const { vendors } = await this.#plane.get<Static<typeof Vendors>>('/vendors')
    return vendors
  }

  /**
   * A world of one's own. Without a name it is a new one; with a name the one so called, made if there is none; with an
   * object always a new one, as it says. Throws `invalid-input` for a name that is not `[a-z0-9][a-z0-9-]{0,62}`,
   * `too-many-worlds` and, with an object, `world-exists` and `unknown-world`.
   */
  async world(which: string | Static<typeof NewWorld> = {}): Promise<World> {
    const asked = typeof which === 'string' ? { name: which } : which
    const { name } = await this.#plane.post<Pick<WorldDescription, 'name'>>('/worlds', asked).catch((error) => {
      const isThere = error instanceof UnderstudyError && error.code === 'world-exists'
      if (typeof which === 'string' && isThere) return { name: which }
      throw error
    })
    return new World(this.#plane, name, this.#vendors)
  }

  /** The worlds that there are. */
  worlds(): Promise<WorldDescription[]> {
    return this.#plane.list('/worlds')
  }

  /**
   * An undici dispatcher for clients whose base URL cannot be set: requests to the vendors' own host names, those of the
   * default world's setting `hosts` at this moment included, and to `<vendor>.localhost` reach this server, over https
   * too, and the rest goes where it was sent. A vendor sees the scheme by which it was asked: where that is not the
   * server's, the header `x-understudy-scheme` says so. For one call, `fetch(url, { dispatcher })`; for all of a process,
   * `setGlobalDispatcher(dispatcher)` of the package undici. A name `<vendor>.<world>.localhost` chooses the world; for
   * any other, take that of the world.
   */
  dispatcher(options: DispatcherOptions = {}): Promise<VendorDispatcher> {
    return dispatcherOf(this.#plane, this.#vendors, undefined, options)
  }

  /** In the text format of Prometheus. */
  metrics(): Promise<string> {
    return this.#plane.text('/metrics')
  }

  /**
   * The certificate, in PEM, of the CA that clients have to trust for HTTPS with this server. Throws `no-authority` where it
   * serves none, or with a certificate that it was given.
   */
  authority(): Promise<string> {
    return this.#plane.text('/ca.pem')
  }

  /**
   * An OpenAPI document: that of a vendor, of a profile of it (`faveo-1.9`), or `control`. Throws `unknown-document`.
   */
  openapi(name: string): Promise<Record<string, unknown>> {
    return this.#plane.get(route`/openapi/${`${name}.json`}`)
  }

  /**
   * Ends the server, where it runs in this process, and cuts off what is under way; over HTTP it ends no more than the
   * connection. Nothing can be asked afterwards.
   */
  async close(): Promise<void> {
    this.#closed.abort()
    await this.#end()
  }

  /** As `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
