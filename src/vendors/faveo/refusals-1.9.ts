import type { Refusals } from '../../core/refusal.js'
import type { Ground, WireError } from '../vendor.js'
import { sources } from './sources.js'
import { type At, answer, isOwnUser, throttledFirst, underApi, type Wording } from './wording.js'

// What release 1.9 says otherwise: https://github.com/ladybirdweb/faveo-helpdesk/tree/v1.9.6

type Words<C extends keyof Refusals> = Wording<Refusals[C]>

const html = { 'content-type': 'text/html; charset=UTF-8' }

const page = `<!DOCTYPE html>
<h2>Sorry, something went wrong</h2>
<p>We're working on it and we'll get it fixed as soon as we can.</p>
`

/** What the handler knows no better answer to is a page, with 200 (app/Exceptions/Handler.php, render500). */
const failed = (ground: Ground): WireError => ({
  status: 200,
  body: page,
  headers: html,
  ...ground,
  assumed: ['the page about the message'],
})

export const unforeseen = () => failed(sources.ours)
export const internal = () => failed(sources.handler19)
export const wrongMethod = () => failed(sources.handler19)

/**
 * A token that is not accepted. authenticate/user has no middleware and puts the message of whatever was thrown into a
 * 200 (Api/v1/TokenAuthController.php); elsewhere one word of four stands for it (jwt-auth 0.5, GetUserFromToken).
 */
const denied =
  (message: string, status = 400, word = 'token_invalid', ground?: Ground) =>
  (at: At): WireError =>
    isOwnUser(at)
      ? answer(200, { error: message }, ground ?? sources.controllers19)
      : answer(status, { error: word }, ground ?? sources.middleware19)

const lacksClaims = (ground?: Ground) =>
  denied('JWT payload does not contain the required claims', undefined, undefined, ground)
const badSignature = (ground?: Ground) => denied('Token Signature could not be verified.', undefined, undefined, ground)

export const missing: Words<'token-missing'> = (_facts, at) =>
  denied('The token could not be parsed from the request', 400, 'token_not_provided')(at)

export const malformed: Words<'token-malformed'> = ({ reason, detail }, at) => {
  // The middleware takes a text that cannot be a token for none.
  if (reason === 'segments') return denied('Wrong number of segments', 400, 'token_not_provided')(at)
  return (detail === undefined ? lacksClaims() : denied(`Could not decode token: ${detail}`))(at)
}

export const badlySigned: Words<'token-bad-signature'> = ({ detail }, at) =>
  (detail === undefined ? badSignature() : denied(`Could not decode token: ${detail}`))(at)

export const claimMissing: Words<'token-claim-missing'> = ({ claim }, at) =>
  lacksClaims(claim === 'sub' ? undefined : sources.ours)(at)

/** `iat` in the future comes without a value; what comes with one is no instant. */
export const claimInvalid: Words<'token-claim-invalid'> = ({ claim, value }, at) =>
  denied(
    value === undefined && claim === 'iat'
      ? 'Issued At (iat) timestamp cannot be in the future'
      : `Invalid value provided for claim "${claim}": ${value ?? ''}`,
  )(at)

export const notYetValid: Words<'token-not-yet-valid'> = (_facts, at) =>
  denied('Not Before (nbf) timestamp cannot be in the future')(at)

export const expired: Words<'token-expired'> = (_facts, at) => denied('Token has expired', 200, 'token_expired')(at)

export const revoked: Words<'token-revoked'> = (_facts, at) => denied('The token has been blacklisted', 401)(at)

export const notOurs = (_facts: unknown, at: At): WireError => badSignature(sources.ours)(at)

/** On authenticate/user a list, because its author forgot that a status is an argument of its own. */
export const accountGone: Words<'token-account-gone'> = (_facts, at) =>
  isOwnUser(at)
    ? answer(200, ['user_not_found', 404], sources.controllers19)
    : answer(404, { error: 'user_not_found' }, sources.middleware19)

/** The framework's own answer (laravel/framework 5.2, ThrottleRequests). */
export const throttled: Words<'throttled'> = ({ limit, retryAfterSeconds }, at) => ({
  status: 429,
  body: 'Too Many Attempts.',
  headers: {
    ...html,
    'x-ratelimit-limit': limit,
    'x-ratelimit-remaining': 0,
    'retry-after': retryAfterSeconds,
  },
  ...throttledFirst(at, sources.framework19),
})

export const unknownRoute: Words<'unknown-route'> = (_facts, { path }) =>
  answer(200, { status: '404' }, underApi(path, sources.handler19))
