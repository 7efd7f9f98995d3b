import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { DumpedEntry } from '../core/journal-dump.js'
import { UnusableSnapshot } from '../core/ports.js'
import type { Moment } from '../core/snapshots.js'
import type { Standing } from '../core/standing.js'
import { ControlError } from './errors.js'
import { effectOf, FaultShown } from './faults.js'

const strict = { additionalProperties: false }
const text = Type.String()
const count = Type.Integer({ minimum: 0 })
const instant = Type.Integer({ minimum: 0, maximum: 253_402_300_799_999 })
const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const Reading = Type.Object(
  { now: instant, state: Type.Union([Type.Literal('running'), Type.Literal('frozen')]) },
  strict,
)
const Faults = Type.Array(FaultShown)

const Stream = Type.Object({ seed: count, name: text }, strict)
const ClockSetting = Type.Object({ offset: Type.Integer(), frozenAt: orNull(instant) }, strict)
const StandingSchema = Type.Object(
  { clock: ClockSetting, faults: Faults, stream: Stream, fromFixtures: Type.Optional(Type.Boolean()) },
  strict,
)

const Write = Type.Union(['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => Type.Literal(method)))
const ControlPath = Type.String({ pattern: '^/_understudy/' })

const MomentSchema = Type.Object(
  {
    world: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
    stream: Stream,
    clock: Reading,
    faults: Faults,
    interventions: Type.Array(
      Type.Object({ after: count, at: instant, method: Write, path: ControlPath, body: orNull(text) }, strict),
    ),
    base: Type.Object({ clock: Reading, faults: Faults }, strict),
    journal: Type.Object({ secrets: Type.Boolean(), evicted: count }, strict),
  },
  strict,
)

const Headers = Type.Array(text)
const Body = orNull(text)

const Part = orNull(Type.Record(text, Type.Unknown()))
const Holder = orNull(Type.Object({ vendor: text, id: text }, strict))

const EntrySchema = Type.Object(
  {
    world: text,
    number: count,
    at: instant,
    durationMs: orNull(Type.Number()),
    vendor: text,
    operation: orNull(text),
    event: orNull(text),
    account: orNull(text),
    method: text,
    url: text,
    target: text,
    address: text,
    evidence: orNull(text),
    reference: orNull(text),
    refusal: orNull(Type.Object({ code: text, facts: Type.Unknown() }, strict)),
    presented: orNull(Type.Object({ header: Part, claims: Part, holder: Holder }, strict)),
    fault: orNull(Type.Object({ id: text, kind: text }, strict)),
    nearest: orNull(Type.Object({ id: text, method: text, path: text }, strict)),
    withheld: Type.Optional(Type.Object({ case: text, status: Type.Integer(), required: text }, strict)),
    request: Type.Object({ headers: Headers, body: Body }, strict),
    response: orNull(Type.Object({ status: count, headers: Headers, body: Body }, strict)),
  },
  strict,
)

/** What a text says, if `schema` allows it. Throws `UnusableSnapshot`. */
export function read<S extends TSchema>(schema: S, json: string, what: string): Static<S> {
  const value: unknown = JSON.parse(json)
  if (Value.Check(schema, value)) return value
  const first = Value.Errors(schema, value).First()
  throw new UnusableSnapshot(`${what} as this version writes it (${first?.path}: ${first?.message})`)
}

/** A refusal that there is, with facts that it can have. Throws `UnusableSnapshot`. */
function assertPossible(faults: Moment['faults']): void {
  for (const { id, effect } of faults) {
    try {
      effectOf(effect)
    } catch (error) {
      if (error instanceof ControlError) throw new UnusableSnapshot(`a possible ${id} (${error.message})`)
      throw error
    }
  }
}

/** Reads what a snapshot holds beside the tables of a world. Throws `UnusableSnapshot`. */
export function readMoment(
  moment: string,
  journal: readonly string[],
): { moment: Moment; entries: readonly DumpedEntry[] } {
  const told = read(MomentSchema, moment, 'the moment')
  assertPossible([...told.faults, ...told.base.faults])
  return { moment: told, entries: journal.map((entry) => read(EntrySchema, entry, 'a journal entry')) }
}

/** Reads how a kept world stood. Throws `UnusableSnapshot`. */
export function readStanding(standing: string): Standing {
  const told = read(StandingSchema, standing, 'the standing')
  assertPossible(told.faults)
  // Noted before there was `--watch`: what it was made from is not known, and nothing is taken from it.
  return { fromFixtures: false, ...told }
}
