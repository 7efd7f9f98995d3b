import type { FastifyRequest } from 'fastify'
import { issueOpaque } from '../../core/draft.js'
import { Refusal } from '../../core/refusal.js'
import type { Token } from '../../core/token.js'
import { bearerToken } from '../../dialects/bearer.js'
import { type PortsipAccount, type PortsipRealm, sameDomain, type TokenFacts } from './fixture.js'
import { findSessionCookie } from './session-cookie.js'
import { draft, draftSession, expiry, nextFamily } from './tokens.js'

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

export function findBearer({ headers }: Pick<FastifyRequest, 'headers'>): Credential | undefined {
  const text = bearerToken(headers)
  return text === undefined ? undefined : { text, kinds: ['access', 'oauth'] }
}

/** The bearer token or, without one, the session cookie. */
export function findCredential(realm: PortsipRealm, request: Pick<FastifyRequest, 'headers'>): Credential | undefined {
  const text = findSessionCookie(request, realm.settings.sessionCookie)
  return findBearer(request) ?? (text === undefined ? undefined : { text, kinds: ['session'] })
}

/** A session for the cookie and the access token that goes with it. They end together. */
export function openSession(realm: PortsipRealm, account: PortsipAccount) {
  const issuedAt = realm.clock.now()
  const expiresAt = expiry('session', issuedAt, realm.settings)
  return realm.transaction(() => {
    const shared = { account, tenant: account.profile.domain, issuedAt, expiresAt, family: nextFamily(realm) }
    const access = draft({ ...shared, kind: 'access' }, realm)
    const session = draftSession(shared, access, realm)
    issueOpaque(realm.tokens, session)
    return { session: session.text, accessToken: access.text, expiresAt, account }
  })
}

/** An OAuth access token and the refresh token that goes with it. They end together. */
export function issuePair(realm: PortsipRealm, account: PortsipAccount) {
  const issuedAt = realm.clock.now()
  const expiresAt = expiry('oauth', issuedAt, realm.settings)
  return realm.transaction(() => {
    const shared = { account, tenant: account.profile.domain, issuedAt, family: nextFamily(realm) }
    const oauth = draft({ ...shared, kind: 'oauth', expiresAt }, realm)
    const refreshUntil = expiry('refresh', issuedAt, realm.settings)
    const refresh = draft({ ...shared, kind: 'refresh', expiresAt: refreshUntil }, realm)
    issueOpaque(realm.tokens, oauth)
    issueOpaque(realm.tokens, refresh)
    return { accessToken: oauth.text, refreshToken: refresh.text, expiresAt }
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

/** A new pair for an old refresh token, which has then had its one use. Throws the `token-…` refusals. */
export function renewPair(realm: PortsipRealm, refreshToken: string) {
  return realm.transaction(() => {
    const token = realm.tokens.present(refreshToken, ['refresh'])
    const account = accountOf(realm, token)
    realm.tokens.revoke(token)
    return issuePair(realm, account)
  })
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

/** Who presents a live credential as bearer token or cookie, if anybody does. */
export function findCaller(realm: PortsipRealm, request: Pick<FastifyRequest, 'headers'>): Caller | undefined {
  try {
    return authenticate(realm, findCredential(realm, request))
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** The new expiry of a session and of its access token, where sessions slide. OAuth tokens are refreshed instead. */
function slid(realm: PortsipRealm, token: Token<TokenFacts>): number | undefined {
  if (!realm.settings.sliding || token.kind === 'oauth') return undefined
  const expiresAt = expiry(token.kind, realm.clock.now(), realm.settings)
  for (const kind of ['session', 'access']) {
    for (const other of realm.tokens.ofKind(kind, token.account)) {
      if (other.id === token.id || (other.family !== null && other.family === token.family)) {
        realm.tokens.extend(other, expiresAt)
      }
    }
  }
  return expiresAt
}
