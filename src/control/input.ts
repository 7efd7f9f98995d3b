import type { Static, TSchema } from '@sinclair/typebox'
import { Value, type ValueError, ValueErrorType } from '@sinclair/typebox/value'
import { ControlError } from './errors.js'

/** What was expected at a JSON pointer, or of the whole body at `''`. */
export const expected = (pointer: string, what: string): ControlError =>
  new ControlError(422, 'invalid-input', `${pointer === '' ? 'the body' : pointer}: expected ${what}`, {
    pointer,
    expected: what,
  })

type Wrong = Pick<ValueError, 'path' | 'message'>

/**
 * What is wrong with a union whose variants are told apart by a literal (`kind`): what is with the one that was chosen
 * or, where none was, which there are.
 */
function narrowed(error: ValueError): Wrong {
  if (error.type !== ValueErrorType.Union) return error
  const variants = error.errors.map((errors) => [...errors])
  const isLiteral = ({ type }: ValueError) => type === ValueErrorType.Literal
  const [chosen, ...more] = variants.filter((errors) => !errors.some(isLiteral))
  const [first] = chosen ?? []
  if (first && more.length === 0) return narrowed(first)
  const literals = variants.flatMap((errors) => errors.filter(isLiteral))
  const [path, ...elsewhere] = new Set(literals.map((literal) => literal.path))
  if (chosen || path === undefined || elsewhere.length > 0) return error
  return { path, message: `one of ${literals.map(({ schema }) => JSON.stringify(schema.const)).join(', ')}` }
}

/**
 * What a control request says, if `schema` allows it. Throws a 422 with the JSON pointer, below `at`, and what was
 * expected there.
 */
export function read<S extends TSchema>(schema: S, value: unknown, at = ''): Static<S> {
  if (Value.Check(schema, value)) return value
  const first = Value.Errors(schema, value).First()
  const { path, message }: Wrong = first ? narrowed(first) : { path: '', message: 'something else' }
  throw expected(at + path, message.replace(/^Expected /, ''))
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
