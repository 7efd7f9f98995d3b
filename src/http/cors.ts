import type { FastifyReply, FastifyRequest } from 'fastify'

const loopback = /^https?:\/\/(localhost|[a-z0-9-]+(\.[a-z0-9-]+)*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i

/**
 * Lets a page of an allowed origin read the answer. Returns true for a preflight, which is answered here.
 * An origin that is not allowed sees the vendor as it is: without a word about CORS.
 */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply, cors: 'off' | 'loopback' | '*'): boolean {
  const { origin } = request.headers
  if (origin === undefined || cors === 'off' || (cors === 'loopback' && !loopback.test(origin))) return false
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-allow-credentials', 'true')
  reply.header('vary', 'Origin')
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
  reply.header('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
  const asked = request.headers['access-control-request-headers']
  if (asked !== undefined) reply.header('access-control-allow-headers', asked)
  return true
}
