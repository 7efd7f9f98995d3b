import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { httpDate } from '../core/clock.js'
import { pathShown } from '../core/redaction.js'
import { Refusal } from '../core/refusal.js'
import { isTokenOf } from '../core/token.js'
import type { World } from '../core/world.js'
import { answerUnder, type Ground, type Operation, ours, type Vendor, weakest, word } from '../vendors/vendor.js'
import { letThrough, readBodies } from './body.js'
import { allowOrigin } from './cors.js'
import { FaultInjection } from './faults.js'
import { nearest } from './nearest.js'
import { asRefusal, unrouted } from './refusing.js'
import { Routes } from './routes.js'
import { before } from './select.js'
import { type Behaviour, type Strictness, withheld } from './strictness.js'
import { strictValidator } from './validation.js'
import { addressOf, placeOf, stage, Visit, visitOf } from './visit.js'

export interface MountOptions {
  readonly world: (name: string) => World
  /** Leave out the emulator's own response headers. */
  readonly plain: boolean
  /** Keeps answers back that rest on too little; where left out, none is. */
  readonly strictness?: Strictness | undefined
}

/** Levels at which a log tells of requests. */
const telling: ReadonlySet<string> = new Set(['trace', 'debug', 'info'])

/** A vendor in its scope: its prefix, its body parsers and strictness, its words for what goes wrong. */
export class Mounted {
  readonly routes = new Routes()
  readonly #vendor: Vendor
  readonly #options: MountOptions
  readonly #faults: FaultInjection

