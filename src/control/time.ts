import { Type } from '@sinclair/typebox'
import { parseInstant } from '../core/clock.js'
import { ControlError } from './errors.js'

export const Duration = Type.Union([Type.String(), Type.Integer({ minimum: 0 })], {
  description: '"61m", "3601s" (ms, s, m, h, d), or milliseconds',
})

export const Instant = Type.String({ description: 'ISO 8601; UTC where it names no zone' })

/** The last millisecond that dates can be written of with four digits for the year. */
export const end = 253_402_300_799_999

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a `Duration`. Throws `invalid-duration`. */
export function duration(by: string | number, pointer: string): number {
  if (typeof by === 'number') return by
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(by)
  const unit = units[match?.[2] ?? '']
  if (!match || unit === undefined) {
    throw new ControlError(422, 'invalid-duration', `${JSON.stringify(by)} is no duration like "61m" or "3601s"`, {
      pointer,
      units: Object.keys(units),
    })
  }
  return Number(match[1]) * unit
}

/** Epoch milliseconds of an `Instant`. Throws `invalid-instant`. */
export function instant(text: string, pointer: string): number {
  const at = parseInstant(text)
  if (at === null) {
    throw new ControlError(422, 'invalid-instant', `${JSON.stringify(text)} is no ISO 8601 instant`, { pointer })
  }
  return at
}
