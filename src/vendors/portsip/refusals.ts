import { rfc3339 } from '../../core/clock.js'
import type { Refusals } from '../../core/refusal.js'
import type { Evidence, RefusalTable, Scene, WireError } from '../vendor.js'
import type { PortsipTypes } from './fixture.js'

type At = Pick<Scene<PortsipTypes['settings']>, 'operation'>

/** The envelope that the vendor's page About prints for every failure. */
function error(status: number, evidence: Evidence, code: string, message: string, assumed?: string[]): WireError {
  return {
    status,
    body: JSON.stringify({ errors: [{ code, message }] }),
    evidence,
    ...(assumed && { assumed }),
  }
}

const unknown = (status: number, evidence: Evidence = 'assumed') => error(status, evidence, 'UNKNOWN', 'unknown error')

/** Printed for the OAuth password grant; of POST /api/login the specification says no more than 4XX. */
const loginFailed = (_facts: unknown, { operation }: At) =>
  error(
    400,
    operation === 'oauthToken' ? 'documented' : 'assumed',
    'UNAUTHORIZED',
    'Login failed, authentication error',
  )

const loginFailedByUs = () => error(400, 'assumed', 'UNAUTHORIZED', 'Login failed, authentication error')

const tokenInBody = new Set<string | null>(['sendOtp', 'verifyOtp', 'refreshToken', 'resetPassword'])

/** A refresh token that is none is no failed authentication of OAuth’s, but an unknown error. */
const noToken =
  (evidence: Evidence) =>
  (_facts: unknown, { operation }: At) => {
    if (operation === 'oauthToken') return unknown(400, evidence)
    if (tokenInBody.has(operation)) return loginFailedByUs()
    return error(401, evidence, 'UNAUTHORIZED', 'Unauthorized', ['code and message'])
  }

const unauthorized = noToken('documented')
const unauthorizedByUs = noToken('assumed')

const invalid = () => error(400, 'assumed', 'VALIDATE_FAILED', 'field validation failed')
const forbidden = () => unknown(403)

export const refuse: RefusalTable<PortsipTypes['settings']> = {
  'unknown-account': loginFailed,
  'wrong-password': loginFailed,
  'account-inactive': loginFailedByUs,
  'unknown-tenant': loginFailedByUs,
  'not-a-member': loginFailedByUs,
  'account-locked': ({ address, until }: Refusals['account-locked']) =>
    error(403, 'assumed', 'DENIED', `the client IP address ${address} has been blocked until ${rfc3339(until)}`),
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
