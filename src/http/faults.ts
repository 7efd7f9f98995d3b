import { Buffer } from 'node:buffer'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findClaimant } from '../core/claimant.js'
import { pause } from '../core/clock.js'
import type { Action, Asked, Fired, Respond, Spoil } from '../core/faults.js'
import { exampleFacts, Refusal, type RefusalCode, type Refusals } from '../core/refusal.js'
import { type Operation, ours, type Vendor } from '../vendors/vendor.js'
import { readsBody } from './body.js'
import { addressOf, stage, visitOf } from './visit.js'

/** Called where the request goes on: to the operation, or to the refusal that is its answer. */
type GoOn = (refusal?: Refusal) => void

type Delay = Extract<Action, { readonly kind: 'delay' }>

const anHour = 3_600_000

const undeclared = { case: 'a fault, of a kind that the operation does not have', ...ours }

/** Facts that a refusal of this request, by this account, could have. */
function factsHere(
  request: FastifyRequest,
  account = exampleFacts['wrong-password'].account,
): { readonly [C in RefusalCode]: Refusals[C] } {
  const { method } = request
  const { path, realm } = visitOf(request)
  const now = realm.clock.now()
  return {
    ...exampleFacts,
    'wrong-password': { account },
    'account-inactive': { ...exampleFacts['account-inactive'], account },
    'not-a-member': { ...exampleFacts['not-a-member'], account },
    'account-locked': { address: addressOf(request), until: now + anHour },
    throttled: { ...exampleFacts.throttled, resetAt: now + exampleFacts.throttled.retryAfterSeconds * 1000 },
    'token-not-yet-valid': { from: now + anHour },
    'token-expired': { at: now },
    'token-revoked': { at: now },
    'token-account-gone': { account },
    'unsupported-media-type': { mediaType: request.headers['content-type'] ?? '' },
    'unknown-route': { method, path },
    'wrong-method': { method, path, allowed: [method === 'GET' ? 'POST' : 'GET'] },
  }
}

const refusalOf = <C extends RefusalCode>(
  code: C,
  given: Partial<Refusals[C]>,
  here: { readonly [K in RefusalCode]: Refusals[K] },
): Refusal<C> => new Refusal(code, { ...here[code], ...given })

/** Whether the operation itself is known to refuse with this code. */
const declares = (operation: Operation | null, code: RefusalCode): boolean =>
  ['throttled', 'body-too-large', 'internal'].includes(code) ||
  (operation?.refuses.some((refusal) => refusal === code || (refusal instanceof Refusal && refusal.code === code)) ??
    false)

/** Closes the connection with an RST where it is a plain TCP one; a TLS one, and none at all, is just closed. */
function reset(request: FastifyRequest, reply: FastifyReply): void {
  const { socket } = request.raw
  if ('resetAndDestroy' in socket && !('encrypted' in socket)) socket.resetAndDestroy()
  else reply.raw.destroy()
}

/** The bytes ten times a second, or one at a time where there are fewer. */
async function* trickle(bytes: Buffer, bytesPerSecond: number, over: AbortSignal) {
  const size = Math.max(1, Math.floor(bytesPerSecond / 10))
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size)
    await pause((1000 * part.length) / bytesPerSecond, over)
    yield part
  }
}

/**
 * Lets the faults of a world happen to the requests of one vendor, at most one fault to each. A fault whose match can
 * be settled without the body is decided before the route is asked, and so before the vendor asks who is calling; one
 * that needs the body (an account where the operation reads a body, an event where the body tells it) once the body has
 * been decoded and validated, so that it neither meets a request that the vendor refused by then nor comes before a
 * fault of the first sort, however old.
 */
export class FaultInjection {
  readonly #vendor: Vendor
  readonly #sign: (request: FastifyRequest, reply: FastifyReply) => void
  readonly #closing = new AbortController()

  /** `sign` puts on an answer the headers that all answers of the vendor carry. */
  constructor(vendor: Vendor, sign: (request: FastifyRequest, reply: FastifyReply) => void) {
    this.#vendor = vendor
    this.#sign = sign
  }

  /** Before the body is read; `operation` is null where the vendor has none for this request. */
  beforeBody(request: FastifyRequest, reply: FastifyReply, operation: Operation | null, goOn: GoOn): void {
    if (visitOf(request).world.faults.size === 0) goOn()
    else this.#meet(request, reply, operation, false, goOn)
  }

