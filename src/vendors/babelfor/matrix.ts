import { exampleFacts, Refusal } from '../../core/refusal.js'
import { accepted, besideLogin, inapplicable, notOpaque, type Outcomes, type Treatment } from '../vendor.js'
import type { BabelforTypes } from './fixture.js'

const noTenants = inapplicable('every customer runs a server of their own: there are no tenants')
const noStates = inapplicable('nothing of a user says that the account is switched off')

/** `failureStatus` is a matter of wording. */
const login: Outcomes = {
  ...besideLogin('assumed'),
  none: 'unknown-account',
  garbage: 'wrong-password',
  malformed: 'malformed-body',
  'other-vendor': 'unknown-account',
  'other-tenant': noTenants,
  'other-world': 'unknown-account',
  'other-user': 'wrong-password',
  'unknown-account': 'unknown-account',
  'account-disabled': noStates,
  'account-deleted': 'unknown-account',
  'locked-out': 'account-locked',
  throttled: 'throttled',
  'wrong-scheme': 'unknown-account',
  'wrong-place': 'unknown-account',
  'wrong-kind': 'wrong-password',
}

/** What is the same for both credentials. */
const either = {
  none: 'token-missing',
  'other-tenant': noTenants,
  'other-user': accepted('it is a good credential, and the answer is for whom it belongs to', 'documented'),
  'account-disabled': noStates,
  'locked-out': accepted('failed logins block logins only', 'assumed'),
  throttled: 'throttled',
  'wrong-scheme': 'token-missing',
  'wrong-place': 'token-missing',
} as const

const unsigned = new Refusal('token-bad-signature', { reason: 'unsigned' })
const unasked = accepted('a token of this vendor names neither issuer nor audience, and none is asked for', 'assumed')

const bearer = ({ statelessLogout }: BabelforTypes['settings']): Outcomes => ({
  ...either,
  garbage: 'token-malformed',
  malformed: 'token-malformed',
  'other-vendor': 'token-bad-signature',
  'other-world': 'token-bad-signature',
  'unknown-account': 'token-account-gone',
  expired: 'token-expired',
  'not-yet-valid': 'token-not-yet-valid',
  'wrong-issuer': unasked,
  'wrong-audience': unasked,
  'missing-claim': 'token-claim-missing',
  'alg-none': unsigned,
  'confused-algorithm': new Refusal('token-bad-signature', { reason: 'algorithm' }),
  'stripped-signature': unsigned,
  'altered-signature': 'token-bad-signature',
  'altered-claims': 'token-bad-signature',
  'wrong-key': 'token-bad-signature',
  'rotated-key': 'token-bad-signature',
  revoked: 'token-revoked',
  'logged-out': statelessLogout
    ? accepted('with statelessLogout a bearer token outlives its logout', 'assumed')
    : 'token-revoked',
  'account-deleted': 'token-account-gone',
  'wrong-kind': 'token-malformed',
})

const kind = 'api-key'
const ownerGone = new Refusal('token-account-gone', { ...exampleFacts['token-account-gone'], kind })

const apiKey: Outcomes = {
  ...either,
  ...notOpaque('token-unknown'),
  garbage: 'token-unknown',
  malformed: 'token-unknown',
  'other-vendor': 'token-unknown',
  'other-world': 'token-unknown',
  'unknown-account': ownerGone,
  expired: new Refusal('token-expired', { ...exampleFacts['token-expired'], kind }),
  'rotated-key': accepted('an API key is random text, signed with no key', 'source'),
  revoked: new Refusal('token-revoked', { ...exampleFacts['token-revoked'], kind }),
  'logged-out': accepted('a logout ends the bearer token that it came with; a key lives on', 'assumed'),
  'account-deleted': ownerGone,
  'wrong-kind': 'token-wrong-kind',
}

const logsOut = accepted('a key may ask for a logout, though nothing ends by it', 'assumed')

/** Operations of which no page says who may ask. */
const gated = (credential: string, outcomes: Outcomes): readonly Treatment[] => [
  {
    credential,
    operations: ['listRoles'],
    outcomes: { ...outcomes, 'other-user': accepted('anyone signed in may list the roles', 'assumed') },
  },
  {
    credential,
    operations: ['listApiKeys', 'insertApiKey'],
    outcomes: { ...outcomes, 'other-user': 'permission-denied' },
  },
]

export const matrix = (settings: BabelforTypes['settings']): readonly Treatment[] => [
  { credential: 'login', operations: ['login'], outcomes: login },
  { credential: 'bearer', operations: ['getUser', 'updateUser', 'logout'], outcomes: bearer(settings) },
  ...gated('bearer', bearer(settings)),
  { credential: kind, operations: ['getUser', 'updateUser'], outcomes: apiKey },
  { credential: kind, operations: ['logout'], outcomes: { ...apiKey, 'other-user': logsOut, 'rotated-key': logsOut } },
  ...gated(kind, apiKey),
]
