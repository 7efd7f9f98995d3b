import type { TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import type { ValueError } from '@sinclair/typebox/errors'
import { type Problem, Refusal } from '../core/refusal.js'

const tooMany = 20

/** The first of them: an input can have any number of faults. */
function some(errors: Iterable<ValueError>): ValueError[] {
  const first: ValueError[] = []
  for (const error of errors) {
    if (first.length > tooMany) break
    first.push(error)
  }
  return first
}

/**
 * Of several forms that an input may have, the one that it comes nearest to is told of, where something within it is
 * wrong; otherwise that it has none of them.
 */
function* within(errors: Iterable<ValueError>): Generator<ValueError> {
  for (const error of errors) {
    const forms = error.errors.map((form) => some(within(form)))
    const [nearest = []] = forms.sort((one, other) => one.length - other.length)
    if (nearest.some(({ path }) => path !== error.path)) yield* nearest
    else yield error
  }
}

/** What a schema finds wrong, at most one problem a place. */
export function problemsOf(errors: Iterable<ValueError>): Problem[] {
  const problems = new Map<string, string>()
  for (const { path, message } of within(errors)) {
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
