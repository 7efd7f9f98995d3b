import { type Static, Type } from '@sinclair/typebox'
import { iso } from '../core/clock.js'
import type { Entry, Journal } from '../core/journal.js'
import type { Message } from '../core/transcript.js'
import type { World } from '../core/world.js'
import type { Control, ControlApp } from './control.js'
import { areMet, criteria, criteriaOf } from './criteria.js'
import { ControlError } from './errors.js'
import { expected } from './input.js'
import { Instant, instant } from './time.js'
import { explained, Why, Withheld } from './why.js'

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])

const summary = {
  id: Type.String({ description: 'what the response header x-understudy-request says' }),
  at: Type.String({ format: 'date-time', description: 'in the time of the world' }),
  world: Type.String(),
  vendor: Type.String(),
  operation: orNull(Type.String({ description: 'null: none of the vendor' })),
  event: orNull(Type.String({ description: 'what the operation is about, whether it succeeded or not' })),
  account: orNull(Type.String({ description: 'id of the account that the request claims to come from' })),
  method: Type.String(),
  path: Type.String({ description: 'the vendor’s own path with its query' }),
  status: orNull(Type.Integer({ description: 'null: no answer, or none yet' })),
  evidence: orNull(Type.String()),
  reference: orNull(Type.String({ description: 'where the behaviour is documented, or was decided' })),
  refusal: Type.Optional(Type.Object({ code: Type.String(), facts: Type.Unknown() })),
  fault: Type.Optional(
    Type.Object({ id: Type.String(), kind: Type.String() }, { description: 'the fault that fired' }),
  ),
  nearest: Type.Optional(
    Type.Object(
      { id: Type.String(), method: Type.String(), path: Type.String() },
      { description: 'an operation that a request for none may have meant' },
    ),
  ),
  withheld: Type.Optional(Withheld),
  durationMs: orNull(Type.Number({ description: 'real time' })),
}

const MessageShown = Type.Object({
  headers: Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]), {
    description: 'by lower-case name; a list where a name stands there more than once',
  }),
  body: Type.Union([Type.String(), Type.Object({ base64: Type.String() }), Type.Null()], {
    description: 'base64 where it is no UTF-8; null: none, or never read',
  }),
})

export const RequestShown = Type.Object(summary)

export const WholeRequest = Type.Object({
  ...summary,
  url: Type.String({ description: 'as the client wrote it' }),
  address: Type.String({ description: 'the client’s' }),
  request: MessageShown,
  response: orNull(MessageShown),
  why: Type.Union([Why, Type.Null()], { description: 'why it was not accepted; null where it was, or is under way' }),
})

/** An entry, as lists and the stream show it. */
export function shown(entry: Entry, journal: Journal): Static<typeof RequestShown> {
  const { id, at, world, account, durationMs, exchange } = entry
  const { vendor, operation, event, method, answer, evidence, reference, fault, nearest, withheld } = exchange
  const { target, refusal } = journal.transcript(entry)
  return {
    id,
    at: iso(at),
    world,
    vendor,
    operation,
    event: event ?? null,
    account,
    method,
    path: target,
    status: answer?.status ?? null,
    evidence: evidence ?? null,
    reference: reference ?? null,
    ...(refusal && { refusal }),
    ...(fault && { fault }),
    ...(nearest && { nearest }),
    ...(withheld && { withheld }),
    durationMs: durationMs === null ? null : Math.round(durationMs * 1000) / 1000,
  }
}

function readable({ headers, body }: Message): Static<typeof MessageShown> {
  const byName = new Map<string, string[]>()
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = String(headers[at]).toLowerCase()
    byName.set(name, [...(byName.get(name) ?? []), String(headers[at + 1])])
  }
  const text = body?.toString('utf8') ?? null
  const isText = text === null || (body !== null && Buffer.from(text).equals(body))
  return {
    headers: Object.fromEntries(
      [...byName].map(([name, [first = '', ...more]]) => [name, more[0] === undefined ? first : [first, ...more]]),
    ),
    body: isText ? text : { base64: body?.toString('base64') ?? '' },
  }
}

async function whole(entry: Entry, world: World, control: Control): Promise<Static<typeof WholeRequest>> {
  const { journal } = world
  const { url, request, response } = journal.transcript(entry)
  return {
    ...shown(entry, journal),
    url,
    address: entry.exchange.address,
    request: readable(request),
    response: response && readable(response),
    why: await explained(entry, world, control),
  }
}

export const RequestFilter = Type.Object(
  {
    ...criteria,
    since: Type.Optional(Instant),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: '1000, where left out' })),
    cursor: Type.Optional(Type.String({ description: '`next` of the page before' })),
  },
  { additionalProperties: false },
)

/** The vendor requests of a world. */
export function requests(app: ControlApp, control: Control): void {
  const { world } = control

  app.get(
    '/requests',
    {
      schema: {
        operationId: 'listRequests',
        summary: 'The vendor requests of the world, in the order of their arrival',
        querystring: RequestFilter,
        response: {
          200: Type.Object({
            items: Type.Array(RequestShown),
            next: Type.Optional(Type.String({ description: 'cursor of the next page; left out on the last' })),
          }),
        },
      },
    },
    async (request) => {
      const { since, limit = 1000, cursor = '0', ...asked } = request.query
      const of = world(request)
      const from = since === undefined ? Number.NEGATIVE_INFINITY : instant(since, '/since')
      if (!/^\d{1,15}$/.test(cursor)) throw expected('/cursor', '`next` of the page before')
      const all = criteriaOf(asked, of, control)
      const found = of.journal
        .all()
        .filter((entry) => entry.number > Number(cursor) && entry.at >= from && areMet(all, entry))
      const page = found.slice(0, limit)
      return {
        items: page.map((entry) => shown(entry, of.journal)),
        ...(found.length > limit && { next: String(page.at(-1)?.number) }),
      }
    },
  )

  app.get(
    '/requests/:id',
    {
      schema: {
        operationId: 'readRequest',
        summary: 'A vendor request with headers and bodies and, where it was refused, why',
        params: Type.Object({ id: Type.String() }),
        response: { 200: WholeRequest },
      },
    },
    async (request) => {
      const asked = world(request)
      const { journal } = asked
      const entry = journal.find(request.params.id)
      if (entry) return whole(entry, asked, control)
      const { id } = request.params
      throw new ControlError(404, 'unknown-request', `the journal has no request ${JSON.stringify(id)}`, {
        kept: journal.size,
        evicted: journal.evicted,
      })
    },
  )

  app.delete(
    '/requests',
    { schema: { operationId: 'forgetRequests', summary: 'Empty the journal', response: { 204: Type.Null() } } },
    async (request, reply) => {
      const of = world(request)
      of.journal.clear()
      of.rebase()
      return reply.code(204).send(null)
    },
  )
}
