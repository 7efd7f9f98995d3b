import { upperAlphanumeric } from '../../core/chance.js'
import { seconds } from '../../core/clock.js'
import type { OpaqueDraft } from '../../core/draft.js'
import { type Defect, opaqueDefects, type TokenMaking, type Wanted } from '../../core/making.js'
import { bearer } from '../../dialects/bearer.js'
import type { PortsipRealm, PortsipTypes, Profile, TokenFacts } from './fixture.js'

type Ordered = Pick<Wanted<Profile>, 'kind' | 'account' | 'tenant' | 'issuedAt' | 'expiresAt'> & { family?: string }

/** Tokens of one family end together. */
export const nextFamily = (realm: PortsipRealm): string => String(realm.chance.next('family'))

function newText(kind: string, { chance }: PortsipRealm): string {
  if (kind === 'oauth' || kind === 'refresh') return chance.text(kind, 48, upperAlphanumeric)
  return chance.hex(kind, 16).toUpperCase()
}

/** Expiry falls on a whole second, as `expires_at` has no others. */
export function draft(wanted: Ordered, realm: PortsipRealm): OpaqueDraft<TokenFacts> {
  const { kind, account, tenant, issuedAt, family } = wanted
  const expiresAt = wanted.expiresAt === null ? null : seconds(wanted.expiresAt) * 1000
  const row = { kind, account: account.id, tenant, issuedAt, expiresAt, ...(family && { family }) }
  return { text: newText(kind, realm), row: { ...row, facts: { accessToken: null } } }
}

/** A session, with the access token that it shows. */
export function draftSession(
  shared: Omit<Ordered, 'kind'>,
  access: OpaqueDraft<TokenFacts>,
  realm: PortsipRealm,
): OpaqueDraft<TokenFacts> {
  const { text, row } = draft({ ...shared, kind: 'session' }, realm)
  return { text, row: { ...row, facts: { accessToken: access.text } }, companions: [access] }
}

function draftWanted(wanted: Ordered, realm: PortsipRealm): OpaqueDraft<TokenFacts> {
  if (wanted.kind !== 'session') return draft(wanted, realm)
  const shared = { ...wanted, family: nextFamily(realm) }
  return draftSession(shared, draft({ ...shared, kind: 'access' }, realm), realm)
}

export function expiry(kind: string, issuedAt: number, settings: PortsipTypes['settings']): number {
  const life = kind === 'refresh' ? settings.refreshLifetimeSeconds : settings.tokenLifetimeSeconds
  return (seconds(issuedAt) + life) * 1000
}

function present(text: string, kind: string, { sessionCookie }: PortsipTypes['settings']) {
  if (kind === 'refresh') return null
  return kind === 'session' ? { cookie: `${sessionCookie}=${text}` } : bearer(text)
}

const defects: readonly Defect[] = [...opaqueDefects, 'other-tenant']

export const tokens: TokenMaking<PortsipTypes> = {
  kinds: [
    { name: 'access', defects },
    { name: 'session', defects },
    { name: 'oauth', defects },
    { name: 'refresh', defects },
  ],
  tenants: ({ facts }) => [...facts.tenants.map(({ domain }) => domain), null],
  scopes: ({ profile }) => [{ tenant: profile.domain, environments: [] }],
  expiry,
  draft: draftWanted,
  present,
}
