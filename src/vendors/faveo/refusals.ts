import { laravelOptions } from '../../dialects/laravel.js'
import type { Ground, RefusalTable, WireError } from '../vendor.js'
import type { FaveoTypes } from './fixture.js'
import * as older from './refusals-1.9.js'
import { sources } from './sources.js'
import { type At, answer, isOwnUser, throttledFirst, underApi, type Wording } from './wording.js'

/** Two wordings of one refusal: since release 1.10, and before. */
const since110 =
  <F>(now: Wording<F>, before: Wording<F>): Wording<F> =>
  (facts, scene) =>
    (scene.settings.profile === '1.9' ? before : now)(facts, scene)

/** A token that is not accepted: app/Http/Middleware/JwtAuthenticate.php, without `WWW-Authenticate`. */
const denied = (message: string, ground: Ground = sources.middleware, assumed?: readonly string[]): WireError =>
  answer(401, { success: false, message }, ground, assumed)

/** A failed login is 200: the mobile apps look for the number in the body (Api/v1/TokenAuthController.php). */
const invalidCredentials = (_facts: unknown, { settings }: At): WireError =>
  answer(200, { [settings.errorKey]: 'invalid_credentials', status_code: 401 }, sources.controllers, [
    'letter case of the key',
  ])

const failed = (error: string, ground: Ground): WireError => answer(500, { error }, ground)
const unforeseen = since110(() => failed('', sources.ours), older.unforeseen)
const notOurs = since110(() => denied('Token Signature could not be verified.', sources.ours), older.notOurs)

const lacksClaims = (ground?: Ground) => denied('JWT payload does not contain the required claims', ground)

/** In 1.10 a claim is judged twice, and which judgement comes first was not tried; in 2 the order can be read. */
const eitherText = ({ settings }: At): string[] =>
  settings.profile === '2' ? [] : ['which of its two texts comes first']

export const refuse: RefusalTable<FaveoTypes['settings']> = {
  'unknown-account': invalidCredentials,
  'wrong-password': invalidCredentials,
  'account-inactive': invalidCredentials,
  'unknown-tenant': unforeseen,
  'not-a-member': unforeseen,
  'account-locked': unforeseen,
  // The handler turns the framework's 429 into a 500 and loses Retry-After (app/Exceptions/Handler.php, render500).
  throttled: since110(
    (_facts, at) => failed('Too Many Attempts.', throttledFirst(at, sources.handler)),
    older.throttled,
  ),
  'token-missing': since110(() => denied('Token not provided'), older.missing),
  'token-malformed': since110(({ reason, detail }) => {
    if (reason === 'segments') return denied('Wrong number of segments')
    if (reason === 'empty-segment') return denied('Malformed token')
    return detail === undefined ? lacksClaims() : denied(`Could not decode token: ${detail}`)
  }, older.malformed),
  'token-bad-signature': since110(
    ({ reason }, { settings }) =>
      // Release 1.10 fails with 500 over a token that says `none`.
      denied(
        'Token Signature could not be verified.',
        reason === 'unsigned' && settings.profile === '1.10' ? sources.ours : sources.middleware,
      ),
    older.badlySigned,
  ),
  // The product fills in what is missing, all but `sub`; its configuration asks for every one.
  'token-claim-missing': since110(
    ({ claim }) => lacksClaims(claim === 'sub' ? sources.middleware : sources.ours),
    older.claimMissing,
  ),
  'token-claim-invalid': since110(
    ({ claim }, at) => denied(`Invalid value provided for claim [${claim}]`, undefined, eitherText(at)),
    older.claimInvalid,
  ),
  'token-not-yet-valid': since110(
    (_facts, at) => denied('Not Before (nbf) timestamp cannot be in the future', undefined, eitherText(at)),
    older.notYetValid,
  ),
  // Of the routes with a token the wiki shows this one only.
  'token-expired': since110(
    (_facts, at) =>
      at.settings.legacyExpiredBody && isOwnUser(at)
        ? answer(200, { error: 'Token has expired' }, sources.controllers)
        : denied('Token has expired'),
    older.expired,
  ),
  'token-revoked': since110(() => denied('The token has been blacklisted'), older.revoked),
  'token-unknown': notOurs,
  'token-wrong-kind': notOurs,
  'token-wrong-tenant': notOurs,
  'token-account-gone': since110(() => denied('User not found'), older.accountGone),
  'permission-denied': unforeseen,
  'client-key-wrong': () => answer(200, { result: 'wrong api key' }, sources.ours, ['that the key is checked at all']),
  // The generation of a key asks for itself whether the API is on; elsewhere the check that never runs would.
  'client-access-disabled': (_facts, { operation }) =>
    answer(200, { result: 'please enable api' }, operation === 'generateApiKey' ? sources.controllers : sources.ours),
  'malformed-body': unforeseen,
  'invalid-input': unforeseen,
  'unsupported-media-type': unforeseen,
  'body-too-large': unforeseen,
  'unknown-resource': unforeseen,
  'unknown-route': since110(
    (_facts, { path }) => answer(404, { success: false, message: 'not-found' }, underApi(path, sources.handler)),
    older.unknownRoute,
  ),
  'wrong-method': ({ allowed }, scene) => {
    if (scene.method === 'OPTIONS') return { ...laravelOptions(allowed), ...sources.framework }
    return scene.settings.profile === '1.9'
      ? older.wrongMethod()
      : answer(405, { message: 'Method not allowed', success: false }, sources.handler)
  },
  internal: since110(({ message }) => failed(message, sources.handler), older.internal),
}
