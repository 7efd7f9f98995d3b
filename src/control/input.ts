import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { ControlError } from './errors.js'

/** What was expected at a JSON pointer, or of the whole body at `''`. */
export const expected = (pointer: string, what: string): ControlError =>
  new ControlError(422, 'invalid-input', `${pointer === '' ? 'the body' : pointer}: expected ${what}`, {
    pointer,
    expected: what,
  })

/** What a control request says, if `schema` allows it. Throws a 422 with the JSON pointer and what was expected there. */
export function read<S extends TSchema>(schema: S, value: unknown): Static<S> {
  if (Value.Check(schema, value)) return value
  const first = Value.Errors(schema, value).First()
  throw expected(first?.path ?? '', (first?.message ?? 'something else').replace(/^Expected /, ''))
}

/**
 * Fastify's validator for control routes: nothing filled in or removed, and nothing converted but the texts of a query.
 * No body is an empty object.
 */
export const strictly =
  ({ schema, httpPart }: { schema: TSchema; httpPart?: string }) =>
  (given: unknown) => {
    try {
      return { value: read(schema, httpPart === 'body' ? (given ?? {}) : Value.Convert(schema, given)) }
    } catch (error) {
      if (error instanceof ControlError) return { error }
      throw error
    }
  }
