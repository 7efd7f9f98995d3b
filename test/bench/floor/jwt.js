/** JWTs, signed and verified with nothing but `node:crypto`. */
import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto'
import { promisify } from 'node:util'

const signOffTheLoop = promisify(sign)
const segment = (json) => Buffer.from(json).toString('base64url')

/** `json_encode` of ASCII. */
export const phpJson = (value) => JSON.stringify(value).replaceAll('/', '\\/')

const hs256 = `${segment('{"typ":"JWT","alg":"HS256"}')}.`
const rs256 = `${segment('{"typ":"JWT","alg":"RS256"}')}.`

const hmac = (signed, secret) => createHmac('sha256', secret).update(signed).digest()

export function signHs256(payload, secret) {
  const signed = hs256 + segment(payload)
  return `${signed}.${hmac(signed, secret).toString('base64url')}`
}

export async function signRs256(payload, privateKey) {
  const signed = rs256 + segment(payload)
  return `${signed}.${(await signOffTheLoop('RSA-SHA256', Buffer.from(signed), privateKey)).toString('base64url')}`
}

const checks = {
  HS256: (signed, signature, secret) => {
    const expected = hmac(signed, secret)
    return expected.length === signature.length && timingSafeEqual(expected, signature)
  },
  RS256: (signed, signature, publicKey) => verify('RSA-SHA256', Buffer.from(signed), publicKey, signature),
}

/**
 * The claims of a live token; `undefined` for any other.
 * @param {string} text @param {'HS256' | 'RS256'} algorithm
 */
export function verified(text, algorithm, key, now) {
  const [header = '', payload = '', signature = '', ...more] = text.split('.')
  if (more.length > 0 || JSON.parse(Buffer.from(header, 'base64url').toString()).alg !== algorithm) return undefined
  if (!checks[algorithm](`${header}.${payload}`, Buffer.from(signature, 'base64url'), key)) return undefined
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const seconds = now / 1000
  return claims.iat <= seconds && claims.nbf <= seconds && seconds < claims.exp ? claims : undefined
}
