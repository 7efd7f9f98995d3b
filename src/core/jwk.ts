import { createHash } from 'node:crypto'
import { keyPair } from './keys.js'

/** A key as RFC 7517 writes it. */
export interface Jwk {
  readonly kty: 'RSA'
  readonly kid: string
  readonly use: 'sig'
  readonly alg: 'RS256'
  readonly n: string
  readonly e: string
}

/** The public half of an RSA private key in PEM; `kid` is its thumbprint by RFC 7638. */
export function publicHalf(pem: string): { readonly publicKey: string; readonly jwk: Jwk } {
  const { publicKey } = keyPair(pem)
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const kid = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url')
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    jwk: { kty: 'RSA', kid, use: 'sig', alg: 'RS256', n, e },
  }
}
