import { type Static, Type } from '@sinclair/typebox'
import { type Clock, iso } from '../core/clock.js'
import type { World } from '../core/world.js'
import type { Control, ControlApp } from './control.js'
import { ControlError } from './errors.js'
import { Duration, duration, Instant, instant } from './time.js'

const Freeze = Type.Object({ at: Type.Optional(Instant) }, { additionalProperties: false })

const Advance = Type.Union([
  Type.Object({ by: Duration }, { additionalProperties: false }),
  Type.Object({ to: Instant }, { additionalProperties: false }),
])

/** The last millisecond that dates can be written of with four digits for the year. */
const end = 253_402_300_799_999

/** Back only while nothing has happened that would then lie in the future. Throws `clock-backwards` or `invalid-instant`. */
function assertReachable({ clock, requests }: World, at: number): void {
  if (at > end) throw new ControlError(422, 'invalid-instant', `the clock ends at ${iso(end)}`)
  if (at >= clock.now() || requests === 0) return
  throw new ControlError(
    409,
    'clock-backwards',
    'the clock goes back only before the first vendor request of its world',
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

const response = { 200: ClockShown }

/** The time of a world. */
export function clock(app: ControlApp, { world }: Control): void {
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
      assertReachable(frozen, wanted)
      frozen.clock.freeze(wanted)
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
      const wanted = 'by' in change ? now + duration(change.by, '/by') : instant(change.to, '/to')
      assertReachable(advanced, wanted)
      advanced.clock.advance(wanted - now)
      return shown(advanced.clock)
    },
  )

  app.post(
    '/clock/resume',
    { schema: { operationId: 'resumeClock', summary: 'Run on from where the clock stands', response } },
    async (request) => {
      const { clock } = world(request)
      clock.resume()
      return shown(clock)
    },
  )

  app.post(
    '/clock/reset',
    { schema: { operationId: 'resetClock', summary: 'Follow the machine again', response } },
    async (request) => {
      const { clock } = world(request)
      clock.reset()
      return shown(clock)
    },
  )
}
