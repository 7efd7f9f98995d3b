import type { Static } from '@sinclair/typebox'
import { type Problem, Refusal } from '../../core/refusal.js'
import { trimOf } from '../../dialects/trim.js'
import type { ThiioTypes } from './fixture.js'
import type { LoginRequest } from './wire.js'

const blank = /[\s\u200b]/

/** Laravel's rule `required`. Blanks alone are nothing, in a password too. */
function isFilled(value: unknown): boolean {
  if (typeof value === 'string') return trimOf(value, blank) !== ''
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return value !== undefined && value !== null
}

/** A value as PHP writes it where text is wanted; `undefined` for a list or an object, which is nobody's. */
function text(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? '1' : ''
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** Laravel's `TrimStrings`, which leaves passwords alone. */
function trimmed(value: unknown): string | undefined {
  const written = text(value)
  return written === undefined ? undefined : trimOf(written, blank)
}

const eitherOf = (lower: unknown, upper: unknown): unknown => (isFilled(lower) ? lower : upper)

const emailOf = (input: Static<typeof LoginRequest>): unknown => eitherOf(input.email, input.Email)

/** The e-mail address in whatever a login sent. */
export const findEmail = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null ? trimmed(emailOf(body)) : undefined

/** Who wants to log in with what. Throws `invalid-input`. */
export function credentials(input: Static<typeof LoginRequest>, { requireIntegration }: ThiioTypes['settings']) {
  const email = emailOf(input)
  const password = eitherOf(input.password, input.Password)
  const problems: Problem[] = []
  const required = { email, password, ...(requireIntegration && { integration: input.integration }) }
  for (const [name, value] of Object.entries(required)) {
    if (!isFilled(value)) problems.push({ pointer: `/${name}`, expected: 'required' })
    else if (name === 'integration' && trimmed(value) !== 'zapier') {
      problems.push({ pointer: `/${name}`, expected: 'zapier' })
    }
  }
  if (problems.length > 0) throw new Refusal('invalid-input', { problems })
  return { email: trimmed(email), password: text(password) }
}
