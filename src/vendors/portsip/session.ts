import type { FastifyRequest } from 'fastify'
import { upperAlphanumeric } from '../../core/chance.js'
import { seconds } from '../../core/clock.js'
import { Refusal } from '../../core/refusal.js'
import type { Token } from '../../core/token.js'
import { bearerToken } from '../../dialects/bearer.js'
import { type PortsipAccount, type PortsipRealm, sameDomain, type TokenFacts } from './fixture.js'
import { findSessionCookie } from './session-cookie.js'

/** A text that a client presents, and what it may be. */
export interface Credential {
  readonly text: string
  readonly kinds: readonly ('access' | 'oauth' | 'session')[]
}

export interface Caller {
  readonly token: Token<TokenFacts>
  readonly account: PortsipAccount
  readonly accessToken: string
  readonly expiresAt: number
}

export function findBearer({ headers }: FastifyRequest): Credential | undefined {
  const text = bearerToken(headers)
  return text === undefined ? undefined : { text, kinds: ['access', 'oauth'] }
}

/** The bearer token or, without one, the session cookie. */
export function findCredential(realm: PortsipRealm, request: FastifyRequest): Credential | undefined {
  const text = findSessionCookie(request, realm.settings.sessionCookie)
  return findBearer(request) ?? (text === undefined ? undefined : { text, kinds: ['session'] })
}

/** Expiry falls on a whole second, as `expires_at` has no others. */
const after = (realm: PortsipRealm, lifetimeSeconds: number): number =>
  (seconds(realm.clock.now()) + lifetimeSeconds) * 1000

const nextFamily = (realm: PortsipRealm): string => String(realm.chance.next('family'))

/** A session for the cookie and the access token that goes with it. They end together. */
export function openSession(realm: PortsipRealm, account: PortsipAccount) {
  return realm.transaction(() => {
    const session = realm.chance.hex('session', 16).toUpperCase()
    const accessToken = realm.chance.hex('access', 16).toUpperCase()
    const expiresAt = after(realm, realm.settings.tokenLifetimeSeconds)
    const shared = { account: account.id, tenant: account.profile.domain, family: nextFamily(realm), expiresAt }
    realm.tokens.issue(accessToken, { ...shared, kind: 'access', facts: { accessToken: null } })
    realm.tokens.issue(session, { ...shared, kind: 'session', facts: { accessToken } })
    return { session, accessToken, expiresAt, account }
  })
}

/** An OAuth access token and the refresh token that goes with it. They end together. */
export function issuePair(realm: PortsipRealm, account: PortsipAccount) {
  return realm.transaction(() => {
    const accessToken = realm.chance.text('oauth', 48, upperAlphanumeric)
    const refreshToken = realm.chance.text('refresh', 48, upperAlphanumeric)
    const { tokenLifetimeSeconds, refreshLifetimeSeconds } = realm.settings
    const expiresAt = after(realm, tokenLifetimeSeconds)
    const shared = {
      account: account.id,
      tenant: account.profile.domain,
      family: nextFamily(realm),
      facts: { accessToken: null },
    }
    realm.tokens.issue(accessToken, { ...shared, kind: 'oauth', expiresAt })
    realm.tokens.issue(refreshToken, { ...shared, kind: 'refresh', expiresAt: after(realm, refreshLifetimeSeconds) })
    return { accessToken, refreshToken, expiresAt }
  })
}

/** The account that a token speaks for. Throws `token-account-gone` or `token-wrong-tenant`. */
export function accountOf(realm: PortsipRealm, token: Token<TokenFacts>): PortsipAccount {
  const account = realm.accounts.find(token.account)
  if (!account) throw new Refusal('token-account-gone', { account: token.account })
  const { domain } = account.profile
  if (!sameDomain(token.tenant, domain)) {
    throw new Refusal('token-wrong-tenant', { tenant: token.tenant ?? '', expected: domain ?? '' })
  }
  return account
}

/** Who presents which live credential. Throws the `token-…` refusals. */
export function authenticate(realm: PortsipRealm, credential: Credential | undefined): Caller {
  if (!credential) throw new Refusal('token-missing', {})
  return realm.transaction(() => {
    const token = realm.tokens.present(credential.text, credential.kinds)
    const account = accountOf(realm, token)
    const expiresAt = slid(realm, token) ?? token.expiresAt
    if (expiresAt === null) throw new Error('every token of PortSIP expires')
    return { token, account, accessToken: token.facts.accessToken ?? credential.text, expiresAt }
  })
}

/** The new expiry of a session and of its access token, where sessions slide. OAuth tokens are refreshed instead. */
function slid(realm: PortsipRealm, token: Token<TokenFacts>): number | undefined {
  if (!realm.settings.sliding || token.kind === 'oauth') return undefined
  const expiresAt = after(realm, realm.settings.tokenLifetimeSeconds)
  for (const kind of ['session', 'access']) {
    for (const other of realm.tokens.ofKind(kind, token.account)) {
      if (other.id === token.id || (other.family !== null && other.family === token.family)) {
        realm.tokens.extend(other, expiresAt)
      }
    }
  }
  return expiresAt
}
