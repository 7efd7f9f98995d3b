import { createHmac, type KeyObject, sign } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import jsonwebtoken from 'jsonwebtoken'
import { LRUCache } from 'lru-cache'
import { atOnce } from './at-once.js'
import { isTooDeep } from './nesting.js'
import { Refusal } from './refusal.js'

/**
 * As many at once as keep all cores busy while the event loop takes one that is done: with more of the pool's threads at it,
 * the loop has to share a core with two of them, and whoever asks for something else waits ten times as long.
 */
const signOffTheLoop = atOnce(availableParallelism() + 1, promisify(sign))
const segment = (json: string): string => Buffer.from(json).toString('base64url')

/** A JWT whose header and payload are written byte by byte, because vendors differ in the order and escapes of both. */
export function signHs256(header: string, payload: string, secret: KeyObject): string {
  const signed = `${segment(header)}.${segment(payload)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** The same with RS256, whose milliseconds are spent on the thread pool. */
export async function signRs256(header: string, payload: string, privateKey: KeyObject): Promise<string> {
  const signed = `${segment(header)}.${segment(payload)}`
  const signature = await signOffTheLoop('RSA-SHA256', Buffer.from(signed), privateKey)
  return `${signed}.${signature.toString('base64url')}`
}

/** The same with `none`: whoever believes the header asks for no signature. */
export const unsignedJwt = (header: string, payload: string): string => `${segment(header)}.${segment(payload)}.`

export type Claims = Readonly<Record<string, unknown>>

/** Whether bytes are written so, and not otherwise: other letters, and bits that the last one has to spare, say nothing. */
export const isBase64url = (text: string): boolean => Buffer.from(text, 'base64url').toString('base64url') === text

/** What a segment of a JWT says; `undefined` where it is no JSON object, or one that lies too deep. */
export function decoded(segment = ''): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && !isTooDeep(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** The header that jsonwebtoken writes. */
export const plainHeader = { alg: 'HS256', typ: 'JWT' } as const

/** A JWT by HS256 with its claims in the order given; the header is `alg`, `typ`. */
export const signClaims = (claims: Claims, secret: KeyObject): string =>
  // As a text, because jsonwebtoken would add to an object what the machine's clock says.
  jsonwebtoken.sign(JSON.stringify(claims), secret, { header: plainHeader })

export interface Verification {
  /** Any of them may have signed; the first is asked first. */
  readonly keys: readonly [KeyObject, ...KeyObject[]]
  readonly algorithm: 'HS256' | 'RS256'
  /** Epoch milliseconds. */
  readonly now: number
}

/** Claims of tokens whose signatures were right, by key. A test sends one token often, and RSA takes a tenth of a millisecond. */
const verified = {
  HS256: new WeakMap<KeyObject, LRUCache<string, Claims>>(),
  RS256: new WeakMap<KeyObject, LRUCache<string, Claims>>(),
}

function verifiedWith(key: KeyObject, algorithm: Verification['algorithm']): LRUCache<string, Claims> {
  const known = verified[algorithm].get(key)
  if (known) return known
  const memo = new LRUCache<string, Claims>({ max: 1000 })
  verified[algorithm].set(key, memo)
  return memo
}

/**
 * The claims of a correctly signed JWT. Times are not judged here: each vendor has its own rules and their order.
 * Throws `token-malformed` or `token-bad-signature`.
 */
export function verifySignature(text: string, { keys, algorithm, now }: Verification): Claims {
  const [key, next, ...older] = keys
  const memo = verifiedWith(key, algorithm)
  const known = memo.get(text)
  if (known) return known
  try {
    const claims = jsonwebtoken.verify(text, key, {
      algorithms: [algorithm],
      clockTimestamp: now / 1000,
      ignoreExpiration: true,
      ignoreNotBefore: true,
    })
    if (typeof claims !== 'object' || Array.isArray(claims)) throw new Refusal('token-malformed', { reason: 'shape' })
    memo.set(text, Object.freeze(claims))
    return claims
  } catch (error) {
    if (error instanceof Refusal) throw error
    const message = error instanceof Error && error.message
    if (message === 'invalid algorithm') throw new Refusal('token-bad-signature', { reason: 'algorithm' })
    if (message === 'invalid signature' && next) {
      return verifySignature(text, { keys: [next, ...older], algorithm, now })
    }
    if (message === 'invalid signature') throw new Refusal('token-bad-signature', { reason: 'signature' })
    if (message === 'jwt signature is required') throw new Refusal('token-bad-signature', { reason: 'unsigned' })
    throw new Refusal('token-malformed', { reason: text.split('.').length === 3 ? 'encoding' : 'segments' })
  }
}

/** A numeric date claim as epoch microseconds, so that Passport's fractions compare exactly; `undefined` where absent. */
function instant(claims: Claims, claim: string): number | undefined {
  const value = claims[claim]
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Refusal('token-claim-invalid', { claim })
  return Math.round(value * 1e6)
}

/** Throws `token-not-yet-valid` before `nbf`. A token is valid at that very instant. */
export function assertNotBefore(claims: Claims, now: number): void {
  const from = instant(claims, 'nbf')
  if (from !== undefined && now * 1000 < from)
    throw new Refusal('token-not-yet-valid', { from: Math.ceil(from / 1000) })
}

/** Throws `token-claim-invalid` when the token says that it was issued in the future. */
export function assertIssuedInThePast(claims: Claims, now: number): void {
  const issued = instant(claims, 'iat')
  if (issued !== undefined && now * 1000 < issued) throw new Refusal('token-claim-invalid', { claim: 'iat' })
}

/** Throws `token-expired` from `exp` on. */
export function assertNotExpired(claims: Claims, now: number): void {
  const end = instant(claims, 'exp')
  if (end !== undefined && now * 1000 >= end) throw new Refusal('token-expired', { at: Math.ceil(end / 1000) })
}

/** Throws `token-claim-missing` for the first of `names` that the token lacks. */
export function assertClaims(claims: Claims, names: readonly string[]): void {
  for (const claim of names) {
    if (claims[claim] === undefined) throw new Refusal('token-claim-missing', { claim })
  }
}
