import { createSecretKey } from 'node:crypto'
import { alphanumeric } from './chance.js'
import { issueOpaque, type Jwt, type JwtDraft, sealHs256, sealRs256, written } from './draft.js'
import { type Claims, signHs256, unsignedJwt } from './jwt.js'
import type { Defect, TokenMaking, Wanted } from './making.js'
import type { Realm, RealmTypes } from './realm.js'
import type { Token } from './token.js'

/** What makes a token another than a login would have issued. */
export interface Forgery {
  /** Claims to add or replace; `null` leaves one out. */
  readonly claims?: Claims
  readonly defect?: Defect
}

export interface Minted<F> {
  readonly text: string
  /** As the realm remembers it; `null` where it does not, as the text is not the realm's own. */
  readonly token: Token<F> | null
  /** What a JWT says; `null` of an opaque token. */
  readonly claims: Claims | null
  readonly issuedAt: number
  readonly expiresAt: number | null
}

/** A token that cannot be made here; the message says why. */
export class ImpossibleToken extends Error {
  override readonly name = 'ImpossibleToken'
}

/** There is another token with this `jti`. */
export class DuplicateToken extends ImpossibleToken {}

const hour = 3_600_000

/** The last millisecond of the year 9999. */
const end = 253_402_300_799_999

/** The n-th id of the same form. */
const likeId = (id: string, n: number): string =>
  /^\d+$/.test(id) ? String(2_147_483_647 - n) : `${id.replace(/[0-9a-f]/g, '0').slice(0, -1)}${n}`

/** An id of the same form that no account has. */
function strangerTo(id: string, isTaken: (id: string) => boolean): string {
  let n = 0
  while (isTaken(likeId(id, n))) n++
  return likeId(id, n)
}

/** What is wanted, where the defect lies there and not in the sealing. */
function bent<T extends RealmTypes>(
  realm: Realm<T>,
  making: TokenMaking<T>,
  wanted: Wanted<T['profile']>,
  defect: Defect | undefined,
): Wanted<T['profile']> {
  const { account, tenant, issuedAt, expiresAt } = wanted
  if (defect === 'expired') {
    const life = expiresAt === null ? hour : expiresAt - issuedAt
    const end = realm.clock.now() - 1000
    return { ...wanted, issuedAt: end - life, expiresAt: end }
  }
  if (defect === 'unknown-account') {
    const id = strangerTo(account.id, (candidate) => realm.accounts.find(candidate) !== undefined)
    return { ...wanted, account: { ...account, id } }
  }
  if (defect === 'other-tenant') {
    const other = making.tenants(realm).find((candidate) => candidate !== tenant)
    if (other === undefined) throw new ImpossibleToken('this world has no other tenant')
    return { ...wanted, tenant: other }
  }
  return wanted
}

/** The claims, where the order or the defect changes them. */
function bentClaims(claims: Claims, { claims: given, defect }: Forgery, missing = 'sub'): Claims {
  const ordered: Claims = { ...claims, ...given }
  const bent = {
    ...ordered,
    ...(defect === 'wrong-audience' && { aud: `${ordered.aud}0` }),
    ...(defect === 'missing-claim' && { [missing]: null }),
  }
  return Object.fromEntries(Object.entries(bent).filter(([, value]) => value !== null))
}

/** A token of the future is one whose `nbf` says so. */
const spelledOut = ({ defect, claims }: Forgery, now: number): Forgery => ({
  ...(defect && { defect }),
  ...(claims && { claims }),
  ...(defect === 'not-yet-valid' && { claims: { ...claims, nbf: Math.floor((now + hour) / 1000) } }),
})

function seal<T extends RealmTypes>({ keys, chance }: Realm<T>, jwt: Jwt, defect?: Defect, key?: number) {
  const { header, json, payload } = written(jwt)
  if (defect === 'alg-none') return unsignedJwt(json({ ...header, alg: 'none' }), payload)
  if (jwt.algorithm === 'HS256') {
    const foreign = () => createSecretKey(chance.text('foreign-secret', 32, alphanumeric), 'utf8')
    return sealHs256(jwt, defect === 'wrong-key' ? foreign() : keys.secret(key).secret)
  }
  const { privateKey, publicKey } = defect === 'wrong-key' ? keys.foreignPair() : keys.pair(key)
  if (defect !== 'hs-rs-confusion') return sealRs256(jwt, privateKey)
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  return signHs256(json({ ...header, alg: 'HS256' }), payload, createSecretKey(Buffer.from(pem)))
}

/** The same signature but for its first bits. */
const spoiled = (text: string): string =>
  text.replace(/(?<=\.)[\w-](?=[\w-]*$)/, (first) => (first === 'A' ? 'B' : 'A'))

