import { seconds } from '../../core/clock.js'
import { laravelMethods, laravelOptions, laravelValidation } from '../../dialects/laravel.js'
import { phpJson, phpPrettyJson } from '../../dialects/php-json.js'
import { trimOf } from '../../dialects/trim.js'
import type { Ground, RefusalTable, Scene, WireError } from '../vendor.js'
import type { ThiioTypes } from './fixture.js'
import { sources } from './sources.js'

type At = Scene<ThiioTypes['settings']>

/** What Laravel's handler makes of an exception: printed for reading. */
const thrown =
  (status: number, message: string, ground: Ground = sources.handler) =>
  (): WireError => ({ status, body: phpPrettyJson({ message }), ...ground })

/** One body for whatever is wrong with a token: Passport logs the cause and swallows it. */
const unauthenticated = (ground: Ground) => (): WireError => ({
  status: 401,
  body: phpJson({ message: 'Unauthenticated.' }),
  ...ground,
})

const denied = unauthenticated(sources.guard)
const deniedByUs = unauthenticated(sources.ours)

/** The vendor publishes no failed login. The sentence is Laravel's stock `auth.failed`. */
function badCredentials(_facts: unknown, { settings }: At): WireError {
  const message = 'These credentials do not match our records.'
  return settings.badCredentials === 401
    ? { status: 401, body: phpJson({ message }), ...sources.ours }
    : { status: 422, body: phpJson(laravelValidation({ email: [message] })), ...sources.ours }
}

const missing = (name: string): string => `The ${name} field is required.`

function invalid(errors: Readonly<Record<string, readonly string[]>>): WireError {
  return {
    status: 422,
    body: phpJson(laravelValidation(errors)),
    // No revision says what is validated.
    ...sources.ours,
    assumed: ['the wording is that of Laravel 9.52'],
  }
}

/** The path as `Request::path()` gives it: the root is `/`, all others have no slash at either end. */
const routeOf = ({ path }: At): string => trimOf(path, /\//) || '/'

export const refuse: RefusalTable<ThiioTypes['settings']> = {
  'unknown-account': badCredentials,
  'wrong-password': badCredentials,
  'account-inactive': badCredentials,
  'unknown-tenant': deniedByUs,
  'not-a-member': deniedByUs,
  'account-locked': thrown(429, 'Too Many Attempts.', sources.ours),
  throttled: ({ limit, retryAfterSeconds }, { now }) => ({
    ...thrown(429, 'Too Many Attempts.', sources.throttle)(),
    headers: {
      'retry-after': retryAfterSeconds,
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': 0,
      'x-ratelimit-reset': seconds(now) + retryAfterSeconds,
    },
    assumed: ['whether the vendor throttles'],
  }),
  'token-missing': denied,
  'token-malformed': denied,
  'token-bad-signature': denied,
  'token-claim-missing': denied,
  'token-claim-invalid': denied,
  'token-not-yet-valid': denied,
  'token-expired': denied,
  'token-revoked': denied,
  'token-unknown': denied,
  'token-wrong-kind': deniedByUs,
  'token-wrong-tenant': deniedByUs,
  'token-account-gone': denied,
  'permission-denied': thrown(403, 'This action is unauthorized.', sources.ours),
  'client-key-wrong': deniedByUs,
  'client-access-disabled': deniedByUs,
  // Laravel reads a body that it cannot understand as an empty one.
  'malformed-body': (_facts, { settings }) =>
    invalid({
      email: [missing('email')],
      password: [missing('password')],
      ...(settings.requireIntegration && { integration: [missing('integration')] }),
    }),
  'invalid-input': ({ problems }) =>
    invalid(
      Object.fromEntries(
        problems.map(({ pointer, expected }) => {
          const name = pointer.slice(1)
          return [name, [expected === 'required' ? missing(name) : `The selected ${name} is invalid.`]]
        }),
      ),
    ),
  'unsupported-media-type': thrown(415, '', sources.ours),
  'body-too-large': thrown(413, '', sources.ours),
  'unknown-resource': thrown(404, '', sources.ours),
  'unknown-route': (_facts, at) => thrown(404, `The route ${routeOf(at)} could not be found.`, sources.routing)(),
  'wrong-method': ({ method, allowed }, at) => {
    if (method === 'OPTIONS') return { ...laravelOptions(allowed), ...sources.routing }
    const methods = laravelMethods(allowed)
    const message = `The ${method} method is not supported for route ${routeOf(at)}. Supported methods: ${methods}.`
    return { ...thrown(405, message, sources.routing)(), headers: { allow: methods } }
  },
  internal: thrown(500, 'Server Error'),
}
