import type { KeyObject } from 'node:crypto'
import { type Claims, plainHeader, signClaims, signHs256, signRs256 } from './jwt.js'
import type { Keys } from './keys.js'
import type { NewToken, Token, Tokens } from './token.js'

/** A JWT before it is signed. */
export interface Jwt {
  readonly algorithm: 'HS256' | 'RS256'
  readonly claims: Claims
  /** How the vendor writes it; left out where jsonwebtoken does: plain JSON, the header `alg`, `typ`. */
  readonly written?: {
    readonly header: Claims
    json(part: Claims): string
  }
}

/** A token that is a text alone. */
export interface OpaqueDraft<F> {
  readonly text: string
  readonly row: NewToken<F>
  /** Issued with it, and ended with it. */
  readonly companions?: readonly OpaqueDraft<F>[]
}

export interface JwtDraft<F> {
  readonly jwt: Jwt
  /** Its `id` is the `jti`. */
  readonly row: NewToken<F> & { readonly id: string }
}

/** What a vendor makes of an account: a token before it is sealed, and what the realm will remember of it. */
export type Draft<F> = OpaqueDraft<F> | JwtDraft<F>

/** What issuing needs of a realm. */
export interface Issuer<F> {
  readonly keys: Keys
  readonly tokens: Tokens<F>
}

/** Header and payload as they are signed. */
export function written({ claims, written: by }: Jwt): {
  header: Claims
  json: (part: Claims) => string
  payload: string
} {
  const { header, json } = by ?? { header: plainHeader, json: JSON.stringify }
  return { header, json, payload: json(claims) }
}

export function sealHs256(jwt: Jwt, secret: KeyObject): string {
  if (!jwt.written) return signClaims(jwt.claims, secret)
  const { header, json, payload } = written(jwt)
  return signHs256(json(header), payload, secret)
}

export function sealRs256(jwt: Jwt, privateKey: KeyObject): Promise<string> {
  const { header, json, payload } = written(jwt)
  return signRs256(json(header), payload, privateKey)
}

/** Seals a draft with the realm's secret and remembers it; part of the caller's transaction. */
export function issueHs256<F>({ keys, tokens }: Issuer<F>, { jwt, row }: JwtDraft<F>): string {
  const { secret, number } = keys.secret()
  const text = sealHs256(jwt, secret)
  tokens.issue(text, row, number)
  return text
}

/** The same with the realm's RSA key, off the event loop. */
export async function issueRs256<F>({ keys, tokens }: Issuer<F>, { jwt, row }: JwtDraft<F>): Promise<string> {
  const { privateKey, number } = keys.pair()
  const text = await sealRs256(jwt, privateKey)
  tokens.issue(text, row, number)
  return text
}

/** Remembers an opaque token and its companions; part of the caller's transaction. */
export function issueOpaque<F>(tokens: Tokens<F>, { text, row, companions = [] }: OpaqueDraft<F>): Token<F> {
  for (const companion of companions) tokens.issue(companion.text, companion.row)
  return tokens.issue(text, row)
}
