import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { type Claimant, findClaimant, findPresented, type PresentedToken } from '../core/claimant.js'
import type { AnswerSent, Exchange, Nearest, Withheld } from '../core/exchange.js'
import type { Action, Spoil } from '../core/faults.js'
import type { Entry } from '../core/journal.js'
import type { Realm } from '../core/realm.js'
import type { Refusal } from '../core/refusal.js'
import type { World } from '../core/world.js'
import {
  type DomainEvent,
  type Evidence,
  type Ground,
  isWeaker,
  type Operation,
  type Stage,
  type Vendor,
  type VendorTypes,
  type WeakerCase,
} from '../vendors/vendor.js'
import { before, type Selection } from './select.js'

/** One vendor request on its way: which world, which realm, and what became of it. */
export class Visit implements Exchange {
  readonly vendor: string
  /** At the instant of arrival, so that all of an answer agrees about the time. */
  readonly realm: Realm<VendorTypes>
  /** The vendor's own path without query, as its router reads it. */
  readonly path: string
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly address: string
  operation: string | null
  /** The number of the request in its world. */
  readonly number: number
  /** What its entry in the journal is called. */
  readonly id: string
  /** Why the world cannot keep that number, if so: then nothing else either. */
  readonly failure?: unknown
  readonly #entry: Entry
  readonly #letGo: () => void
  readonly #vendor: Vendor
  readonly #operation: Operation | undefined
  readonly #headers: FastifyRequest['headers']
  #decoded: unknown
  /** The body, once it has been read. */
  bytes?: Buffer
  answer?: AnswerSent
  nearest?: Nearest | undefined
  withheld?: Withheld
  refusal?: Refusal
  /** What the answer rests on, once there is one. */
  ground?: Ground
  /** What the answer rests on at best in this case. */
  weaker?: WeakerCase
  /** What of a refusal no source states. */
  assumed?: readonly string[] | undefined
  /** Called when the visit ends. */
  over?: () => void
  /** The fault that has fired. */
  fault?: { readonly id: string; readonly kind: Action['kind'] }
  /** What is to become of the answer. */
  spoil?: Spoil
  /** Requests left in the window, while a throttle is on. */
  remaining?: number

  /** Opens an entry in the world's journal. */
  constructor(
    vendor: Vendor,
    readonly world: World,
    readonly selection: Selection,
    request: FastifyRequest,
  ) {
    const { schema, config } = request.routeOptions
    this.#vendor = vendor
    this.#operation = config.operation
    this.#headers = request.headers
    this.vendor = vendor.name
    const now = world.clock.now()
    this.path = before(selection.url, '?').slice(vendor.name.length + 1) || '/'
    this.method = request.method
    this.url = request.originalUrl
    this.rawHeaders = request.raw.rawHeaders
    this.address = addressOf(request)
    this.operation = schema?.operationId ?? null
    this.#letGo = world.hold()
    try {
      this.number = world.nextRequest()
    } catch (error) {
      this.number = world.uncountedRequest()
      this.failure = error
    }
    this.#entry = world.journal.open(this.number, now, this)
    this.id = this.#entry.id
    this.realm = world.realm<VendorTypes>(vendor.name).at({ now, request: this.id })
  }

  get target(): string {
    return this.selection.path
  }

  get evidence(): Evidence | undefined {
    return this.ground?.evidence
  }

  get reference(): string | undefined {
    return this.ground?.reference
  }

  get event(): DomainEvent | undefined {
    if (this.operation === null) return undefined
    const { eventOf, event } = this.#operation ?? {}
    return eventOf && this.#decoded !== undefined ? eventOf(this.#decoded) : event
  }

  claimant(): string | undefined {
    return findClaimant(this.realm, this.#claimant())
  }

  get presented(): PresentedToken | undefined {
    return this.refusal && findPresented(this.realm, this.#claimant())
  }

  /**
   * An answer leaves, or there will be none: closes the entry, unless it is closed. `body` is that of the request, decoded
   * where it was.
   */
  end(body: unknown, answer?: AnswerSent): void {
    if (this.#entry.durationMs !== null) return
    this.#decoded = Buffer.isBuffer(body) ? undefined : body
    if (answer) this.answer = answer
    this.world.journal.close(this.#entry)
    this.#letGo()
    this.over?.()
  }

  #claimant(): Claimant {
    const { operation, target: path } = this
    const sent = { operation, headers: this.#headers, path, body: this.#decoded }
    return this.#vendor.claimant(sent, this.realm)
  }
}

// Here and not beside what it is about: no module that types of the library lead to may widen Fastify's, which the
// program of a user may load too, and twice where it both imports and requires.
declare module 'fastify' {
  interface FastifyRequest {
    visit: Visit | null
  }
  interface FastifyContextConfig {
    operation?: Operation
  }
}

const selected = Symbol('selection')

// A property, since an entry a request in a WeakMap is what the garbage collector would be busy with.
declare module 'node:http' {
  interface IncomingMessage {
    [selected]?: Selection
  }
}

/** Remembers where a request was placed, from the rewriting of its URL until its hooks run. */
export const place = (request: IncomingMessage, selection: Selection): void => {
  request[selected] = selection
}

export function placeOf(request: IncomingMessage): Selection {
  const selection = request[selected]
  if (!selection) throw new Error('a request reached the router without having been placed')
  return selection
}

export function visitOf(request: FastifyRequest): Visit {
  if (!request.visit) throw new Error('a vendor was asked outside its own scope')
  return request.visit
}

/** The client's address; an IPv4 address in IPv6 clothes is shown plain. */
export const addressOf = (request: FastifyRequest): string =>
  (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')

function secure(request: FastifyRequest): boolean {
  const { scheme } = visitOf(request).selection
  return scheme === undefined ? 'encrypted' in request.socket : scheme === 'https'
}

export const stage: Stage<VendorTypes> = {
  realm: (request) => visitOf(request).realm,
  address: addressOf,
  secure,
  weaken: (request, weaker) => {
    const visit = visitOf(request)
    if (!visit.weaker || isWeaker(weaker.evidence, visit.weaker.evidence)) visit.weaker = weaker
  },
  cookiePath: (request) => visitOf(request).selection.mount || '/',
  url: (request) => {
    const { mount, path, host } = visitOf(request).selection
    return `${secure(request) ? 'https' : 'http'}://${host || 'localhost'}${mount}${before(path, '?')}`
  },
}
