import { type Static, Type } from '@sinclair/typebox'
import type { Entry } from '../core/journal.js'
import type { Control, ControlApp } from './control.js'
import { areMet, type Criteria, type Criterion, criteria, criteriaOf } from './criteria.js'
import { expected } from './input.js'

const count = Type.Optional(Type.Integer({ minimum: 0 }))

export const Step = Type.Object(
  {
    match: Type.Object(criteria, { additionalProperties: false }),
    exactly: count,
    atLeast: count,
    atMost: count,
  },
  { additionalProperties: false, description: 'at least one, where no number is given' },
)

const Verify = Type.Object({ steps: Type.Array(Step, { minItems: 1 }) }, { additionalProperties: false })

export const Verdict = Type.Object({
  ok: Type.Boolean(),
  seen: Type.Array(Type.Integer(), { description: 'how many requests each step counted' }),
  failures: Type.Array(
    Type.Object({
      step: Type.Integer({ description: 'from 0' }),
      expected: Type.String(),
      seen: Type.Integer(),
      requests: Type.Array(Type.String(), { description: 'ids of those that were counted' }),
      nearest: Type.Array(
        Type.Object({ id: Type.String(), why: Type.String({ description: 'why it did not count' }) }),
      ),
    }),
  ),
})

interface Wanted {
  readonly asked: Criteria
  readonly all: readonly Criterion[]
  readonly min: number
  readonly max: number
}

/** Throws a 422 where the numbers contradict each other. */
function numbersOf({ exactly, atLeast, atMost }: Static<typeof Step>, at: string): { min: number; max: number } {
  if (exactly !== undefined) {
    if (atLeast !== undefined || atMost !== undefined) throw expected(`${at}/exactly`, 'no other number beside it')
    return { min: exactly, max: exactly }
  }
  const min = atLeast ?? (atMost === undefined ? 1 : 0)
  const max = atMost ?? Number.POSITIVE_INFINITY
  if (max < min) throw expected(`${at}/atMost`, 'no less than atLeast')
  return { min, max }
}

/** `exactly 2 login by demoadmin`. */
function said({ asked, min, max }: Wanted): string {
  const { vendor, operation, account, event, status, refusal, fault, path } = asked
  const number =
    min === max ? `exactly ${min}` : max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`
  const parts: [unknown, string][] = [
    [operation, `calling ${operation}`],
    [account, `by ${account}`],
    [vendor, `to ${vendor}`],
    [path, `at ${path}`],
    [status, `answered ${status}`],
    [refusal, `refused with ${refusal}`],
    [fault, `struck by ${fault}`],
  ]
  const rest = parts.filter(([value]) => value !== undefined).map(([, words]) => words)
  return [number, event ?? (min === 1 && max === 1 ? 'request' : 'requests'), ...rest].join(' ')
}

/**
 * What each step counts, the journal walked through once. A step that has what it needs counts on until a request is one
 * of the next step that needs any; what follows counts for that step. A step that needs none, before it, counts what
 * lies between the last request of the step before and there.
 */
export function walk(
  entries: readonly Entry[],
  steps: readonly { readonly min: number; matches(entry: Entry): boolean }[],
): Entry[][] {
  const counted: Entry[][] = []
  let from = 0
  for (const [index, step] of steps.entries()) {
    const needing = steps.slice(index + 1).find(({ min }) => min > 0)
    const mine: Entry[] = []
    let last = from - 1
    let at = from
    for (const entry of entries.slice(from)) {
      if (mine.length >= step.min && needing?.matches(entry)) break
      if (step.matches(entry)) {
        mine.push(entry)
        last = at
      }
      at += 1
    }
    counted.push(mine)
    from = last + 1
  }
  return counted
}

/** The requests that fail a step in the fewest points. */
function nearest({ all }: Wanted, entries: readonly Entry[]): { id: string; why: string }[] {
  return entries
    .map((entry) => ({ entry, unmet: all.filter(({ isMet }) => !isMet(entry)) }))
    .filter(({ unmet }) => unmet.length < Math.max(all.length, 2))
    .sort((a, b) => a.unmet.length - b.unmet.length)
    .slice(0, 3)
    .map(({ entry, unmet }) => ({
      id: entry.id,
      why:
        unmet.map(({ field, wanted, found }) => `${field} is ${found(entry) ?? 'none'}, not ${wanted}`).join('; ') ||
        'it came where it does not count',
    }))
}

/** Holds the journal against what should have happened. */
export function verify(app: ControlApp, control: Control): void {
  app.post(
    '/requests/verify',
    {
      schema: {
        operationId: 'verifyRequests',
        summary: 'Whether requests came as they should have, in this order, and what came instead',
        body: Verify,
        response: { 200: Verdict },
      },
      config: { replayed: false },
    },
    async (request) => {
      const of = control.world(request)
      const steps = request.body.steps.map((step, index): Wanted => {
        const at = `/steps/${index}`
        return { asked: step.match, all: criteriaOf(step.match, of, control, `${at}/match`), ...numbersOf(step, at) }
      })
      const entries = of.journal.all()
      const counted = walk(
        entries,
        steps.map(({ all, min }) => ({ min, matches: (entry) => areMet(all, entry) })),
      )
      const failures = steps.flatMap((step, index) => {
        const mine = counted[index] ?? []
        if (mine.length >= step.min && mine.length <= step.max) return []
        const missed = mine.length < step.min ? entries.filter((entry) => !mine.includes(entry)) : []
        return {
          step: index,
          expected: said(step),
          seen: mine.length,
          requests: mine.map(({ id }) => id),
          nearest: nearest(step, missed),
        }
      })
      return { ok: failures.length === 0, seen: counted.map(({ length }) => length), failures }
    },
  )
}
