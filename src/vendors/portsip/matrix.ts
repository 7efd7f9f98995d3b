import {
  accepted,
  always,
  besideLogin,
  inapplicable,
  notOpaque,
  type Outcomes,
  type Treatment,
  weakened,
} from '../vendor.js'
import type { PortsipTypes } from './fixture.js'

const oneState = inapplicable('an account has no other state than to be there')
const good = accepted('it is a good token, and the answer is for whom it belongs to', 'documented')

const login = ({ lockout }: PortsipTypes['settings']): Outcomes => ({
  ...besideLogin('assumed'),
  none: 'invalid-input',
  garbage: 'wrong-password',
  malformed: 'malformed-body',
  'other-vendor': 'unknown-account',
  'other-tenant': 'unknown-account',
  'other-world': 'unknown-account',
  'other-user': 'wrong-password',
  'unknown-account': 'unknown-account',
  'account-disabled': oneState,
  'account-deleted': 'unknown-account',
  'locked-out': lockout ? 'account-locked' : accepted('the setting lockout is off', 'assumed'),
  throttled: 'throttled',
  'wrong-scheme': 'invalid-input',
  'wrong-place': 'invalid-input',
  'wrong-kind': 'wrong-password',
})

/** A name alone. */
const forgotten: Outcomes = {
  ...always(accepted('it asks for a name only, and its answer does not tell whether anybody has it', 'assumed')),
  none: 'invalid-input',
  malformed: 'malformed-body',
  'account-disabled': oneState,
  throttled: 'throttled',
  'wrong-scheme': 'invalid-input',
  'wrong-place': 'invalid-input',
}

const anonymous: Outcomes = {
  ...always(accepted('it asks for no credential, and looks at none', 'assumed')),
  none: accepted('it asks for no credential', 'documented'),
  'account-disabled': oneState,
  throttled: 'throttled',
}

/** A session by its cookie, or an access token as a bearer token. */
const token: Outcomes = {
  ...notOpaque('token-unknown'),
  none: 'token-missing',
  garbage: 'token-unknown',
  malformed: 'token-unknown',
  'other-vendor': 'token-unknown',
  'other-tenant': 'token-wrong-tenant',
  'other-world': 'token-unknown',
  'other-user': good,
  'unknown-account': 'token-account-gone',
  expired: 'token-expired',
  'rotated-key': accepted('an opaque token is signed with no key', 'documented'),
  revoked: 'token-revoked',
  'logged-out': 'token-revoked',
  'account-disabled': oneState,
  'account-deleted': 'token-account-gone',
  'locked-out': accepted('a blocked address cannot log in by password, and that is all', 'assumed'),
  throttled: 'throttled',
  'wrong-scheme': 'token-missing',
  'wrong-place': 'token-missing',
  'wrong-kind': 'token-wrong-kind',
}

/** An access token of OAuth's. */
const oauth: Outcomes = {
  ...token,
  'wrong-kind': accepted('the one scheme takes access tokens of sessions as well', 'documented'),
}

const inBody: Outcomes = {
  ...token,
  none: 'invalid-input',
  'wrong-scheme': 'invalid-input',
  'wrong-place': 'invalid-input',
}

/** A token of a sign-in or of a new password, half way through. */
const underWay: Outcomes = { ...inBody, 'logged-out': accepted('it belongs to no session', 'assumed') }

/** Of a bearer token in the place of the cookie nobody says that it is looked at. */
const forCookie = (bearer: Outcomes): Outcomes => ({
  ...weakened(bearer, 'assumed'),
  none: 'token-missing',
  'wrong-scheme': 'token-missing',
  'wrong-place': 'token-missing',
})

const ending: Outcomes = {
  ...always(accepted('without a session there is nothing to end, and that is no error', 'assumed')),
  'other-user': good,
  'rotated-key': token['rotated-key'],
  'account-disabled': oneState,
  'locked-out': token['locked-out'],
  throttled: 'throttled',
}

const endingOAuth: Outcomes = { ...ending, 'wrong-kind': oauth['wrong-kind'] }

const under22: readonly Treatment[] = [
  { credential: 'login', operations: ['forgetPassword'], outcomes: forgotten },
  { credential: 'refresh', operations: ['refreshToken'], outcomes: inBody },
  { credential: 'two-factor', operations: ['sendOtp', 'verifyOtp'], outcomes: underWay },
  { credential: 'password-reset', operations: ['resetPassword'], outcomes: underWay },
]

export function matrix(settings: PortsipTypes['settings']): readonly Treatment[] {
  const is22 = settings.profile === '22.2'
  const bearerOnly = ['getUser', 'oauthRevoke', ...(is22 ? ['signOut', 'getAuthUser'] : [])]
  return [
    { credential: 'login', operations: ['login', ...(is22 ? ['signIn'] : [])], outcomes: login(settings) },
    // Any form can be read: what is left of this one names no client.
    { credential: 'login', operations: ['oauthToken'], outcomes: { ...login(settings), malformed: 'invalid-input' } },
    { credential: 'none', operations: ['getInfo'], outcomes: anonymous },
    { credential: 'session', operations: ['getLoginStatus'], outcomes: token },
    { credential: 'access', operations: ['getLoginStatus'], outcomes: forCookie(token) },
    { credential: 'oauth', operations: ['getLoginStatus'], outcomes: forCookie(oauth) },
    { credential: 'access', operations: bearerOnly, outcomes: token },
    { credential: 'oauth', operations: bearerOnly, outcomes: oauth },
    { credential: 'session', operations: ['logout'], outcomes: ending },
    { credential: 'access', operations: ['logout'], outcomes: weakened(ending, 'assumed') },
    { credential: 'oauth', operations: ['logout'], outcomes: weakened(endingOAuth, 'assumed') },
    { credential: 'refresh', operations: ['oauthToken'], outcomes: inBody },
    ...(is22 ? under22 : []),
  ]
}
