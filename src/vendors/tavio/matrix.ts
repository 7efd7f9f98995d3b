import { accepted, besideLogin, notOpaque, type Outcomes, type Treatment } from '../vendor.js'

const login: Outcomes = {
  ...besideLogin('assumed'),
  none: 'invalid-input',
  garbage: 'wrong-password',
  malformed: 'malformed-body',
  'other-vendor': 'unknown-account',
  'other-tenant': 'not-a-member',
  'other-world': 'unknown-account',
  'other-user': 'wrong-password',
  'unknown-account': 'unknown-account',
  'account-disabled': 'account-inactive',
  'account-deleted': 'unknown-account',
  'locked-out': accepted('no page says that failed logins lock anything', 'assumed'),
  throttled: 'throttled',
  'wrong-scheme': 'invalid-input',
  'wrong-place': 'invalid-input',
  'wrong-kind': 'wrong-password',
}

const token: Outcomes = {
  ...notOpaque('token-unknown'),
  none: 'token-missing',
  garbage: 'token-unknown',
  malformed: 'token-unknown',
  'other-vendor': 'token-unknown',
  'other-tenant': 'token-wrong-tenant',
  'other-world': 'token-unknown',
  'other-user': accepted('it is a good token, and the answer is for whom it belongs to', 'documented'),
  'unknown-account': 'token-account-gone',
  expired: 'token-expired',
  'rotated-key': accepted('an opaque token is signed with no key', 'seed'),
  revoked: 'token-revoked',
  'logged-out': accepted('no page has a logout: a token lives until it expires', 'assumed'),
  'account-disabled': accepted('the state of an account is asked at a login only', 'assumed'),
  'account-deleted': 'token-account-gone',
  'locked-out': accepted('no page says that failed logins lock anything', 'assumed'),
  throttled: 'throttled',
  'wrong-scheme': 'token-missing',
  'wrong-place': 'token-missing',
  'wrong-kind': accepted('orgAuth and envAuth tokens are both good here', 'assumed'),
}

export const matrix = (): readonly Treatment[] => [
  { credential: 'login', operations: ['login'], outcomes: login },
  { credential: 'orgAuth', operations: ['renew', 'me', 'listUsers'], outcomes: token },
  { credential: 'orgAuth', operations: ['connect'], outcomes: { ...token, 'wrong-kind': 'token-wrong-kind' } },
  { credential: 'envAuth', operations: ['renew', 'me', 'listUsers'], outcomes: token },
]
