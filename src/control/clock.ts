import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { type Clock, iso, parseInstant } from '../core/clock.js'
import type { World } from '../core/world.js'
import type { Control } from './control.js'
import { ControlError } from './errors.js'
import { read } from './input.js'

const Freeze = Type.Object({ at: Type.Optional(Type.String()) }, { additionalProperties: false })

const Advance = Type.Union([
  Type.Object({ by: Type.Union([Type.String(), Type.Integer({ minimum: 0 })]) }, { additionalProperties: false }),
  Type.Object({ to: Type.String() }, { additionalProperties: false }),
])

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `"61m"`, `"3601s"`, or milliseconds. */
function duration(by: string | number): number {
  if (typeof by === 'number') return by
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(by)
  const unit = units[match?.[2] ?? '']
  if (!match || unit === undefined) {
    throw new ControlError(422, 'invalid-duration', `${JSON.stringify(by)} is no duration like "61m" or "3601s"`, {
      pointer: '/by',
      units: Object.keys(units),
    })
  }
  return Number(match[1]) * unit
}

function instant(text: string, pointer: string): number {
  const at = parseInstant(text)
  if (at === null) {
    throw new ControlError(422, 'invalid-instant', `${JSON.stringify(text)} is no ISO 8601 instant`, { pointer })
  }
  return at
}

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

const shown = (clock: Clock) => ({
  now: iso(clock.now()),
  epochMs: clock.now(),
  state: clock.state,
  offsetMs: clock.offsetMs,
})

/** The time of a world. */
export function clock(app: FastifyInstance, { world }: Control): void {
  app.get('/clock', (request) => shown(world(request).clock))

  app.post('/clock/freeze', (request) => {
    const { at } = read(Freeze, request.body ?? {})
    const frozen = world(request)
    const wanted = at === undefined ? frozen.clock.now() : instant(at, '/at')
    assertReachable(frozen, wanted)
    frozen.clock.freeze(wanted)
    return shown(frozen.clock)
  })

  app.post('/clock/advance', (request) => {
    const change = read(Advance, request.body)
    const advanced = world(request)
    const now = advanced.clock.now()
    const wanted = 'by' in change ? now + duration(change.by) : instant(change.to, '/to')
    assertReachable(advanced, wanted)
    advanced.clock.advance(wanted - now)
    return shown(advanced.clock)
  })

  app.post('/clock/resume', (request) => {
    const { clock } = world(request)
    clock.resume()
    return shown(clock)
  })

  app.post('/clock/reset', (request) => {
    const { clock } = world(request)
    clock.reset()
    return shown(clock)
  })
}
