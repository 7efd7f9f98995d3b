import { bearerOf, type Claimant, findText } from '../../core/claimant.js'
import type { Sent } from '../vendor.js'
import { byUsername, type PortsipRealm } from './fixture.js'
import { findCredential } from './session.js'

export const loginsNamed = (name: string) => [byUsername(name, null)]

/** Operations that take a login or a token from the body, and look nowhere else. */
const anonymous: ReadonlySet<string | null> = new Set([
  'login',
  'oauthToken',
  'signIn',
  'sendOtp',
  'verifyOtp',
  'refreshToken',
  'forgetPassword',
  'resetPassword',
])

export function claimant({ operation, headers, body }: Sent, realm: PortsipRealm): Claimant {
  if (!anonymous.has(operation)) return bearerOf(findCredential(realm, { headers })?.text)
  const username = findText(body, 'username')
  if (username === undefined) return bearerOf(findText(body, 'refresh_token') ?? findText(body, 'token'))
  return { account: realm.accounts.findByLogin(byUsername(username, findText(body, 'domain') ?? null))?.id }
}
