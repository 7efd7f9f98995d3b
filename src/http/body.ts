import { Buffer } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../core/refusal.js'
import type { Manners, RawBody, VendorTypes } from '../vendors/vendor.js'
import { before } from './select.js'

const bodyLimit = 1_048_576

const mediaTypePattern = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/

const nothing = Buffer.alloc(0)

/** Fastify refuses a media type that it cannot parse; what such a header means is the vendor's to say. */
export function letThrough(headers: FastifyRequest['headers']): void {
  const mediaType = headers['content-type']
  if (mediaType !== undefined && !mediaTypePattern.test(mediaType)) headers['content-type'] = 'application/octet-stream'
}

const tooLarge = () => new Refusal('body-too-large', { limit: bodyLimit })

/**
 * Reads a body whole. By callback, since a promise costs every request turns of the queue. One that is too large is not
 * read to its end, nor at all where it says so.
 */
function read({ raw, headers, visit }: FastifyRequest, done: (error: Error | null, bytes?: Buffer) => void): void {
  const announced = Number(headers['content-length'])
  if (announced > bodyLimit) {
    done(tooLarge())
    return
  }
  const chunks: Buffer[] = []
  let length = 0
  let isOver = false
  const end = (error?: Error) => {
    if (isOver) return
    isOver = true
    if (error) return done(error)
    // Only in process: over HTTP Node sees to it.
    if (announced >= 0 && announced !== length) return done(new Refusal('malformed-body', { reason: 'syntax' }))
    const [first = nothing] = chunks
    const bytes = chunks.length > 1 ? Buffer.concat(chunks) : first
    if (visit) visit.bytes = bytes
    done(null, bytes)
  }
  raw.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > bodyLimit) end(tooLarge())
    else chunks.push(chunk)
  })
  raw.on('end', end).on('error', end)
}

const readLate = (request: FastifyRequest): Promise<Buffer> =>
  new Promise((resolve, reject) => read(request, (error, bytes = nothing) => (error ? reject(error) : resolve(bytes))))

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
  scope.removeAllContentTypeParsers()
  // By Fastify it takes longer: of what a login costs, a twentieth.
  scope.addContentTypeParser('*', (request, _payload, done) => read(request, done))
  const decode = (request: FastifyRequest, bytes: Buffer) => {
    const contentType = request.headers['content-type'] ?? ''
    const mediaType = before(contentType, ';').trim().toLowerCase()
    const raw: RawBody = { mediaType, contentType, bytes }
    return manners.decode(raw, request)
  }
  const decodeOnGet = async (request: FastifyRequest) => decode(request, await readLate(request))
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
