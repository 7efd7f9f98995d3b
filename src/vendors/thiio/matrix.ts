import { Refusal } from '../../core/refusal.js'
import { accepted, besideLogin, inapplicable, type Outcomes, type Treatment } from '../vendor.js'
import type { ThiioTypes } from './fixture.js'

const lacking = (...names: readonly string[]) =>
  new Refusal('invalid-input', { problems: names.map((name) => ({ pointer: `/${name}`, expected: 'required' })) })

const oneCustomer = inapplicable('every sub-domain is the same customer')

const login = ({ requireIntegration }: ThiioTypes['settings']): Outcomes => ({
  ...besideLogin('assumed'),
  none: lacking('email', 'password'),
  garbage: 'wrong-password',
  // Laravel reads a body that it cannot understand as an empty one.
  malformed: lacking('email', 'password', ...(requireIntegration ? ['integration'] : [])),
  'other-vendor': 'unknown-account',
  'other-tenant': oneCustomer,
  'other-world': 'unknown-account',
  'other-user': 'wrong-password',
  'unknown-account': 'unknown-account',
  'account-disabled': 'account-inactive',
  'account-deleted': 'unknown-account',
  'locked-out': accepted('no page says that failed logins lock anything', 'assumed'),
  throttled: 'throttled',
  'wrong-scheme': lacking('email', 'password'),
  'wrong-place': accepted('Laravel lays the body over the query and reads both', 'framework'),
  'wrong-kind': 'wrong-password',
})

const token: Outcomes = {
  none: 'token-missing',
  garbage: 'token-malformed',
  malformed: 'token-malformed',
  'other-vendor': 'token-bad-signature',
  'other-tenant': oneCustomer,
  // Worlds share the development keys, and each knows only the tokens that it has issued.
  'other-world': 'token-unknown',
  'other-user': accepted('it is a good token, and the answer is for whom it belongs to', 'documented'),
  'unknown-account': 'token-account-gone',
  expired: 'token-expired',
  'not-yet-valid': 'token-not-yet-valid',
  'wrong-issuer': accepted('Passport puts no issuer into a token and asks for none', 'framework'),
  'wrong-audience': new Refusal('token-claim-invalid', { claim: 'aud' }),
  'missing-claim': new Refusal('token-claim-missing', { claim: 'jti' }),
  'alg-none': 'token-bad-signature',
  'confused-algorithm': 'token-bad-signature',
  'stripped-signature': 'token-bad-signature',
  'altered-signature': 'token-bad-signature',
  'altered-claims': 'token-bad-signature',
  'wrong-key': 'token-bad-signature',
  'rotated-key': 'token-bad-signature',
  revoked: 'token-revoked',
  'logged-out': accepted('no page has a logout: a token lives until it expires', 'assumed'),
  'account-disabled': accepted('Passport knows nothing of deactivated_at', 'assumed'),
  'account-deleted': 'token-account-gone',
  'locked-out': accepted('no page says that failed logins lock anything', 'assumed'),
  throttled: 'throttled',
  'wrong-scheme': 'token-missing',
  'wrong-place': 'token-missing',
  'wrong-kind': inapplicable('there is one kind of token'),
}

export const matrix = (settings: ThiioTypes['settings']): readonly Treatment[] => [
  { credential: 'login', operations: ['login'], outcomes: login(settings) },
  { credential: 'access', operations: ['check'], outcomes: token },
]
