import fc from 'fast-check'
import { type Effort, hunt } from './campaign.js'
import { type Described, operationsOf } from './document.js'
import { type Breakage, breaking, isObject, valid } from './json-schema.js'
import { rightful } from './rightful.js'
import type { Sent, Subject } from './subject.js'

/** A request as the document of the vendor describes it, and what is then broken. */
interface Plan {
  readonly operation: Described
  readonly body: unknown
  readonly query: Readonly<Record<string, unknown>>
  readonly mediaType: string | undefined
  /** `undefined`: nothing. */
  readonly breakage: { readonly part: 'body' | 'query'; readonly how: Breakage } | undefined
  readonly withoutCredential: boolean
}

const formType = 'application/x-www-form-urlencoded'

function planOf(operation: Described): fc.Arbitrary<Plan> {
  const { parameters, body, mediaTypes, isProtected } = operation
  const inQuery = parameters.filter((parameter) => parameter.in === 'query')
  const query = Object.fromEntries(inQuery.map(({ name, schema }) => [name, valid(schema)]))
  const parts = [...(body ? ['body' as const] : []), ...(inQuery.length > 0 ? ['query' as const] : [])]
  return fc.record({
    operation: fc.constant({ ...operation, [fc.toStringMethod]: () => operation.id }),
    body: body ? valid(body) : fc.constant(undefined),
    query: fc.record(query, { requiredKeys: [], noNullPrototype: true }),
    mediaType: mediaTypes.length > 0 ? fc.constantFrom(...mediaTypes) : fc.constant(undefined),
    breakage:
      parts.length === 0
        ? fc.constant(undefined)
        : fc.option(fc.record({ part: fc.constantFrom(...parts), how: breaking.breakage }), {
            nil: undefined,
            freq: 2,
          }),
    withoutCredential: isProtected ? fc.nat(7).map((n) => n === 7) : fc.constant(false),
  })
}

const form = (members: unknown): string => {
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(Object(members))) {
    pairs.append(name, typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
  }
  return pairs.toString()
}

const written = (mediaType: string | undefined, body: unknown): string | undefined =>
  mediaType === formType ? form(body) : JSON.stringify(body)

/** `application/*+json` is a family of types. */
const concrete = (mediaType: string): string => mediaType.replace('*', 'vnd.example')

/** Sends the request of a plan. Throws where the answer is not declared, or one that the plan rules out. */
async function carryOut(subject: Subject, plan: Plan, turn: number): Promise<void> {
  const { operation, breakage, withoutCredential, mediaType } = plan
  const { name } = subject.target.vendor
  const prepare = rightful[name]?.[operation.id]
  if (!prepare) throw new Error(`nobody says how ${name}’s ${operation.id} succeeds`)
  const right = await prepare(subject, turn)

  const whole = isObject(plan.body) && right.body ? right.body(plan.body) : plan.body
  const body = breakage?.part === 'body' ? breaking.broken(whole, breakage.how) : whole
  const drawn = Object.fromEntries(
    Object.entries({ ...plan.query, ...right.query }).filter(([, value]) => value !== undefined),
  )
  const query = form(breakage?.part === 'query' ? breaking.broken(drawn, breakage.how) : drawn)
  const path = operation.path.replace(/\{(\w+)\}/g, (_, param) => encodeURIComponent(right.params?.[param] ?? 'acme'))
  const text = operation.body ? written(mediaType, body) : undefined
  const request: Sent = {
    method: operation.method,
    url: `/${name}${path}${query && `?${withoutCredential ? '' : query}`}`,
    headers: {
      ...(mediaType !== undefined && { 'content-type': concrete(mediaType) }),
      ...(!withoutCredential && right.headers),
    },
    ...(text !== undefined && { body: text }),
    // So that no address is ever locked out.
    address: `10.${(turn >> 16) & 255}.${(turn >> 8) & 255}.${turn & 255}`,
  }
  const answer = await subject.send(request)
  const refusal = await subject.explained(answer)
  const said = `${operation.method} ${request.url} ${text ?? ''}: ${answer.status}, ${refusal ?? 'no refusal'}`
  if (withoutCredential) {
    if (refusal === null) throw new Error(`accepted without a credential: ${said}`)
  } else if (!breakage) {
    if (refusal !== null || answer.status >= 300) throw new Error(`valid, and refused: ${said} ${answer.text}`)
  } else if (breakage.part === 'body' && breakage.how.kind === 'dropped' && refusal === null) {
    const missing = operation.body?.required?.filter((member) => !(member in Object(body))) ?? []
    if (missing.length > 0) throw new Error(`accepted without ${missing.join(', ')}: ${said}`)
  }
}

/** Valid and broken requests of every operation that the target's document describes: what is wrong with the answers. */
export function huntBySchema(subject: Subject, effort: Effort): Promise<string | null> {
  const prey = fc.oneof(...operationsOf(subject.target.name).map(planOf))
  let turn = 0
  return hunt({
    prey,
    trial: async (plan) => {
      // Before what has been made piles up.
      if (turn % 200 === 0) await subject.reset()
      turn += 1
      await carryOut(subject, plan, turn)
    },
    ...effort,
  })
}
