import { type Static, Type } from '@sinclair/typebox'
import type { Effect, Fault, Match } from '../core/faults.js'
import { exampleFacts, type RefusalCode } from '../core/refusal.js'
import type { World } from '../core/world.js'
import { domainEvents, type RegisteredOperation, type VendorTypes } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'
import { ControlError } from './errors.js'
import { someFactsOf } from './facts.js'
import { accountNamed } from './find.js'
import { expected, read } from './input.js'

const strict = { additionalProperties: false }
const ms = Type.Integer({ minimum: 0, maximum: 3_600_000 })
const count = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const tally = Type.Integer({ minimum: 0 })
const codes = Object.keys(exampleFacts)

const MatchAsked = Type.Object(
  {
    vendor: Type.Optional(Type.String()),
    operation: Type.Optional(Type.String({ description: 'operation id' })),
    account: Type.Optional(Type.String({ description: 'id or any login name; asks for `vendor`' })),
    event: Type.Optional(Type.Union(domainEvents.map((event) => Type.Literal(event)))),
    nth: Type.Optional(Type.Integer({ ...count, description: 'fires at this match only, counted from 1' })),
  },
  { ...strict, description: 'every vendor request, where left out' },
)

/** What Node writes into a header, and takes out of it. */
const HeaderText = Type.String({ pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$' })
const HeaderName = Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" })

const EffectAsked = Type.Union([
  Type.Object(
    { kind: Type.Literal('delay'), ms: Type.Optional(ms), minMs: Type.Optional(ms), maxMs: Type.Optional(ms) },
    { ...strict, description: '`ms`, or `minMs` and `maxMs` between which chance decides; real time' },
  ),
  Type.Object(
    {
      kind: Type.Literal('refuse'),
      refusal: Type.String({ enum: codes }),
      facts: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'those left out are made up' })),
    },
    { ...strict, description: 'answers in the vendor’s words' },
  ),
  Type.Object(
    {
      kind: Type.Literal('respond'),
      status: Type.Integer({ minimum: 200, maximum: 599 }),
      headers: Type.Optional(Type.Record(HeaderName, Type.Union([HeaderText, Type.Array(HeaderText)]), strict)),
      body: Type.Optional(Type.Unknown({ description: 'a string as it is, everything else as JSON' })),
    },
    strict,
  ),
  Type.Object({ kind: Type.Literal('reset') }, { ...strict, description: 'the connection, before the operation' }),
  Type.Object({ kind: Type.Literal('truncate'), bytes: Type.Integer({ minimum: 0 }) }, strict),
  Type.Object({ kind: Type.Literal('slow-body'), bytesPerSecond: count }, strict),
  Type.Object({ kind: Type.Literal('lose-response') }, { ...strict, description: 'the operation takes effect first' }),
  Type.Object(
    { kind: Type.Literal('throttle'), limit: Type.Integer({ ...count, minimum: 0 }), windowSeconds: count },
    { ...strict, description: 'by client address, in the time of the world' },
  ),
])

const FaultAsked = Type.Object(
  {
    match: Type.Optional(MatchAsked),
    times: Type.Optional(Type.Integer({ ...count, description: 'fires at most that often' })),
    probability: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'the share of its matches at which it fires' }),
    ),
    effect: EffectAsked,
  },
  strict,
)

/** A fault as it stands, in answers and in snapshots. */
export const FaultShown = Type.Unsafe<Fault>(
  Type.Object({ id: Type.String(), ...FaultAsked.properties, matched: tally, fired: tally }, strict),
)

/** Headers that would contradict what is sent. */
const framing = /^(content-length|transfer-encoding|connection|keep-alive|upgrade|trailer|te)$/i

