import { issueOpaque, type OpaqueDraft } from '../../core/draft.js'
import { type Defect, opaqueDefects, type TokenMaking, type Wanted } from '../../core/making.js'
import { bearer } from '../../dialects/bearer.js'
import type { Profile, TavioAccount, TavioRealm, TavioTypes, TokenFacts } from './fixture.js'

/** An orgAuth token is for an organization, an envAuth token for one environment of it. */
function draft(wanted: Omit<Wanted<Profile>, 'issuer' | 'kind'>, realm: TavioRealm): OpaqueDraft<TokenFacts> {
  const { account, tenant, environment, issuedAt, expiresAt } = wanted
  const kind = environment === null ? 'orgAuth' : 'envAuth'
  return {
    text: realm.chance.uuid('token'),
    row: { kind, account: account.id, tenant, issuedAt, expiresAt, facts: { environment } },
  }
}

const expiry = (issuedAt: number, { tokenLifetimeSeconds }: TavioTypes['settings']): number =>
  issuedAt + tokenLifetimeSeconds * 1000

/** A new token: an orgAuth one, or an envAuth one where an environment is given. */
export function issue(realm: TavioRealm, account: TavioAccount, orgDomain: string, environment: string | null) {
  const issuedAt = realm.clock.now()
  const expiresAt = expiry(issuedAt, realm.settings)
  return realm.transaction(() => {
    const drafted = draft({ account, tenant: orgDomain, environment, issuedAt, expiresAt }, realm)
    issueOpaque(realm.tokens, drafted)
    return { token: drafted.text, expires_in: realm.settings.tokenLifetimeSeconds }
  })
}

const defects: readonly Defect[] = [...opaqueDefects, 'other-tenant']

export const tokens: TokenMaking<TavioTypes> = {
  kinds: [
    { name: 'orgAuth', defects },
    { name: 'envAuth', defects, inEnvironment: true },
  ],
  tenants: ({ facts }) => facts.organizations.map(({ orgDomain }) => orgDomain),
  scopes: ({ profile }) => profile.memberships.map(({ orgDomain: tenant, environments }) => ({ tenant, environments })),
  expiry: (_kind, issuedAt, settings) => expiry(issuedAt, settings),
  draft,
  present: bearer,
}
