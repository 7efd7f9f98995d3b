import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Realm } from '../core/realm.js'
import type { RefusalCode } from '../core/refusal.js'
import type { World } from '../core/world.js'
import { type Evidence, type Stage, type VendorTypes, weakest } from '../vendors/vendor.js'
import type { Selection } from './select.js'

/** One vendor request on its way: which world, which realm, and what became of it. */
export interface Visit {
  readonly world: World
  readonly realm: Realm<VendorTypes>
  readonly selection: Selection
  /** The vendor's own path without query, as its router reads it. */
  readonly path: string
  /** Code of a refusal and its level, once there is one. */
  refusal?: RefusalCode
  evidence?: Evidence
  /** The best evidence that the answer can have in this case. */
  ceiling?: Evidence
  /** Requests left in the window, while a throttle is on. */
  remaining?: number
}

declare module 'fastify' {
  interface FastifyRequest {
    visit: Visit | null
  }
}

const selections = new WeakMap<IncomingMessage, Selection>()

/** Remembers where a request was placed, from the rewriting of its URL until its hooks run. */
export const place = (request: IncomingMessage, selection: Selection): void => {
  selections.set(request, selection)
}

export function placeOf(request: IncomingMessage): Selection {
  const selection = selections.get(request)
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

const secure = (request: FastifyRequest): boolean => 'encrypted' in request.socket

export const stage: Stage<VendorTypes> = {
  realm: (request) => visitOf(request).realm,
  address: addressOf,
  secure,
  weaken: (request, level) => {
    const visit = visitOf(request)
    visit.ceiling = weakest(visit.ceiling ?? 'seed', level)
  },
  cookiePath: (request) => visitOf(request).selection.mount || '/',
  url: (request) => {
    const { mount, path, host } = visitOf(request).selection
    const pathname = path.split('?', 1)[0] ?? ''
    return `${secure(request) ? 'https' : 'http'}://${host || 'localhost'}${mount}${pathname}`
  },
}