async function sealed<T extends RealmTypes>(realm: Realm<T>, jwt: Jwt, defect?: Defect, key?: number) {
  const text = await seal(realm, jwt, defect, key)
  return defect === 'bad-signature' ? spoiled(text) : text
}

/** What the realm remembers of a token whose claims were changed. */
function rowOf<F>(row: JwtDraft<F>['row'], { jti, exp }: Claims): JwtDraft<F>['row'] {
  return {
    ...row,
    ...(typeof jti === 'string' && { id: jti }),
    ...(typeof exp === 'number' && { expiresAt: Math.min(Math.max(0, Math.ceil(Math.round(exp * 1e6) / 1000)), end) }),
    ...(exp === null && { expiresAt: null }),
  }
}

/**
 * Makes a token as the vendor's login would, but for what is wanted otherwise, and remembers it. Throws
 * `ImpossibleToken` or `DuplicateToken`.
 */
export async function mint<T extends RealmTypes>(
  realm: Realm<T>,
  making: TokenMaking<T>,
  wanted: Wanted<T['profile']>,
  asked: Forgery = {},
): Promise<Minted<T['token']>> {
  const forgery = spelledOut(asked, realm.clock.now())
  const { defect, claims: given = {} } = forgery
  if (typeof given.jti === 'string' && realm.tokens.find(given.jti)) {
    throw new DuplicateToken(`another token has the jti ${given.jti}`)
  }
  const forged = Object.keys(forgery).length === 0 ? {} : { forged: JSON.stringify(forgery) }
  const order = bent(realm, making, wanted, defect)
  const draft = making.draft(order, realm)
  const { issuedAt } = order
  const { expiresAt } = draft.row

  if ('text' in draft) {
    const { text } = draft
    if (defect === 'malformed') {
      return { text: text.slice(0, text.length / 2), token: null, claims: null, issuedAt, expiresAt }
    }
    return realm.transaction(() => {
      const token = ended(realm, issueOpaque(realm.tokens, { ...draft, row: { ...draft.row, ...forged } }), defect)
      return { text, token, claims: null, issuedAt, expiresAt }
    })
  }

  const kind = making.kinds.find(({ name }) => name === wanted.kind)
  const claims = bentClaims(draft.jwt.claims, forgery, kind?.identifiedBy)
  const signedBy = signerOf(realm, draft.jwt)
  const text = await sealed(realm, { ...draft.jwt, claims }, defect, signedBy)
  if (defect === 'malformed') {
    return { text: text.slice(0, text.lastIndexOf('.')), token: null, claims: null, issuedAt, expiresAt }
  }
  return realm.transaction(() => {
    const row = { ...rowOf(draft.row, given), ...forged }
    // Without a `jti` two of one instant are the same text; and not every vendor draws a `jti` anew.
    const known = realm.tokens.findByText(text) ?? realm.tokens.find(row.id)
    const token = ended(realm, known ?? realm.tokens.issue(text, row, signedBy), defect)
    return { text, token, claims, issuedAt, expiresAt: token.expiresAt }
  })
}

/** The token, revoked at once where that is its defect. */
function ended<T extends RealmTypes>(realm: Realm<T>, token: Token<T['token']>, defect: Defect | undefined) {
  if (defect !== 'revoked') return token
  realm.tokens.revoke(token)
  return { ...token, revokedAt: realm.clock.now() }
}

const signerOf = <T extends RealmTypes>({ keys }: Realm<T>, { algorithm }: Jwt): number =>
  (algorithm === 'HS256' ? keys.secret() : keys.pair()).number

/**
 * Gives a remembered token a text again, for a realm that nobody else sees: a JWT is sealed anew with the key and the
 * flaws of the first, an opaque token gets any text.
 */
export async function reforge<T extends RealmTypes>(
  realm: Realm<T>,
  making: TokenMaking<T>,
  token: Token<T['token']>,
  issuer: string,
): Promise<string> {
  let text = `remade-${token.id}`
  if (token.signedBy !== null) {
    const { id, kind, tenant, issuedAt, expiresAt } = token
    const known = realm.accounts.find(token.account) ?? realm.accounts.all()[0]
    if (!known) throw new ImpossibleToken('this world has no account')
    const account = { ...known, id: token.account }
    const draft = making.draft({ id, kind, account, tenant, environment: null, issuedAt, expiresAt, issuer }, realm)
    if ('text' in draft) throw new ImpossibleToken(`a token of the kind ${kind} is not signed`)
    const forgery: Forgery = JSON.parse(token.forged ?? '{}')
    const missing = making.kinds.find(({ name }) => name === kind)?.identifiedBy
    const claims = bentClaims(draft.jwt.claims, forgery, missing)
    text = await sealed(realm, { ...draft.jwt, claims }, forgery.defect, token.signedBy)
  }
  realm.tokens.rename(token, text)
  return text
}
