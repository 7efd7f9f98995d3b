import type { FastifyRequest } from 'fastify'
import type { World } from '../core/world.js'
import { answerUnder, assumptions, type Evidence, type Ground, isWeaker } from '../vendors/vendor.js'
import { type Visit, visitOf } from './visit.js'

/** What a vendor would answer, and why that is not enough. */
export interface Behaviour extends Ground {
  readonly vendor: string
  /** `null`: none of the vendor. */
  readonly operation: string | null
  /** `success`, a weaker case of it, or the code of a refusal. */
  readonly case: string
  readonly status: number
  /** The level that is asked for. */
  readonly required: Evidence
  readonly assumed: readonly string[]
}

/** An answer that was given where it changes nothing. */
export interface Rehearsed {
  readonly request: FastifyRequest
  readonly status: number
}

/** What of the answer no source states. */
function assumedIn(request: FastifyRequest, status: number): readonly string[] {
  const { refusal, assumed, weaker, ground, realm } = visitOf(request)
  if (weaker && weaker === ground) return [weaker.case]
  if (refusal) return assumptions(ground?.evidence ?? 'assumed', assumed)
  const answer = request.routeOptions.config.operation?.answers[status]
  return answer ? assumptions(answer.evidence, answerUnder(answer, realm.settings.profile).assumed) : []
}

/** What is said instead of an answer, in the shape of the control plane. */
export function withheld(weak: Behaviour): object {
  const { vendor, operation, status, evidence, required, reference, assumed } = weak
  const what = operation === null ? `${vendor}, which has no such operation,` : `${operation} of ${vendor}`
  const why = assumed.length === 0 ? '' : `; assumed: ${assumed.join(', ')}`
  const message = `${what} would answer ${status} (${weak.case}) on evidence that is ${evidence}, and ${required} is asked for${why}; see ${reference}`
  return { error: { code: 'weak-evidence', message, details: weak } }
}

/**
 * Lets no answer pass that rests on less than a level. What a request would be answered is found before anything
 * changes; from then until the answer the world is this request's alone.
 */
export class Strictness {
  readonly #required: Evidence
  readonly #rehearse: (request: FastifyRequest) => Promise<Rehearsed>
  /** By world: when whoever came last is done. */
  readonly #turns = new WeakMap<World, Promise<void>>()

  constructor(required: Evidence, rehearse: (request: FastifyRequest) => Promise<Rehearsed>) {
    this.#required = required
    this.#rehearse = rehearse
  }

  /** Waits for the request's turn in its world; then what it would be answered, if that is too weak. */
  async foresee(request: FastifyRequest): Promise<Behaviour | undefined> {
    const visit = visitOf(request)
    await this.#turn(visit)
    const rehearsed = await this.#rehearse(request)
    const weak = this.judge(rehearsed.request, rehearsed.status)
    const { refusal } = visitOf(rehearsed.request)
    if (weak && refusal) visit.refusal = refusal
    return weak
  }

  /** What the request is answered with `status`, if that is too weak. */
  judge(request: FastifyRequest, status: number): Behaviour | undefined {
    const { vendor, operation, ground, weaker, refusal } = visitOf(request)
    if (!ground || !isWeaker(ground.evidence, this.#required)) return undefined
    const { evidence, reference } = ground
    const success = weaker && weaker === ground ? weaker.case : 'success'
    return {
      vendor,
      operation,
      case: refusal?.code ?? success,
      status,
      evidence,
      required: this.#required,
      reference,
      assumed: assumedIn(request, status),
    }
  }

  async #turn(visit: Visit): Promise<void> {
    const before = this.#turns.get(visit.world)
    this.#turns.set(
      visit.world,
      new Promise((resolve) => {
        visit.over = resolve
      }),
    )
    await before
  }
}
