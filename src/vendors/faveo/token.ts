import { alphanumeric } from '../../core/chance.js'
import { seconds } from '../../core/clock.js'
import {
  assertClaims,
  assertIssuedInThePast,
  assertNotBefore,
  assertNotExpired,
  type Claims,
  signHs256,
  verifySignature,
} from '../../core/jwt.js'
import { Refusal } from '../../core/refusal.js'
import { phpJson } from '../../dialects/php-json.js'
import { phpJsonDecode } from '../../dialects/php-json-decode.js'
import type { FaveoAccount, FaveoRealm } from './fixture.js'

const header = phpJson({ typ: 'JWT', alg: 'HS256' })

/** `sha1('App\User')`, which jwt-auth puts into every token (JWT::hashSubjectModel). */
const prv = '87e0af1ef9fd15812fdec97153a14e0b047546aa'

const required = ['iss', 'iat', 'exp', 'nbf', 'sub', 'jti']

/** A new token; `iss` is the URL at which it was asked for. */
export function issue(realm: FaveoRealm, account: FaveoAccount, iss: string): string {
  const iat = seconds(realm.clock.now())
  const exp = iat + realm.settings.tokenLifetimeSeconds
  return realm.transaction(() => {
    const jti = realm.chance.text('jti', 16, alphanumeric)
    const payload = phpJson({ iss, iat, exp, nbf: iat, jti, sub: Number(account.id), prv })
    const token = signHs256(header, payload, realm.keys.secret())
    realm.tokens.issue(token, { kind: 'access', account: account.id, id: jti, expiresAt: exp * 1000, facts: {} })
    return token
  })
}

function decoded(part: string): unknown {
  const { value, error } = phpJsonDecode(Buffer.from(part, 'base64url'))
  if (error !== undefined) throw new Refusal('token-malformed', { reason: 'encoding', detail: error })
  return value
}

const algorithmOf = (head: unknown): unknown =>
  typeof head === 'object' && head !== null && 'alg' in head ? head.alg : undefined

/**
 * The claims of a token that jwt-auth would accept, asked in its order: TokenValidator, lcobucci's parser, the
 * signature, the claims, the blacklist (https://github.com/tymondesigns/jwt-auth/tree/develop/src).
 * Throws the `token-…` refusals.
 */
export function verify(realm: FaveoRealm, text: string): Claims {
  const parts = text.split('.')
  const [head = '', payload = ''] = parts
  if (parts.length !== 3) throw new Refusal('token-malformed', { reason: 'segments' })
  // `array_filter` takes a lone 0 for nothing.
  if (parts.some((part) => part === '' || part === '0' || part !== part.trim())) {
    throw new Refusal('token-malformed', { reason: 'empty-segment' })
  }
  const algorithm = algorithmOf(decoded(head))
  decoded(payload)
  if (algorithm !== 'HS256') {
    throw new Refusal('token-bad-signature', { reason: algorithm === 'none' ? 'unsigned' : 'algorithm' })
  }
  // PHP's base64 passes over what is none; the signature was not made over it.
  if (!/^[\w.-]+$/.test(text)) throw new Refusal('token-bad-signature', { reason: 'signature' })

  const now = realm.clock.now()
  const claims = verifySignature(text, { key: realm.keys.secret(), algorithm: 'HS256', now })
  assertClaims(claims, required)
  assertNotBefore(claims, now)
  assertIssuedInThePast(claims, now)
  assertNotExpired(claims, now)

  // A token without a row was signed with our secret all the same; the product keeps no list of tokens but this one.
  const row = realm.tokens.find(String(claims.jti))
  if (row && row.revokedAt !== null) throw new Refusal('token-revoked', { at: row.revokedAt })
  return claims
}

/** A token whose header says `none`, for documentation: its answer has a level of its own. */
export const unsigned = new Refusal('token-bad-signature', { reason: 'unsigned' })