  /** After the body has been read and validated. */
  afterBody(request: FastifyRequest, reply: FastifyReply, goOn: GoOn): void {
    const { world, fault } = visitOf(request)
    if (world.faults.size === 0 || fault || !readsBody(request, this.#vendor.manners)) goOn()
    else this.#meet(request, reply, request.routeOptions.config.operation ?? null, true, goOn)
  }

  /** On the way back: `goOn` is called with what is left of the body, or not at all. */
  spoil(request: FastifyRequest, reply: FastifyReply, body: unknown, goOn: (body: unknown) => void): void {
    const spoil = request.visit?.spoil
    if (spoil?.kind === 'lose-response') reply.raw.destroy()
    else if (!spoil || request.method === 'HEAD' || !(typeof body === 'string' || Buffer.isBuffer(body))) goOn(body)
    else goOn(this.#spoilt(spoil, Buffer.from(body), reply))
  }

  /** Ends all waiting: what is under way goes on at once. */
  close(): void {
    this.#closing.abort()
  }

  #spoilt(spoil: Exclude<Spoil, { kind: 'lose-response' }>, bytes: Buffer, reply: FastifyReply): Readable {
    reply.header('content-length', bytes.length)
    if (spoil.kind === 'slow-body') return Readable.from(trickle(bytes, spoil.bytesPerSecond, this.#over(reply).either))
    // Node then closes the connection under a client that waits for the rest.
    reply.header('connection', 'close')
    return Readable.from([bytes.subarray(0, spoil.bytes)])
  }

  #meet(
    request: FastifyRequest,
    reply: FastifyReply,
    operation: Operation | null,
    bodyRead: boolean,
    goOn: GoOn,
  ): void {
    const visit = visitOf(request)
    const { world } = visit
    const asked = this.#asked(request, operation, bodyRead)
    const fired = world.change(() => world.faults.decide(asked))
    if (fired) this.#happen(fired, operation, request, reply, goOn)
    else goOn()
  }

  #asked(request: FastifyRequest, operation: Operation | null, bodyRead: boolean): Asked {
    const { realm, selection } = visitOf(request)
    const id = operation ? (request.routeOptions.schema?.operationId ?? null) : null
    const body = bodyRead ? request.body : undefined
    const tells = operation !== null && readsBody(request, this.#vendor.manners)
    let claimed: { account: string | undefined } | undefined
    return {
      vendor: this.#vendor.name,
      operation: id,
      event: bodyRead && operation?.eventOf ? operation.eventOf(body) : operation?.event,
      address: addressOf(request),
      clock: realm.clock,
      account: () => {
        const sent = { operation: id, headers: request.headers, path: selection.path, body }
        claimed ??= { account: findClaimant(realm, this.#vendor.claimant(sent, realm)) }
        return claimed.account
      },
      inBody: tells ? (operation.eventOf ? ['account', 'event'] : ['account']) : [],
      bodyRead,
    }
  }

  #happen(
    { id, action, account }: Fired,
    operation: Operation | null,
    request: FastifyRequest,
    reply: FastifyReply,
    goOn: GoOn,
  ): void {
    const visit = visitOf(request)
    visit.fault = { id, kind: action.kind }
    switch (action.kind) {
      case 'delay':
        this.#delay(action, request, reply, goOn)
        break
      case 'refuse':
        if (!declares(operation, action.refusal)) stage.weaken(request, undeclared)
        goOn(refusalOf<RefusalCode>(action.refusal, action.facts ?? {}, factsHere(request, account)))
        break
      case 'throttle':
        goOn(action.refusal)
        break
      case 'respond':
        this.#respond(action, request, reply)
        break
      case 'reset':
        visit.end(request.body)
        reset(request, reply)
        break
      default:
        visit.spoil = action
        goOn()
    }
  }

  /** Where the client goes away meanwhile, nothing has happened. */
  #delay({ ms }: Delay, request: FastifyRequest, reply: FastifyReply, goOn: GoOn): void {
    const { gone, either } = this.#over(reply)
    void pause(ms, either).then(() => {
      if (gone.aborted) visitOf(request).end(request.body)
      else goOn()
    })
  }

  #respond({ status, headers = {}, body }: Respond, request: FastifyRequest, reply: FastifyReply): void {
    visitOf(request).ground = ours
    this.#sign(request, reply)
    const isText = typeof body === 'string'
    if (body !== undefined) reply.header('content-type', isText ? 'text/plain; charset=utf-8' : 'application/json')
    reply.headers(headers)
    reply.code(status).send(body === undefined ? undefined : Buffer.from(isText ? body : JSON.stringify(body)))
  }

  /** When waiting makes no sense any more: the client has gone, or the server closes. */
  #over(reply: FastifyReply): { gone: AbortSignal; either: AbortSignal } {
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    return { gone: gone.signal, either: AbortSignal.any([gone.signal, this.#closing.signal]) }
  }
}
