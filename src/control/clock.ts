import { type Static, Type } from '@sinclair/typebox'
import { type Clock, iso } from '../core/clock.js'
import type { World } from '../core/world.js'
import type { Vendor } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'
import { ControlError } from './errors.js'
import { Duration, duration, end, Instant, instant } from './time.js'
import { mintedIn, tokenNamed } from './token-named.js'

const Freeze = Type.Object({ at: Type.Optional(Instant) }, { additionalProperties: false })

const ToToken = Type.Object(
  {
    token: Type.String({ minLength: 1, description: 'text or id of a token' }),
    edge: Type.Optional(
      Type.Union([Type.Literal('before'), Type.Literal('at'), Type.Literal('after')], {
        default: 'at',
        description: 'a second before its expiry, the first instant at which it is refused, or a second after that',
      }),
    ),
  },
  { additionalProperties: false },
)

export const Advance = Type.Union([
  Type.Object({ by: Duration }, { additionalProperties: false }),
  Type.Object({ to: Type.Union([Instant, ToToken]) }, { additionalProperties: false }),
])

/** Back only while nothing has happened that would then lie in the future. Throws `clock-backwards` or `invalid-instant`. */
function assertReachable(world: World, at: number, pointer: string): void {
  const { clock, requests, hasPast } = world
  if (at < 0 || at > end) {
    throw new ControlError(422, 'invalid-instant', `the clock goes from ${iso(0)} to ${iso(end)}`, { pointer })
  }
  if (at >= clock.now() || (!hasPast && mintedIn(world) === 0)) return
  throw new ControlError(
    409,
    'clock-backwards',
    'the clock goes back only before the first vendor request and the first minted token of its world',
    {
      now: iso(clock.now()),
      asked: iso(at),
      requests,
    },
  )
}

export const ClockShown = Type.Object({
  now: Type.String({ format: 'date-time' }),
  epochMs: Type.Integer(),
  state: Type.Union([Type.Literal('running'), Type.Literal('frozen')]),
  offsetMs: Type.Integer({ description: 'how far ahead of the machine’s clock' }),
})

const shown = (clock: Clock): Static<typeof ClockShown> => ({
  now: iso(clock.now()),
  epochMs: clock.now(),
  state: clock.state,
  offsetMs: clock.offsetMs,
})

/** Epoch milliseconds of an edge of a token's life. Throws `unknown-token`, `ambiguous-token` or `never-expires`. */
function edgeOf(named: string, edge: 'before' | 'at' | 'after', vendors: readonly Vendor[], world: World): number {
  const { token } = tokenNamed(vendors, world, { either: named }, '/to/token')
  if (token.expiresAt === null) {
    throw new ControlError(422, 'never-expires', 'this token does not expire', { pointer: '/to/token', id: token.id })
  }
  return token.expiresAt + { before: -1000, at: 0, after: 1000 }[edge]
}

const response = { 200: ClockShown }

/** The time of a world. */
export function clock(app: ControlApp, { world, vendors }: Control): void {
  app.get(
    '/clock',
    { schema: { operationId: 'readClock', summary: 'The time of the world', response } },
    async (request) => shown(world(request).clock),
  )

  app.post(
    '/clock/freeze',
    { schema: { operationId: 'freezeClock', summary: 'Stop the time, now or at an instant', body: Freeze, response } },
    async (request) => {
      const { at } = request.body
      const frozen = world(request)
      const wanted = at === undefined ? frozen.clock.now() : instant(at, '/at')
      assertReachable(frozen, wanted, '/at')
      frozen.change(() => frozen.clock.freeze(wanted))
      return shown(frozen.clock)
    },
  )

  app.post(
    '/clock/advance',
    { schema: { operationId: 'advanceClock', summary: 'Move the time', body: Advance, response } },
    async (request) => {
      const change = request.body
      const advanced = world(request)
      const now = advanced.clock.now()
      const wantedOf = () => {
        if ('by' in change) return now + duration(change.by, '/by')
        if (typeof change.to === 'string') return instant(change.to, '/to')
        return edgeOf(change.to.token, change.to.edge ?? 'at', vendors, advanced)
      }
      const wanted = wantedOf()
      assertReachable(advanced, wanted, 'by' in change ? '/by' : '/to')
      advanced.change(() => advanced.clock.advance(wanted - now))
      return shown(advanced.clock)
    },
  )

  app.post(
    '/clock/resume',
    { schema: { operationId: 'resumeClock', summary: 'Run on from where the clock stands', response } },
    async (request) => {
      const resumed = world(request)
      resumed.change(() => resumed.clock.resume())
      return shown(resumed.clock)
    },
  )

  app.post(
    '/clock/reset',
    { schema: { operationId: 'resetClock', summary: 'Follow the machine again', response } },
    async (request) => {
      const reset = world(request)
      reset.change(() => reset.clock.reset())
      return shown(reset.clock)
    },
  )
}
