import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../core/refusal.js'
import type { Token } from '../../core/token.js'
import { bearerToken } from '../../dialects/bearer.js'
import type { Membership, TavioAccount, TavioRealm, TokenFacts } from './fixture.js'

/** Throws `unknown-tenant`. */
export function findOrganization(realm: TavioRealm, orgDomain: string) {
  const organization = realm.facts.organizations.find((candidate) => candidate.orgDomain === orgDomain)
  if (!organization) throw new Refusal('unknown-tenant', { tenant: orgDomain })
  return organization
}

/** What the user is in that organization. Throws `not-a-member`. */
export function membershipOf(account: TavioAccount, orgDomain: string): Membership {
  const membership = account.profile.memberships.find((candidate) => candidate.orgDomain === orgDomain)
  if (!membership) throw new Refusal('not-a-member', { account: account.id, tenant: orgDomain })
  return membership
}

export interface Caller {
  readonly token: Token<TokenFacts>
  readonly account: TavioAccount
}

/** Who presents which live token of this organization. Throws the `token-…` refusals and `unknown-tenant`. */
export function authenticate(
  realm: TavioRealm,
  request: FastifyRequest,
  orgDomain: string,
  kinds: readonly ('orgAuth' | 'envAuth')[] = ['orgAuth', 'envAuth'],
): Caller {
  const text = bearerToken(request.headers)
  if (text === undefined) throw new Refusal('token-missing', {})
  const token = realm.tokens.present(text, kinds)
  findOrganization(realm, orgDomain)
  if (token.tenant !== orgDomain) {
    throw new Refusal('token-wrong-tenant', { tenant: token.tenant ?? '', expected: orgDomain })
  }
  const account = realm.accounts.find(token.account)
  if (!account) throw new Refusal('token-account-gone', { account: token.account })
  return { token, account }
}
