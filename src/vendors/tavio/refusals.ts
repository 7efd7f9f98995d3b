import { rfc3339 } from '../../core/clock.js'
import type { Ground, RefusalTable, Scene, WireError } from '../vendor.js'
import type { TavioTypes } from './fixture.js'
import { sources } from './sources.js'

type At = Scene<TavioTypes['settings']>

const errors = {
  400: { error: 'Bad Request', message: 'Invalid request parameters' },
  401: { error: 'Unauthorized', message: 'Invalid or expired credentials' },
  404: { error: 'Not Found', message: 'Resource not found' },
  429: { error: 'Too Many Requests', message: 'Too many requests' },
  500: { error: 'Internal Server Error', message: 'An unexpected error occurred' },
} as const

/**
 * The one shape of every Tavio error, in the order of the documentation. Its samples print 400 under every heading:
 * one example reused, not behaviour, so `status` is the real code here.
 */
const error =
  (status: keyof typeof errors, ground: Ground) =>
  (_facts: unknown, { path, now }: At): WireError => ({
    status,
    body: JSON.stringify({ status, ...errors[status], path, timestamp: rfc3339(now) }),
    ...ground,
    assumed: status === 400 ? ['letter case of error and message'] : ['wording of message'],
  })

const malformed = error(400, sources.login)
const denied = error(401, sources.renew)
const deniedByUs = error(401, sources.ours)
const notFound = error(404, sources.integration)
const notFoundByUs = error(404, sources.ours)
const incorrectUrl = error(404, sources.errorGroups)

/** Of login a page says so; of renewal the page is cut off before. */
const unknownTenant = (facts: unknown, at: At): WireError =>
  (at.operation === 'login' ? incorrectUrl : notFoundByUs)(facts, at)

export const refuse: RefusalTable<TavioTypes['settings']> = {
  'unknown-account': denied,
  'wrong-password': denied,
  'account-inactive': deniedByUs,
  'unknown-tenant': unknownTenant,
  'not-a-member': notFound,
  'account-locked': deniedByUs,
  throttled: error(429, sources.ours),
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
  'token-account-gone': deniedByUs,
  'permission-denied': deniedByUs,
  'client-key-wrong': deniedByUs,
  'client-access-disabled': deniedByUs,
  'malformed-body': malformed,
  'invalid-input': malformed,
  // Spring would say 415; the documented set of statuses has none.
  'unsupported-media-type': error(400, sources.ours),
  'body-too-large': error(400, sources.ours),
  'unknown-resource': notFound,
  'unknown-route': incorrectUrl,
  // Spring would say 405; the documentation's "incorrect URL" is all there is.
  'wrong-method': error(404, sources.ours),
  // The page prints what it is for, and no number.
  internal: error(500, sources.ours),
}
