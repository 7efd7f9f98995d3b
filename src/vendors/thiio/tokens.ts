import { addYears, seconds } from '../../core/clock.js'
import { issueRs256, type JwtDraft } from '../../core/draft.js'
import { jwtDefects, type TokenMaking, type Wanted } from '../../core/making.js'
import { bearer } from '../../dialects/bearer.js'
import type { Profile, ThiioAccount, ThiioRealm, ThiioTypes } from './fixture.js'

/** Passport's personal access client. */
export const client = '1'

/**
 * Passport sets the expiry, saves the token (26 ms in the published sample) and then reads the clock twice, `iat` before
 * `nbf` (5 µs), as fractions of a second: league/oauth2-server 8.5.5, `AbstractGrant::issueAccessToken` and
 * `AccessTokenTrait::convertToJWT`.
 */
function draft(wanted: Omit<Wanted<Profile>, 'issuer'>, realm: ThiioRealm): JwtDraft<ThiioTypes['token']> {
  const { account, issuedAt, expiresAt, id } = wanted
  const jti = id ?? realm.tokens.newId(() => realm.chance.hex('jti', 40))
  const claims = {
    aud: client,
    jti,
    iat: (issuedAt * 1000 - 5) / 1e6,
    nbf: issuedAt / 1000,
    exp: expiresAt === null ? null : expiresAt / 1000,
    sub: account.id,
    scopes: [],
  }
  return {
    jwt: { algorithm: 'RS256', claims, written: { header: { typ: 'JWT', alg: 'RS256' }, json: JSON.stringify } },
    row: { id: jti, kind: 'access', account: account.id, issuedAt, expiresAt, facts: {} },
  }
}

const expiry = (issuedAt: number, { tokenLifetimeYears }: ThiioTypes['settings']): number =>
  addYears(issuedAt - 26, tokenLifetimeYears)

/** A new token, and the whole second at which it ends. */
export async function issue(realm: ThiioRealm, account: ThiioAccount): Promise<{ token: string; expires: number }> {
  const issuedAt = realm.clock.now()
  const expiresAt = expiry(issuedAt, realm.settings)
  const wanted = { kind: 'access', account, tenant: null, environment: null, issuedAt, expiresAt }
  return { token: await issueRs256(realm, draft(wanted, realm)), expires: seconds(expiresAt) }
}

export const tokens: TokenMaking<ThiioTypes> = {
  kinds: [{ name: 'access', identifiedBy: 'jti', defects: [...jwtDefects, 'hs-rs-confusion', 'wrong-audience'] }],
  tenants: () => [null],
  scopes: () => [{ tenant: null, environments: [] }],
  expiry: (_kind, issuedAt, settings) => expiry(issuedAt, settings),
  draft,
  present: bearer,
}
