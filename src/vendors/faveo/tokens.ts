import { alphanumeric } from '../../core/chance.js'
import { seconds } from '../../core/clock.js'
import { md5Hex } from '../../core/digest.js'
import { issueHs256, type Jwt, type JwtDraft, sealHs256 } from '../../core/draft.js'
import type { Claims } from '../../core/jwt.js'
import { jwtDefects, type TokenMaking, type Wanted } from '../../core/making.js'
import { bearer } from '../../dialects/bearer.js'
import { phpJson } from '../../dialects/php-json.js'
import type { FaveoAccount, FaveoRealm, FaveoTypes, Profile as User } from './fixture.js'
import type { Profile } from './settings.js'

const header = { typ: 'JWT', alg: 'HS256' }

/** `sha1('App\User')`, which jwt-auth puts into every token (JWT::hashSubjectModel). */
const prv = '87e0af1ef9fd15812fdec97153a14e0b047546aa'

interface Issued {
  /** The URL at which the token was asked for. */
  readonly iss: string
  readonly iat: number
  readonly exp: number | null
  readonly jti: string
  /** Id of the user. */
  readonly sub: number
}

const asPhp = { header, json: phpJson }

/** The claims as the JWT library of a release writes them. */
const written: Readonly<Record<Profile, (issued: Issued) => { claims: Claims; written: NonNullable<Jwt['written']> }>> =
  {
    1.9: ({ iss, iat, exp, jti, sub }) => ({ claims: { sub, iss, iat, exp, nbf: iat, jti }, written: asPhp }),
    '1.10': ({ iss, iat, exp, jti, sub }) => ({ claims: { iss, iat, exp, nbf: iat, jti, sub, prv }, written: asPhp }),
    // JSON_UNESCAPED_SLASHES, and a subject that has to be a text
    2: ({ iss, iat, exp, jti, sub }) => ({
      claims: { iss, iat, exp, nbf: iat, jti, sub: String(sub), prv },
      written: { header, json: JSON.stringify },
    }),
  }

function draft(wanted: Wanted<User>, realm: FaveoRealm): JwtDraft<FaveoTypes['token']> {
  const { profile } = realm.settings
  const { kind, account, issuedAt, issuer } = wanted
  const iat = seconds(issuedAt)
  const exp = wanted.expiresAt === null ? null : seconds(wanted.expiresAt)
  // The older jwt-auth hashes user and second (PayloadFactory::jti): a second login within one gives the same token.
  const drawn = () =>
    profile === '1.9'
      ? md5Hex(`jti.${account.id}.${iat}`)
      : realm.tokens.newId(() => realm.chance.text('jti', 16, alphanumeric))
  const jti = wanted.id ?? drawn()
  return {
    jwt: { algorithm: 'HS256', ...written[profile]({ iss: issuer, iat, exp, jti, sub: Number(account.id) }) },
    row: {
      id: jti,
      kind,
      account: account.id,
      issuedAt,
      expiresAt: exp === null ? null : exp * 1000,
      facts: {},
    },
  }
}

const expiry = (issuedAt: number, { tokenLifetimeSeconds }: FaveoTypes['settings']): number =>
  (seconds(issuedAt) + tokenLifetimeSeconds) * 1000

/** A new token; `issuer` is the URL at which it was asked for. */
export function issue(realm: FaveoRealm, account: FaveoAccount, issuer: string): string {
  const issuedAt = realm.clock.now()
  const expiresAt = expiry(issuedAt, realm.settings)
  return realm.transaction(() => {
    const wanted = { kind: 'access', account, tenant: null, environment: null, issuedAt, expiresAt, issuer }
    const drafted = draft(wanted, realm)
    const isRepeated = realm.settings.profile === '1.9' && realm.tokens.find(drafted.row.id)
    if (isRepeated) return sealHs256(drafted.jwt, realm.keys.secret().secret)
    return issueHs256(realm, drafted)
  })
}

export const tokens: TokenMaking<FaveoTypes> = {
  kinds: [{ name: 'access', identifiedBy: 'sub', defects: jwtDefects }],
  tenants: () => [null],
  scopes: () => [{ tenant: null, environments: [] }],
  expiry: (_kind, issuedAt, settings) => expiry(issuedAt, settings),
  draft,
  present: bearer,
}
