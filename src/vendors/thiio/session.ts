import { addYears, seconds } from '../../core/clock.js'
import {
  assertClaims,
  assertIssuedInThePast,
  assertNotBefore,
  assertNotExpired,
  signRs256,
  verifySignature,
} from '../../core/jwt.js'
import { Refusal } from '../../core/refusal.js'
import type { ThiioAccount, ThiioRealm } from './fixture.js'

interface Headers {
  readonly authorization?: string | undefined
}

/** Passport's personal access client. */
const client = '1'

const header = '{"typ":"JWT","alg":"RS256"}'

/**
 * A new token, and the whole second at which it ends. Passport sets the expiry, saves the token (26 ms in the published
 * sample) and then reads the clock twice, `iat` before `nbf` (5 µs), as fractions of a second: league/oauth2-server
 * 8.5.5, `AbstractGrant::issueAccessToken` and `AccessTokenTrait::convertToJWT`.
 */
export async function issue(realm: ThiioRealm, account: ThiioAccount): Promise<{ token: string; expires: number }> {
  const now = realm.clock.now()
  const expiresAt = addYears(now - 26, realm.settings.tokenLifetimeYears)
  const jti = realm.chance.hex('jti', 40)
  const payload = JSON.stringify({
    aud: client,
    jti,
    iat: (now * 1000 - 5) / 1e6,
    nbf: now / 1000,
    exp: expiresAt / 1000,
    sub: account.id,
    scopes: [],
  })
  const token = await signRs256(header, payload, realm.keys.pair().privateKey)
  realm.tokens.issue(token, { id: jti, kind: 'access', account: account.id, issuedAt: now, expiresAt, facts: {} })
  return { token, expires: seconds(expiresAt) }
}

/**
 * Laravel asks for `Bearer ` anywhere in the header, in this letter case (`Request::bearerToken`); the OAuth library
 * then takes it off the front only and reads all of the rest (`BearerTokenValidator`, league/oauth2-server 8.5.5).
 */
function presented({ authorization = '' }: Headers): string {
  if (!authorization.includes('Bearer ')) throw new Refusal('token-missing', {})
  return authorization.replace(/^\s*Bearer\s/, '').trim()
}

/**
 * Whose live token is presented. A deactivated user's is good, as Passport knows nothing of `deactivated_at`.
 * Throws the `token-…` refusals.
 */
export function authenticate(realm: ThiioRealm, headers: Headers): ThiioAccount {
  const now = realm.clock.now()
  const key = realm.keys.pair().publicKey
  const claims = verifySignature(presented(headers), { key, algorithm: 'RS256', now })
  assertIssuedInThePast(claims, now)
  assertNotBefore(claims, now)
  assertNotExpired(claims, now)

  assertClaims(claims, ['jti', 'sub', 'aud'])
  const token = realm.tokens.find(String(claims.jti))
  if (!token) throw new Refusal('token-unknown', {})
  realm.tokens.assertLive(token)

  const id = String(claims.sub)
  const account = realm.accounts.find(id)
  if (!account || account.state === 'deleted') throw new Refusal('token-account-gone', { account: id })
  if (claims.aud !== client) throw new Refusal('token-claim-invalid', { claim: 'aud' })
  return account
}