/** Throws a 422 where the effect is none. */
export function effectOf(asked: Static<typeof EffectAsked>): Effect {
  switch (asked.kind) {
    case 'delay': {
      const { kind, ms, minMs, maxMs } = asked
      if (ms !== undefined && minMs === undefined && maxMs === undefined) return { kind, ms }
      if (ms === undefined && minMs !== undefined && maxMs !== undefined && minMs <= maxMs) {
        return { kind, minMs, maxMs }
      }
      throw expected('/effect', 'ms, or minMs and a maxMs that is not below it')
    }
    case 'refuse': {
      const { kind, refusal, facts = {} } = asked
      if (!isCode(refusal)) {
        throw new ControlError(422, 'unknown-refusal', `there is no refusal ${JSON.stringify(refusal)}`, {
          pointer: '/effect/refusal',
          refusals: codes,
        })
      }
      return { kind, refusal, facts: read(someFactsOf[refusal], facts, '/effect/facts') }
    }
    case 'respond': {
      const name = Object.keys(asked.headers ?? {}).find((header) => framing.test(header))
      if (name) throw expected(`/effect/headers/${name}`, 'no header about the length or the connection')
      return asked
    }
    default:
      return asked
  }
}

const isCode = (text: string): text is RefusalCode => Object.hasOwn(exampleFacts, text)

const unknown = (what: string, name: string, known: readonly string[]): ControlError =>
  new ControlError(422, `unknown-${what}`, `there is no ${what} ${JSON.stringify(name)}`, {
    pointer: `/match/${what}`,
    [`${what}s`]: known,
  })

/** Throws a 422 where no operation is what the match asks for. */
function assertThere({ operation, event }: Match, there: readonly RegisteredOperation[]): void {
  const named = operation === undefined ? there : there.filter(({ id }) => id === operation)
  if (operation !== undefined && named.length === 0) {
    throw unknown('operation', operation, [...new Set(there.map(({ id }) => id))])
  }
  const events = named.flatMap((one) => one.events ?? one.event ?? [])
  if (event !== undefined && !events.some((one) => one === event)) {
    throw unknown('event', event, [...new Set(events)])
  }
}

/** How the vendors of a world fail, and when. */
export function faults(app: ControlApp, { vendors, operations, world }: Control): void {
  /** What was asked for, with the account's id. Throws a 4xx where it could never match. */
  const matchOf = (asked: Static<typeof MatchAsked>, of: World): Match => {
    const vendor = vendors.find(({ name }) => name === asked.vendor)
    const names = vendors.map(({ name }) => name)
    if (asked.vendor !== undefined && !vendor) throw unknown('vendor', asked.vendor, names)
    assertThere(asked, (vendor ? [vendor.name] : names).flatMap(operations))
    if (asked.account === undefined) return asked
    if (!vendor) throw expected('/match/vendor', 'the vendor of the account')
    const { id } = accountNamed(vendor, of.realm<VendorTypes>(vendor.name), asked.account, '/match/account')
    return { ...asked, account: id }
  }

  app.get(
    '/faults',
    {
      schema: {
        operationId: 'listFaults',
        summary: 'The faults of the world, oldest first',
        response: { 200: Type.Object({ items: Type.Array(FaultShown) }) },
      },
    },
    async (request) => ({ items: [...world(request).faults.dump()] }),
  )

  app.post(
    '/faults',
    {
      schema: {
        operationId: 'makeFault',
        summary: 'Have vendor requests fail; of several faults the oldest that fires wins',
        body: FaultAsked,
        response: { 201: FaultShown },
      },
    },
    async (request, reply) => {
      const at = world(request)
      const { match, effect, ...rest } = request.body
      const fault = { ...(match && { match: matchOf(match, at) }), ...rest, effect: effectOf(effect) }
      reply.code(201)
      return at.change(() => at.faults.add(fault))
    },
  )

  app.delete(
    '/faults',
    { schema: { operationId: 'removeFaults', summary: 'Remove all faults', response: { 204: Type.Null() } } },
    async (request, reply) => {
      const cleared = world(request)
      cleared.change(() => cleared.faults.clear())
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/faults/:id',
    {
      schema: {
        operationId: 'removeFault',
        summary: 'Remove a fault',
        params: Type.Object({ id: Type.String() }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const changed = world(request)
      const ids = changed.faults.dump().map((fault) => fault.id)
      if (!ids.includes(id)) {
        throw new ControlError(404, 'unknown-fault', `there is no fault ${JSON.stringify(id)}`, { faults: ids })
      }
      changed.change(() => changed.faults.remove(id))
      return reply.code(204).send(null)
    },
  )
}
