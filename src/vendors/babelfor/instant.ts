import { ImpossibleAccount } from '../../core/account.js'
import { parseInstant } from '../../core/clock.js'

/**
 * When that was that a fixture or a request names; `null` where it names nothing. Throws `ImpossibleAccount` for the
 * 30th of February: patterns do not know the calendar. In a request it is refused before.
 */
export function instant(text: string | null | undefined, pointer = ''): number | null {
  if (text === null || text === undefined) return null
  const at = parseInstant(text)
  if (at === null) throw new ImpossibleAccount(`a day of the calendar, not ${text}`, pointer)
  return at
}
