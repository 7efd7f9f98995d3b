import { type Static, type TSchema, TypeGuard } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { findExpectation } from '../vendors/vendor.js'
import { ControlError } from './errors.js'

/** What was expected at a JSON pointer, or of the whole body at `''`. */
export const expected = (pointer: string, what: string): ControlError =>
  new ControlError(422, 'invalid-input', `${pointer === '' ? 'the body' : pointer}: expected ${what}`, {
    pointer,
    expected: what,
  })

/**
 * What a control request says, if `schema` allows it. Throws a 422 with the JSON pointer, below `at`, and what was
 * expected there.
 */
export function read<S extends TSchema>(schema: S, value: unknown, at = ''): Static<S> {
  if (Value.Check(schema, value)) return value
  const { pointer, expected: what } = findExpectation(schema, value) ?? { pointer: '', expected: 'something else' }
  throw expected(at + pointer, what)
}

/** A text of a query as the number or the truth value that is wanted, if it is written like one. */
function meant(text: unknown, schema: unknown): unknown {
  if (typeof text !== 'string') return text
  if (TypeGuard.IsInteger(schema) && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (TypeGuard.IsBoolean(schema) && /^(true|false)$/.test(text)) return text === 'true'
  return text
}

function converted(schema: TSchema, given: unknown): unknown {
  if (!TypeGuard.IsObject(schema)) return given
  return Object.fromEntries(
    Object.entries(Object(given)).map(([name, text]) => [name, meant(text, schema.properties[name])]),
  )
}

/**
 * Fastify's validator for control routes: nothing filled in or removed, and nothing converted but the texts of a query.
 * No body is an empty object.
 */
export const strictly =
  ({ schema, httpPart }: { schema: TSchema; httpPart?: string }) =>
  (given: unknown) => {
    try {
      return { value: read(schema, httpPart === 'body' ? (given ?? {}) : converted(schema, given)) }
    } catch (error) {
      if (error instanceof ControlError) return { error }
      throw error
    }
  }
