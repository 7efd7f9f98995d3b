import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { httpDate } from '../core/clock.js'
import { Refusal } from '../core/refusal.js'
import type { World } from '../core/world.js'
import {
  type Evidence,
  type RegisteredOperation,
  type Vendor,
  type VendorTypes,
  weakest,
  word,
} from '../vendors/vendor.js'
import { bodyLimit, readBodies } from './body.js'
import { allowOrigin } from './cors.js'
import { Routes } from './routes.js'
import { strictValidator } from './validation.js'
import { addressOf, placeOf, stage, type Visit, visitOf } from './visit.js'

export interface MountOptions {
  readonly world: (name: string) => World
  /** Leave out the emulator's own response headers. */
  readonly plain: boolean
}

/** What Fastify threw, in our words. */
function asRefusal(error: unknown, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Refusal('body-too-large', { limit: bodyLimit })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Refusal('unsupported-media-type', { mediaType: request.headers['content-type'] ?? '' })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new Refusal('malformed-body', { reason: 'syntax' })
    case 'ECONNRESET':
      // The client went away in the middle of its body.
      return new Refusal('malformed-body', { reason: 'syntax' })
    default:
      request.log.error(error)
      return new Refusal('internal', { message: 'the emulator failed' })
  }
}

/** Why no operation was found: the path has other methods, or nothing is there. */
function unrouted(routes: Routes, { method }: FastifyRequest, { path, realm }: Visit): Refusal {
  const allowed = routes.methods(path, realm.settings.profile)
  return allowed.length > 0
    ? new Refusal('wrong-method', { method, path, allowed })
    : new Refusal('unknown-route', { method, path })
}

/** A vendor in its scope: its prefix, its body parsers and strictness, its words for what goes wrong. */
export class Mounted {
  readonly routes = new Routes()
  readonly #vendor: Vendor
  readonly #options: MountOptions

  constructor(vendor: Vendor, options: MountOptions) {
    this.#vendor = vendor
    this.#options = options
  }

  register(app: FastifyInstance): void {
    const vendor = this.#vendor
    app.register(
      async (scope) => {
        readBodies(scope, vendor.manners)
        scope.setValidatorCompiler(strictValidator)
        scope.setSerializerCompiler(() => JSON.stringify)
        scope.addHook('onRoute', ({ method, path, schema, config }) => {
          if (method === 'HEAD' || config?.operation === undefined) return
          const id = schema?.operationId ?? ''
          this.routes.add({ ...config.operation, id, method: String(method), path: path.slice(vendor.name.length + 1) })
        })
        scope.addHook('onRequest', (request, reply, done) => {
          this.enter(request, reply)
          if (reply.sent) return
          this.#admit(request)
          done()
        })
        scope.addHook('onSend', (request, reply, _body, done) => {
          // A refusal has been signed as it was worded; without a visit it is the control plane that answers.
          if (request.visit !== null && request.visit.evidence === undefined) this.#sign(request, reply)
          done()
        })
        scope.addHook('onResponse', (request, reply, done) => {
          // Without the query: clients of some vendors put passwords and tokens there.
          const url = request.originalUrl.split('?', 1)[0]
          const why = request.visit?.refusal ? ` (${request.visit.refusal})` : ''
          request.log.info(`${request.method} ${url} ${reply.statusCode}${why}`)
          done()
        })
        // Never asked: the hook above has refused by then. Without one, what has no route would not see the hook.
        scope.setNotFoundHandler(() => undefined)
        scope.setErrorHandler((error, request, reply) => {
          // Without a visit it was the emulator that refused to place the request: the control plane answers.
          if (request.visit === null) throw error
          this.refuse(asRefusal(error, request), request, reply)
        })
        vendor.routes(scope, stage)
      },
      { prefix: `/${vendor.name}` },
    )
  }

  /** Opens the visit; answers at once where the request is a browser's preflight. */
  enter(request: FastifyRequest, reply: FastifyReply): void {
    const { manners, name } = this.#vendor
    const selection = placeOf(request.raw)
    const world = this.#options.world(selection.world)
    const realm = world.realm<VendorTypes>(name)
    const path = selection.url.slice(name.length + 1).split('?', 1)[0] || '/'
    request.visit = { world, realm, selection, path }
    reply.header('date', httpDate(world.clock.now()))
    const number = world.nextRequest()
    if (!this.#options.plain) reply.header('x-understudy-request', `${world.name}-${number}`)
    reply.serializer((body: unknown) => {
      reply.header('content-type', manners.contentType)
      return manners.serialise(body, realm.settings)
    })
    if (!allowOrigin(request, reply, realm.settings.cors)) return
    request.visit.evidence = 'assumed'
    this.#sign(request, reply)
    reply.code(204).send()
  }

  /** Answers a refusal in the vendor's words. */
  refuse(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void {
    const visit = visitOf(request)
    const { status, body, headers, evidence } = word(this.#vendor.refuse, refusal, {
      method: request.method,
      path: visit.path,
      now: visit.world.clock.now(),
      settings: visit.realm.settings,
    })
    visit.refusal = refusal.code
    visit.evidence = weakest(
      evidence,
      request.routeOptions.config.operation?.evidence ?? 'seed',
      visit.ceiling ?? 'seed',
    )
    if (body !== '') reply.header('content-type', this.#vendor.manners.contentType)
    this.#sign(request, reply)
    reply.headers(headers ?? {})
    reply.code(status).send(body === '' ? undefined : Buffer.from(body))
  }

  /** A URL that no router can read: the vendor knows no such route. */
  unreadable(request: FastifyRequest, reply: FastifyReply): void {
    this.enter(request, reply)
    if (reply.sent) return
    const visit = visitOf(request)
    this.refuse(new Refusal('unknown-route', { method: request.method, path: visit.path }), request, reply)
  }

  /** What is decided before the route is asked. */
  #admit(request: FastifyRequest): void {
    const visit = visitOf(request)
    const { settings, throttle } = visit.realm
    const { operation } = request.routeOptions.config
    const elsewhere = operation?.profiles && !operation.profiles.includes(settings.profile ?? '')
    if (!operation || elsewhere || (request.method === 'HEAD' && this.#vendor.manners.head === 'refused')) {
      throw unrouted(this.routes, request, visit)
    }
    if (settings.throttle) visit.remaining = throttle.count(addressOf(request), settings.throttle)
  }

  /** Headers that every answer carries. */
  #sign(request: FastifyRequest, reply: FastifyReply): void {
    const { evidence, ceiling = 'seed', remaining, realm } = visitOf(request)
    const { headers, throttleHeaders } = this.#vendor.manners
    if (headers) reply.headers(headers)
    if (remaining !== undefined && realm.settings.throttle && throttleHeaders) {
      reply.headers(throttleHeaders(realm.settings.throttle.limit, remaining))
    }
    if (this.#options.plain) return
    const { operation } = request.routeOptions.config
    const level = evidence ?? successLevel(operation, reply.statusCode, ceiling)
    if (level) reply.header('x-understudy-evidence', level)
  }
}

function successLevel(
  operation: Pick<RegisteredOperation, 'evidence' | 'answers'> | undefined,
  status: number,
  ceiling: Evidence,
) {
  const answer = operation?.answers[status]
  return operation && answer && weakest(operation.evidence, answer.evidence, ceiling)
}
