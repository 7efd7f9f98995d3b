import { Refusal } from '../../core/refusal.js'
import {
  type Accepted,
  accepted,
  always,
  besideLogin,
  inapplicable,
  type Outcome,
  type Outcomes,
  type Treatment,
} from '../vendor.js'
import type { FaveoTypes } from './fixture.js'
import type { Profile } from './settings.js'

const segments = new Refusal('token-malformed', { reason: 'segments' })
const unlocked = accepted('failed logins are not counted', 'source')

/** What there is one of. */
const single = {
  'other-tenant': inapplicable('an installation has no tenants'),
  'wrong-kind': inapplicable('there is one kind of token'),
}

/** Nothing is validated: what is missing belongs to nobody. */
const login: Outcomes = {
  ...besideLogin('source'),
  none: 'unknown-account',
  garbage: 'wrong-password',
  // Laravel reads a body that it cannot understand as an empty one.
  malformed: 'unknown-account',
  'other-vendor': 'unknown-account',
  'other-tenant': single['other-tenant'],
  'other-world': 'unknown-account',
  'other-user': 'wrong-password',
  'unknown-account': 'unknown-account',
  'account-disabled': 'account-inactive',
  'account-deleted': 'unknown-account',
  'locked-out': unlocked,
  throttled: 'throttled',
  'wrong-scheme': 'unknown-account',
  'wrong-place': accepted('Laravel lays the body over the query and reads both', 'framework'),
  'wrong-kind': 'wrong-password',
}

/** As it is sent in an Authorization header. */
const token: Outcomes = {
  none: 'token-missing',
  garbage: segments,
  malformed: segments,
  'other-vendor': 'token-bad-signature',
  'other-world': 'token-bad-signature',
  'other-user': accepted('it is a good token, and the answer is for whom it belongs to', 'documented'),
  'unknown-account': 'token-account-gone',
  expired: 'token-expired',
  'not-yet-valid': 'token-not-yet-valid',
  'wrong-issuer': accepted('an issuer has to be named; which one is not looked at', 'source'),
  'wrong-audience': accepted('nothing asks for an audience', 'source'),
  'missing-claim': 'token-claim-missing',
  // The pattern that cuts the token out of the header drops the dot at its end.
  'alg-none': segments,
  'confused-algorithm': 'token-bad-signature',
  'stripped-signature': segments,
  'altered-signature': 'token-bad-signature',
  'altered-claims': 'token-bad-signature',
  'wrong-key': 'token-bad-signature',
  'rotated-key': 'token-bad-signature',
  revoked: 'token-revoked',
  'logged-out': accepted('no route logs out: a token lives until it expires', 'source'),
  'account-disabled': accepted('whether the user is active is asked at a login only', 'source'),
  'account-deleted': 'token-account-gone',
  'locked-out': unlocked,
  throttled: 'throttled',
  'wrong-scheme': 'token-missing',
  'wrong-place': accepted('the query is where the wiki puts it', 'documented'),
  ...single,
}

const emptySegment = new Refusal('token-malformed', { reason: 'empty-segment' })

/** What a release reads otherwise, whose pattern keeps the dot. */
const withDot: Readonly<Record<Profile, Partial<Outcomes>>> = {
  1.9: {
    'alg-none': new Refusal('token-bad-signature', {
      reason: 'unsigned',
      detail: 'The token "{token}" cannot be validated in a secure context, as it uses the unallowed "none" algorithm',
    }),
    'stripped-signature': 'token-bad-signature',
  },
  '1.10': {},
  2: { 'alg-none': emptySegment, 'stripped-signature': emptySegment },
}

const none: Outcomes = {
  ...always(accepted('it asks for no credential', 'source')),
  throttled: 'throttled',
  ...single,
}

/** Where the API is switched off: nobody is asked for a credential. */
const off: Outcomes = { ...always('client-access-disabled'), throttled: 'throttled', ...single }

const isAccepted = (outcome: Outcome): outcome is Accepted => typeof outcome === 'object' && 'accepted' in outcome

/** The token is asked for first, and a new key is made only while the API is on. */
const keyless: Partial<Outcomes> = Object.fromEntries(
  Object.entries(token)
    .filter(([, outcome]) => isAccepted(outcome))
    .map(([name]) => [name, 'client-access-disabled']),
)

/** Of requests that carry the installation's API key, where that is mandatory. */
export function matrix({ profile, apiEnabled, apiKeyMandatory }: FaveoTypes['settings']): readonly Treatment[] {
  const isOff = apiKeyMandatory && !apiEnabled
  const own: Outcomes = { ...token, ...withDot[profile] }
  return [
    {
      credential: 'login',
      operations: ['authenticate'],
      outcomes: isOff ? { ...off, 'wrong-kind': 'client-access-disabled' } : login,
    },
    { credential: 'access', operations: ['getAuthenticatedUser'], outcomes: isOff ? off : own },
    { credential: 'access', operations: ['generateApiKey'], outcomes: apiEnabled ? own : { ...own, ...keyless } },
    { credential: 'none', operations: ['checkUrl'], outcomes: none },
  ]
}
