import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { ControlError } from './errors.js'

/** What a control request says, if `schema` allows it. Throws a 422 with the JSON pointer and what was expected there. */
export function read<S extends TSchema>(schema: S, value: unknown): Static<S> {
  if (Value.Check(schema, value)) return value
  const first = Value.Errors(schema, value).First()
  const pointer = first?.path ?? ''
  const expected = (first?.message ?? 'something else').replace(/^Expected /, '')
  throw new ControlError(422, 'invalid-input', `${pointer === '' ? 'the body' : pointer}: expected ${expected}`, {
    pointer,
    expected,
  })
}
