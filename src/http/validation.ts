import type { TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import type { ValueErrorIterator } from '@sinclair/typebox/errors'
import { type Problem, Refusal } from '../core/refusal.js'

const tooMany = 20

/** What a schema finds wrong, at most one problem a place. */
export function problemsOf(errors: ValueErrorIterator): Problem[] {
  const problems = new Map<string, string>()
  for (const { path, message } of errors) {
    if (problems.size === tooMany) break
    if (!problems.has(path)) problems.set(path, message.charAt(0).toLowerCase() + message.slice(1))
  }
  return [...problems].map(([pointer, expected]) => ({ pointer, expected }))
}

/**
 * Fastify's validator for vendor routes: no coercion, nothing removed, nothing filled in. What fails is thrown as
 * `invalid-input`, for the vendor to word. A schema is compiled when it is first needed.
 */
export function strictValidator({ schema }: { schema: TSchema }) {
  let check: TypeCheck<TSchema> | undefined
  return (value: unknown) => {
    check ??= TypeCompiler.Compile(schema)
    if (check.Check(value)) return { value }
    return { error: new Refusal('invalid-input', { problems: problemsOf(check.Errors(value)) }) }
  }
}
