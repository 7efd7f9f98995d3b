import type { TSchema } from '@sinclair/typebox'
import { Value, type ValueError, ValueErrorType } from '@sinclair/typebox/value'

/** What was expected instead of something that somebody gave, in words. */
export interface Expectation {
  /** JSON pointer. */
  readonly pointer: string
  readonly expected: string
}

const kinds: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  integer: 'an integer',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a string',
}

/** What a schema asks for, in a word or two: one of several alternatives. */
function kindOf({ const: literal, type, required = [] }: TSchema): string {
  if (literal !== undefined) return JSON.stringify(literal)
  if (type === 'object' && required.length > 0) return `{${required.join(', ')}}`
  return kinds[type] ?? 'a value'
}

function between({ minimum, exclusiveMinimum, maximum }: TSchema): string {
  if (exclusiveMinimum !== undefined)
    return ` above ${exclusiveMinimum}${maximum === undefined ? '' : `, up to ${maximum}`}`
  if (minimum === undefined) return maximum === undefined ? '' : ` of at most ${maximum}`
  return maximum === undefined ? ` of at least ${minimum}` : ` from ${minimum} to ${maximum}`
}

function textsOf({ pattern, description, minLength, maxLength }: TSchema): string {
  // A pattern says little to people where its description says the same.
  if (pattern !== undefined) return description ?? `a string that matches ${pattern}`
  if (maxLength !== undefined) return `a string of at most ${maxLength} characters`
  if (minLength === undefined) return 'a string'
  return minLength === 1 ? 'a string that is not empty' : `a string of at least ${minLength} characters`
}

/** What a schema asks for. */
function formOf(schema: TSchema): string {
  const { anyOf, type, minItems } = schema
  if (Array.isArray(anyOf)) {
    const alternatives = [...new Set(anyOf.map(kindOf))]
    const isChoice = alternatives.length > 1 && anyOf.every((one) => 'const' in one)
    return isChoice ? `one of ${alternatives.join(', ')}` : alternatives.join(' or ')
  }
  if (schema.const !== undefined) return kindOf(schema)
  if (type === 'string') return textsOf(schema)
  if (type === 'array' && minItems !== undefined) return `an array of at least ${minItems}`
  return `${kinds[type] ?? 'a value'}${between(schema)}`
}

const otherForms: readonly ValueErrorType[] = [
  ValueErrorType.Array,
  ValueErrorType.Boolean,
  ValueErrorType.Integer,
  ValueErrorType.Literal,
  ValueErrorType.Null,
  ValueErrorType.Number,
  ValueErrorType.Object,
  ValueErrorType.String,
]
const otherFields: readonly ValueErrorType[] = [
  ValueErrorType.ObjectAdditionalProperties,
  ValueErrorType.ObjectRequiredProperty,
]

/** Whether a literal below the union at `of` says that another of its variants is meant: its `kind`. */
const isOtherKind =
  (of: string) =>
  ({ type, path }: ValueError): boolean =>
    type === ValueErrorType.Literal && path !== of

/** Whether a variant of the union at `of` has another form than what stands there: another type, or other fields. */
const isOfOtherForm =
  (of: string) =>
  ({ type, path }: ValueError): boolean =>
    path === of ? otherForms.includes(type) : otherFields.includes(type) && path.slice(0, path.lastIndexOf('/')) === of

/**
 * What is wrong with a union: what is with the variant that was chosen, by a literal (`kind`) or else by its form; where
 * none was, which there are.
 */
function ofUnion({ path: pointer, schema, errors }: ValueError): Expectation {
  const variants = errors.map((each) => [...each])
  const ofKind = variants.filter((each) => !each.some(isOtherKind(pointer)))
  const ofForm = ofKind.filter((each) => !each.some(isOfOtherForm(pointer)))
  const [chosen, ...more] = ofKind.length === 1 ? ofKind : ofForm
  const [first] = chosen ?? []
  if (first && more.length === 0) return worded(first)
  const literals = variants.flatMap((each) => each.filter(isOtherKind(pointer)))
  const [at, ...elsewhere] = new Set(literals.map(({ path }) => path))
  if (ofKind.length === 0 && at !== undefined && elsewhere.length === 0) {
    return { pointer: at, expected: `one of ${literals.map((literal) => kindOf(literal.schema)).join(', ')}` }
  }
  return { pointer, expected: formOf(schema) }
}

function worded(error: ValueError): Expectation {
  const { type, path: pointer, schema } = error
  if (type === ValueErrorType.Union) return ofUnion(error)
  if (type === ValueErrorType.ObjectAdditionalProperties) {
    return { pointer, expected: 'nothing: there is no such field' }
  }
  if (type === ValueErrorType.ObjectRequiredProperty)
    return { pointer, expected: `${formOf(schema)}, and there is none` }
  return { pointer, expected: formOf(schema) }
}

/** What a schema expected of a value that it does not allow; of several things, the first. */
export function findExpectation(schema: TSchema, value: unknown): Expectation | undefined {
  const first = Value.Errors(schema, value).First()
  return first && worded(first)
}
