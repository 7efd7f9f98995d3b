import {
  assertClaims,
  assertIssuedInThePast,
  assertNotBefore,
  assertNotExpired,
  type Claims,
  verifySignature,
} from '../../core/jwt.js'
import { Refusal, type RefusalCode } from '../../core/refusal.js'
import { remembered } from '../../core/remembered.js'
import type { FaveoRealm } from './fixture.js'
import { dates, isNumeric, parse, phpText } from './parse.js'
import type { Profile } from './settings.js'

const required = ['iss', 'iat', 'exp', 'nbf', 'sub', 'jti']

/** Instants that are texts as the numbers they are. Throws `token-claim-invalid`. */
function dated(claims: Claims): Claims {
  if (dates.every((claim) => claims[claim] === undefined || typeof claims[claim] === 'number')) return claims
  const instants = dates.flatMap((claim) => {
    const value = claims[claim]
    if (value === undefined) return []
    if (!isNumeric(value)) throw new Refusal('token-claim-invalid', { claim, value: phpText(value) })
    return [[claim, Number(value)]]
  })
  return { ...claims, ...Object.fromEntries(instants) }
}

const assertComplete = (claims: Claims): void => assertClaims(claims, required)
const inOrder = [assertComplete, assertNotBefore, assertIssuedInThePast, assertNotExpired]

/** What is asked of the claims, in a release's order. */
const judged: Readonly<Record<Profile, readonly ((claims: Claims, now: number) => void)[]>> = {
  1.9: inOrder,
  '1.10': inOrder,
  // `iat` is judged where the claim is made, the others in the order of the factory's defaults.
  2: [assertIssuedInThePast, assertComplete, assertNotExpired, assertNotBefore],
}

/** The text whose signature is checked, once all that comes before is in order. Throws the `token-…` refusals. */
function signed(profile: Profile, text: string): string {
  const parts = text.split('.')
  const [head = '', payload = '', signature = ''] = parts
  if (parts.length !== 3) throw new Refusal('token-malformed', { reason: 'segments' })
  // `array_filter` takes a lone 0 for nothing. The older jwt-auth counts the segments only.
  if (profile !== '1.9' && parts.some((part) => part === '' || part === '0' || part !== part.trim())) {
    throw new Refusal('token-malformed', { reason: 'empty-segment' })
  }
  const parsed = parse[profile](text, [head, payload, signature])
  if (parsed.algorithm !== 'HS256') {
    throw new Refusal('token-bad-signature', { reason: parsed.algorithm === 'none' ? 'unsigned' : 'algorithm' })
  }
  // PHP's base64 passes over what is none; the signature was not made over it.
  if (!/^[\w.-]+$/.test(parsed.text)) throw new Refusal('token-bad-signature', { reason: 'signature' })
  return parsed.text
}

const signedAs: Readonly<Record<Profile, (text: string) => string>> = {
  1.9: remembered((text) => signed('1.9', text)),
  '1.10': remembered((text) => signed('1.10', text)),
  2: remembered((text) => signed('2', text)),
}

/**
 * The claims of a token that jwt-auth would accept, asked in its order: TokenValidator, lcobucci's parser, the
 * signature, the claims, the blacklist (https://github.com/tymondesigns/jwt-auth/tree/develop/src).
 * Throws the `token-…` refusals.
 */
export function verify(realm: FaveoRealm, text: string): Claims {
  const { profile } = realm.settings
  const read = signedAs[profile](text)
  const now = realm.clock.now()
  const claims = dated(verifySignature(read, { keys: realm.keys.secrets(), algorithm: 'HS256', now }))
  for (const assert of judged[profile]) assert(claims, now)

  // A token without a row was signed with our secret all the same; the product keeps no list of tokens but this one.
  const row = realm.tokens.findJwt(text, String(claims.jti))
  if (row && row.revokedAt !== null) throw new Refusal('token-revoked', { at: row.revokedAt })
  return claims
}

/** What can be wrong with a token; twice where the same refusal is answered otherwise or on other evidence. */
export const tokenRefusals: readonly (RefusalCode | Refusal)[] = [
  'token-missing',
  'token-malformed',
  'token-bad-signature',
  new Refusal('token-bad-signature', {
    reason: 'unsigned',
    detail:
      'The token "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJzdWIiOjF9.e30" cannot be validated in a secure context, as it uses the unallowed "none" algorithm',
  }),
  'token-claim-missing',
  new Refusal('token-claim-missing', { claim: 'jti' }),
  'token-not-yet-valid',
  'token-claim-invalid',
  'token-expired',
  'token-revoked',
  'token-account-gone',
]
