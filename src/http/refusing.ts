import type { FastifyRequest } from 'fastify'
import { toLog } from '../core/full-disk.js'
import { Refusal } from '../core/refusal.js'
import { nearest } from './nearest.js'
import type { Routes } from './routes.js'
import type { Visit } from './visit.js'

/** What Fastify threw, in our words. */
export function asRefusal(error: unknown, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Refusal('unsupported-media-type', { mediaType: request.headers['content-type'] ?? '' })
    case 'ECONNRESET':
      // The client went away in the middle of its body.
      return new Refusal('malformed-body', { reason: 'syntax' })
    default:
      request.log.error(toLog(error))
      return new Refusal('internal', { message: 'the emulator failed' })
  }
}

/** Why no operation was found: the path has other methods, or nothing is there. */
export function unrouted(routes: Routes, visit: Visit): Refusal {
  const { method, path, realm } = visit
  const { profile } = realm.settings
  visit.operation = null
  visit.nearest = nearest(routes.under(profile), method, path)
  const allowed = routes.methods(path, profile)
  return allowed.length > 0
    ? new Refusal('wrong-method', { method, path, allowed })
    : new Refusal('unknown-route', { method, path })
}
