import {
  assertClaims,
  assertIssuedInThePast,
  assertNotBefore,
  assertNotExpired,
  isBase64url,
  verifySignature,
} from '../../core/jwt.js'
import { Refusal } from '../../core/refusal.js'
import type { ThiioAccount, ThiioRealm } from './fixture.js'
import { client } from './tokens.js'

interface Headers {
  readonly authorization?: string | undefined
}

/**
 * Laravel asks for `Bearer ` anywhere in the header, in this letter case (`Request::bearerToken`); the OAuth library
 * then takes it off the front only and reads all of the rest (`BearerTokenValidator`, league/oauth2-server 8.5.5).
 */
export function findBearer({ authorization = '' }: Headers): string | undefined {
  return authorization.includes('Bearer ') ? authorization.replace(/^\s*Bearer\s/, '').trim() : undefined
}

/**
 * Whose live token is presented. A deactivated user's is good, as Passport knows nothing of `deactivated_at`.
 * Throws the `token-…` refusals.
 */
export function authenticate(realm: ThiioRealm, headers: Headers): ThiioAccount {
  const now = realm.clock.now()
  const keys = realm.keys.publicKeys()
  const text = findBearer(headers)
  if (text === undefined) throw new Refusal('token-missing', {})
  const claims = verifySignature(text, { keys, algorithm: 'RS256', now })
  // Assumed: lcobucci/jwt has libsodium decode all three, which takes one spelling of each only.
  if (!text.split('.').every(isBase64url)) throw new Refusal('token-malformed', { reason: 'encoding' })
  assertIssuedInThePast(claims, now)
  assertNotBefore(claims, now)
  assertNotExpired(claims, now)

  assertClaims(claims, ['jti', 'sub', 'aud'])
  const token = realm.tokens.findJwt(text, String(claims.jti))
  if (!token) throw new Refusal('token-unknown', {})
  realm.tokens.assertLive(token)

  const id = String(claims.sub)
  const account = realm.accounts.find(id)
  if (!account || account.state === 'deleted') throw new Refusal('token-account-gone', { account: id })
  if (claims.aud !== client) throw new Refusal('token-claim-invalid', { claim: 'aud' })
  return account
}
