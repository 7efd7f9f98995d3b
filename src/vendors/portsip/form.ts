import { Refusal } from '../../core/refusal.js'
import type { RawBody } from '../vendor.js'

export const formType = 'application/x-www-form-urlencoded'

/** The fields of a form body, each given once. */
export function parseForm({ bytes }: RawBody): Record<string, string> {
  const fields: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(bytes.toString('utf8'))) {
    if (name in fields) {
      throw new Refusal('invalid-input', {
        problems: [{ pointer: `/${name}`, expected: 'a field that is given once' }],
      })
    }
    fields[name] = value
  }
  return fields
}
