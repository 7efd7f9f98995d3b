import { rfc3339 } from '../../core/clock.js'
import type { Refusals } from '../../core/refusal.js'
import type { Ground, RefusalTable, Scene, WireError } from '../vendor.js'
import type { PortsipTypes } from './fixture.js'
import { sources } from './sources.js'

type At = Pick<Scene<PortsipTypes['settings']>, 'operation'>

/** The envelope that the vendor's page About prints for every failure. */
function error(status: number, ground: Ground, code: string, message: string, assumed?: string[]): WireError {
  return {
    status,
    body: JSON.stringify({ errors: [{ code, message }] }),
    ...ground,
    ...(assumed && { assumed }),
  }
}

const unknown = (status: number, ground: Ground = sources.ours) => error(status, ground, 'UNKNOWN', 'unknown error')

/** Printed for the OAuth password grant; of POST /api/login the specification says no more than 4XX. */
const loginFailed = (_facts: unknown, { operation }: At) =>
  error(
    400,
    operation === 'oauthToken' ? sources.oauth : sources.ours,
    'UNAUTHORIZED',
    'Login failed, authentication error',
  )

const loginFailedByUs = () => error(400, sources.ours, 'UNAUTHORIZED', 'Login failed, authentication error')

const tokenInBody = new Set<string | null>(['sendOtp', 'verifyOtp', 'refreshToken', 'resetPassword'])

const ofAuthentication = new Set<string | null>([...tokenInBody, 'signIn', 'signOut', 'getAuthUser', 'forgetPassword'])

/** Where the answer to a bad token is declared. */
function declaredFor(operation: string | null): Ground {
  if (operation === 'oauthToken') return sources.oauth
  return ofAuthentication.has(operation) ? sources.authentication : sources.loginFailures
}

/** A refresh token that is none is no failed authentication of OAuth’s, but an unknown error. */
const noToken =
  (ground: (operation: string | null) => Ground) =>
  (_facts: unknown, { operation }: At) => {
    if (operation === 'oauthToken') return unknown(400, ground(operation))
    if (tokenInBody.has(operation)) return loginFailedByUs()
    return error(401, ground(operation), 'UNAUTHORIZED', 'Unauthorized', ['code and message'])
  }

const unauthorized = noToken(declaredFor)
const unauthorizedByUs = noToken(() => sources.ours)

const invalid = () => error(400, sources.ours, 'VALIDATE_FAILED', 'field validation failed')
const forbidden = () => unknown(403)

export const refuse: RefusalTable<PortsipTypes['settings']> = {
  'unknown-account': loginFailed,
  'wrong-password': loginFailed,
  'account-inactive': loginFailedByUs,
  'unknown-tenant': loginFailedByUs,
  'not-a-member': loginFailedByUs,
  'account-locked': ({ address, until }: Refusals['account-locked']) =>
    error(403, sources.ours, 'DENIED', `the client IP address ${address} has been blocked until ${rfc3339(until)}`),
  throttled: () => unknown(429),
  'token-missing': unauthorized,
  'token-malformed': unauthorized,
  'token-bad-signature': unauthorized,
  'token-claim-missing': unauthorized,
  'token-claim-invalid': unauthorized,
  'token-not-yet-valid': unauthorized,
  'token-expired': unauthorized,
  'token-revoked': unauthorized,
  'token-unknown': unauthorized,
  'token-wrong-kind': unauthorizedByUs,
  'token-wrong-tenant': unauthorizedByUs,
  'token-account-gone': unauthorizedByUs,
  'permission-denied': forbidden,
  'client-key-wrong': invalid,
  'client-access-disabled': forbidden,
  'malformed-body': invalid,
  'invalid-input': invalid,
  'unsupported-media-type': invalid,
  'body-too-large': () => unknown(413),
  // The portal's own text for an unknown domain ends in "(404)".
  'unknown-resource': () => unknown(404),
  'unknown-route': () => unknown(404),
  'wrong-method': ({ allowed }: Refusals['wrong-method']) => ({
    ...unknown(405),
    headers: { allow: allowed.join(', ') },
  }),
  internal: () => unknown(500),
}
