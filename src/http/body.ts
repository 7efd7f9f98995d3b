import { Buffer } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../core/refusal.js'
import type { Manners, RawBody, VendorTypes } from '../vendors/vendor.js'
import { before } from './select.js'

export const bodyLimit = 1_048_576

const mediaTypePattern = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/

const nothing = Buffer.alloc(0)

/** A body on GET, which Fastify leaves on the socket. */
async function readAll(request: FastifyRequest): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request.raw) {
    length += chunk.length
    if (length > bodyLimit) throw new Refusal('body-too-large', { limit: bodyLimit })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const isGet = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD'

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** Whether the vendor looks at the body of this request. */
export const readsBody = (request: FastifyRequest, { bodyOnGet }: Pick<Manners<unknown>, 'bodyOnGet'>): boolean =>
  request.routeOptions.schema?.body !== undefined || (bodyOnGet === true && isGet(request))

/**
 * Reads bodies as bytes, whatever their type, and has the vendor decode them just before validation: by then the
 * route has had its say about who is asking. An operation without a body schema never looks at one.
 */
export function readBodies(scope: FastifyInstance, manners: Manners<VendorTypes['settings']>): void {
  // Fastify refuses a media type that it cannot parse; what such a header means is the vendor's to say.
  scope.addHook('onRequest', (request, _reply, done) => {
    if (!mediaTypePattern.test(request.headers['content-type'] ?? 'none/none')) {
      request.headers['content-type'] = 'application/octet-stream'
    }
    done()
  })
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (request, body, done) => {
    if (request.visit && Buffer.isBuffer(body)) request.visit.bytes = body
    done(null, body)
  })
  const decode = (request: FastifyRequest, bytes: Buffer) => {
    const contentType = request.headers['content-type'] ?? ''
    const mediaType = before(contentType, ';').trim().toLowerCase()
    const raw: RawBody = { mediaType, contentType, bytes }
    return manners.decode(raw, request)
  }
  const decodeOnGet = async (request: FastifyRequest) => {
    const bytes = await readAll(request)
    if (request.visit) request.visit.bytes = bytes
    return decode(request, bytes)
  }
  // By callback, because a promise for nothing costs every request two turns of the queue.
  scope.addHook('preValidation', (request, _reply, done) => {
    if (!readsBody(request, manners)) return done()
    const { body } = request
    const take = (decoded: unknown) => {
      request.body = decoded
      done()
    }
    const isLate = isGet(request) && hasBody(request)
    const decoded = isLate ? decodeOnGet(request) : decode(request, Buffer.isBuffer(body) ? body : nothing)
    if (decoded instanceof Promise) decoded.then(take, done)
    else take(decoded)
  })
}
