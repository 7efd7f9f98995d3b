import { type Static, type TSchema, TypeGuard } from '@sinclair/typebox'
import { Value, type ValueError, ValueErrorType } from '@sinclair/typebox/value'
import { ControlError } from './errors.js'

/** What was expected at a JSON pointer, or of the whole body at `''`. */
export const expected = (pointer: string, what: string): ControlError =>
  new ControlError(422, 'invalid-input', `${pointer === '' ? 'the body' : pointer}: expected ${what}`, {
    pointer,
    expected: what,
  })

type Wrong = Pick<ValueError, 'path' | 'message'>

const otherForms: readonly ValueErrorType[] = [
  ValueErrorType.Array,
  ValueErrorType.Boolean,
  ValueErrorType.Integer,
  ValueErrorType.Null,
  ValueErrorType.Number,
  ValueErrorType.Object,
  ValueErrorType.String,
]
const otherFields: readonly ValueErrorType[] = [
  ValueErrorType.ObjectAdditionalProperties,
  ValueErrorType.ObjectRequiredProperty,
]

const isLiteral = ({ type }: ValueError): boolean => type === ValueErrorType.Literal

/** Whether a variant of the union at `of` has another form than what stands there: another type, or other fields. */
const isOfOtherForm =
  (of: string) =>
  ({ type, path }: ValueError): boolean =>
    path === of ? otherForms.includes(type) : otherFields.includes(type) && path.slice(0, path.lastIndexOf('/')) === of

/** The form that a variant has, in a word. */
const formIn =
  (value: unknown) =>
  (variant: TSchema): string => {
    const { const: literal, type, required = [] } = variant
    if (literal !== undefined) return JSON.stringify(literal)
    return type === 'object' && typeof value === 'object' ? `{${required.join(', ')}}` : String(type)
  }

/**
 * What is wrong with a union: what is with the variant that was chosen, by a literal (`kind`) or else by its form; where
 * none was, which there are.
 */
function narrowed(error: ValueError): Wrong {
  const { path, schema } = error
  if (error.type === ValueErrorType.ObjectAdditionalProperties)
    return { path, message: 'nothing: there is no such field' }
  if (error.type !== ValueErrorType.Union) return error
  const variants = error.errors.map((errors) => [...errors])
  const byLiteral = variants.filter((errors) => !errors.some(isLiteral))
  const byForm = byLiteral.filter((errors) => !errors.some(isOfOtherForm(path)))
  const [chosen, ...more] = byLiteral.length === 1 ? byLiteral : byForm
  const [first] = chosen ?? []
  if (first && more.length === 0) return narrowed(first)
  const literals = variants.flatMap((errors) => errors.filter(isLiteral))
  const [at, ...elsewhere] = new Set(literals.map((literal) => literal.path))
  if (byLiteral.length === 0 && at !== undefined && elsewhere.length === 0) {
    return { path: at, message: `one of ${literals.map(({ schema }) => JSON.stringify(schema.const)).join(', ')}` }
  }
  const forms: TSchema[] = schema.anyOf
  return { path, message: [...new Set(forms.map(formIn(error.value)))].join(' or ') }
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