  constructor(vendor: Vendor, options: MountOptions) {
    this.#vendor = vendor
    this.#options = options
    this.#faults = new FaultInjection(vendor, (request, reply) => this.#sign(request, reply))
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
          letThrough(request.headers)
          this.enter(request, reply)
          if (reply.sent) return
          const { failure } = visitOf(request)
          if (failure !== undefined) throw failure
          const refusal = this.#admit(request)
          const { operation = null } = request.routeOptions.config
          this.#faults.beforeBody(request, reply, refusal ? null : operation, (fault = refusal) => done(fault))
        })
        scope.addHook('preHandler', (request, reply, done) => this.#faults.afterBody(request, reply, done))
        const { strictness } = this.#options
        // The last thing before the handler: what it would answer is known before it changes anything.
        if (strictness) {
          // By callback, since an awaited reply whose connection a fault cuts off would let the handler go on.
          scope.addHook('preHandler', (request, reply, done) => {
            strictness.foresee(request).then((weak) => {
              if (weak) reply.send(this.#withhold(weak, request, reply))
              else done()
            }, done)
          })
        }
        scope.addHook('onSend', (request, reply, body, done) => {
          // A refusal has been signed as it was worded; without a visit it is the control plane that answers.
          let answer = body
          if (request.visit !== null && request.visit.ground === undefined) {
            this.#sign(request, reply)
            const weak = strictness?.judge(request, reply.statusCode)
            if (weak) answer = this.#withhold(weak, request, reply)
          }
          if (request.visit !== null) this.#end(request, reply, answer)
          // By now everybody else has seen the answer as the vendor gave it.
          this.#faults.spoil(request, reply, answer, (spoilt) => done(null, spoilt))
        })
        scope.addHook('preClose', (done) => {
          this.#faults.close()
          done()
        })
        scope.addHook('onResponse', (request, reply, done) => {
          if (!telling.has(request.log.level)) return done()
          // Without the query: clients of some vendors put passwords and tokens there.
          const path = before(before(request.originalUrl, '?'), '#')
          const world = request.visit?.world
          const isToken = (text: string) => world !== undefined && isTokenOf(world.store, text)
          const url = pathShown(path, { secrets: vendor.secrets, isToken })
          const { id, refusal, nearest } = request.visit ?? {}
          const why = refusal ? ` (${refusal.code})` : ''
          const instead = nearest ? `; there is ${nearest.method} ${nearest.path} (${nearest.id})` : ''
          request.log.info({ request: id }, `${request.method} ${url} ${reply.statusCode}${why}${instead}`)
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
    const { manners } = this.#vendor
    const selection = placeOf(request.raw)
    const world = this.#options.world(selection.world)
    const visit = new Visit(this.#vendor, world, selection, request)
    const { realm } = visit
    request.visit = visit
    reply.header('date', httpDate(realm.clock.now()))
    if (!this.#options.plain) reply.header('x-understudy-request', visit.id)
    reply.serializer((body: unknown) => {
      reply.header('content-type', manners.contentType)
      return manners.serialise(body, realm.settings)
    })
    if (!allowOrigin(request, reply, realm.settings.cors)) return
    visit.ground = ours
    this.#sign(request, reply)
    this.#end(request, reply.code(204), null)
    reply.send()
  }

  /** Answers a refusal in the vendor's words. */
  refuse(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void {
    const visit = visitOf(request)
    const worded = word(this.#vendor.refuse, refusal, {
      method: request.method,
      path: visit.path,
      operation: visit.operation,
      now: visit.realm.clock.now(),
      settings: visit.realm.settings,
    })
    const { status, body, headers, assumed } = worded
    visit.refusal = refusal
    visit.assumed = assumed
    visit.ground = weakestHere(worded, request)
    const weak = this.#options.strictness?.judge(request, status)
    if (weak) {
      const answer = this.#withhold(weak, request, reply)
      this.#end(request, reply, answer)
      reply.send(answer)
      return
    }
    if (body !== '') reply.header('content-type', this.#vendor.manners.contentType)
    this.#sign(request, reply)
    reply.headers(headers ?? {})
    this.#end(request, reply.code(status), body)
    reply.send(body === '' ? undefined : Buffer.from(body))
  }

  /** A URL that no router can read: the vendor knows no such route. */
  unreadable(request: FastifyRequest, reply: FastifyReply): void {
    this.enter(request, reply)
    if (reply.sent) return
    const visit = visitOf(request)
    const { method, path, realm } = visit
    visit.nearest = nearest(this.routes.under(realm.settings.profile), method, path)
    const refusal = new Refusal('unknown-route', { method, path })
    this.#faults.beforeBody(request, reply, null, (fault = refusal) => this.refuse(fault, request, reply))
    // What a fault answered here passes no hook that would.
    if (reply.sent) this.#end(request, reply, null)
  }

  /** What is decided before the route is asked: why there is none, if so. Throws `throttled`. */
  #admit(request: FastifyRequest): Refusal | undefined {
    const visit = visitOf(request)
    const { settings, throttle } = visit.realm
    const { operation } = request.routeOptions.config
    const elsewhere = operation?.profiles && !operation.profiles.includes(settings.profile ?? '')
    if (!operation || elsewhere || (request.method === 'HEAD' && this.#vendor.manners.head === 'refused')) {
      return unrouted(this.routes, visit)
    }
    if (settings.throttle) visit.remaining = throttle.count(addressOf(request), settings.throttle)
    return undefined
  }

  /** Ends the visit with the answer that leaves. */
  #end(request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
    const isSent = request.method !== 'HEAD' && (typeof payload === 'string' || Buffer.isBuffer(payload))
    const body = isSent && payload !== '' ? payload : null
    visitOf(request).end(request.body, { status: reply.statusCode, headers: reply.getHeaders(), body })
  }

  /** Headers that every answer carries. */
  #sign(request: FastifyRequest, reply: FastifyReply): void {
    const visit = visitOf(request)
    const { remaining, realm } = visit
    const { headers, throttleHeaders } = this.#vendor.manners
    if (headers) reply.headers(headers)
    if (remaining !== undefined && realm.settings.throttle && throttleHeaders) {
      reply.headers(throttleHeaders(realm.settings.throttle.limit, remaining))
    }
    const { operation } = request.routeOptions.config
    const ground = visit.ground ?? groundOfSuccess(request, operation, reply.statusCode)
    if (!ground) return
    visit.ground = ground
    if (!this.#options.plain) reply.header('x-understudy-evidence', ground.evidence)
  }

  /** Says in place of an answer why it is kept back. The request leaves nothing behind but its entry in the journal. */
  #withhold(weak: Behaviour, request: FastifyRequest, reply: FastifyReply): Buffer {
    const visit = visitOf(request)
    visit.ground = weak
    visit.withheld = { case: weak.case, status: weak.status, required: weak.required }
    if (visit.remaining !== undefined) visit.realm.throttle.giveBack(addressOf(request))
    // What the vendor says on the way.
    for (const name of Object.keys(reply.getHeaders())) if (!isOurs(name)) reply.removeHeader(name)
    if (!this.#options.plain) reply.header('x-understudy-evidence', weak.evidence)
    reply.code(501).header('content-type', 'application/json')
    return Buffer.from(JSON.stringify(withheld(weak)))
  }
}

const isOurs = (header: string): boolean => /^(date|vary|access-control-.+|x-understudy-.+)$/.test(header)

/** With what the method, the path and the case of this request rest on. */
function weakestHere(ground: Ground, request: FastifyRequest): Ground {
  const { operation } = request.routeOptions.config
  const { weaker } = visitOf(request)
  const founded = operation ? weakest(ground, operation) : ground
  return weaker ? weakest(founded, weaker) : founded
}

function groundOfSuccess(
  request: FastifyRequest,
  operation: Operation | undefined,
  status: number,
): Ground | undefined {
  const answer = operation?.answers[status]
  return answer && weakestHere(answerUnder(answer, visitOf(request).realm.settings.profile), request)
}
