import { laravelOptions } from '../../dialects/laravel.js'
import { phpJson } from '../../dialects/php-json.js'
import type { Evidence, RefusalTable, Scene, WireError } from '../vendor.js'
import type { FaveoTypes } from './fixture.js'

type At = Scene<FaveoTypes['settings']>

const answer = (status: number, body: unknown, evidence: Evidence, assumed: readonly string[] = []): WireError => ({
  status,
  body: phpJson(body),
  evidence,
  assumed,
})

/** A token that is not accepted: app/Http/Middleware/JwtAuthenticate.php, without `WWW-Authenticate`. */
const denied = (message: string, evidence: Evidence = 'source', assumed?: readonly string[]): WireError =>
  answer(401, { success: false, message }, evidence, assumed)

/** A failed login is 200: the mobile apps look for the number in the body (Api/v1/TokenAuthController.php). */
const invalidCredentials = (_facts: unknown, { settings }: At): WireError =>
  answer(200, { [settings.errorKey]: 'invalid_credentials', status_code: 401 }, 'source', ['letter case of the key'])

const failed = (error: string, evidence: Evidence): WireError => answer(500, { error }, evidence)
const unforeseen = () => failed('', 'assumed')
const notOurs = () => denied('Token Signature could not be verified.', 'assumed')

const underApi = (path: string): Evidence => (/^\/api(\/|$)/.test(path) ? 'source' : 'assumed')

const lacksClaims = (evidence: Evidence) => denied('JWT payload does not contain the required claims', evidence)

export const refuse: RefusalTable<FaveoTypes['settings']> = {
  'unknown-account': invalidCredentials,
  'wrong-password': invalidCredentials,
  'account-inactive': invalidCredentials,
  'unknown-tenant': unforeseen,
  'not-a-member': unforeseen,
  'account-locked': unforeseen,
  // The handler turns the framework's 429 into a 500 and loses Retry-After (app/Exceptions/Handler.php, render500).
  throttled: () => failed('Too Many Attempts.', 'source'),
  'token-missing': () => denied('Token not provided'),
  'token-malformed': ({ reason, detail }) => {
    if (reason === 'segments') return denied('Wrong number of segments')
    if (reason === 'empty-segment') return denied('Malformed token')
    if (detail === undefined) return lacksClaims('source')
    return denied(`Could not decode token: Error while decoding to JSON: ${detail}`)
  },
  'token-bad-signature': ({ reason }) =>
    // The product fails with 500 over a token that says `none`.
    denied('Token Signature could not be verified.', reason === 'unsigned' ? 'assumed' : 'source'),
  // The product fills in what is missing, all but `sub`; its configuration asks for every one.
  'token-claim-missing': ({ claim }) => lacksClaims(claim === 'sub' ? 'source' : 'assumed'),
  'token-claim-invalid': ({ claim }) =>
    denied(`Invalid value provided for claim [${claim}]`, 'source', ['which of its two texts for iat comes first']),
  'token-not-yet-valid': () =>
    denied('Not Before (nbf) timestamp cannot be in the future', 'source', ['which of its two texts comes first']),
  // Of the routes with a token the wiki shows this one only.
  'token-expired': (_facts, { settings, path }) =>
    settings.legacyExpiredBody && path === '/api/v1/authenticate/user'
      ? answer(200, { error: 'Token has expired' }, 'source')
      : denied('Token has expired', 'source'),
  'token-revoked': () => denied('The token has been blacklisted'),
  'token-unknown': notOurs,
  'token-wrong-kind': notOurs,
  'token-wrong-tenant': notOurs,
  'token-account-gone': () => denied('User not found'),
  'permission-denied': unforeseen,
  'client-key-wrong': () => answer(200, { result: 'wrong api key' }, 'assumed', ['that the key is checked at all']),
  // The generation of a key asks for itself whether the API is on; elsewhere the check that never runs would.
  'client-access-disabled': (_facts, { path }) =>
    answer(200, { result: 'please enable api' }, path === '/api/v1/helpdesk/api_key' ? 'source' : 'assumed'),
  'malformed-body': unforeseen,
  'invalid-input': unforeseen,
  'unsupported-media-type': unforeseen,
  'body-too-large': unforeseen,
  'unknown-resource': unforeseen,
  'unknown-route': (_facts, { path }) => answer(404, { success: false, message: 'not-found' }, underApi(path)),
  'wrong-method': ({ allowed }, { method }) =>
    method === 'OPTIONS'
      ? { ...laravelOptions(allowed), evidence: 'framework' }
      : answer(405, { message: 'Method not allowed', success: false }, 'source'),
  internal: ({ message }) => failed(message, 'source'),
}
