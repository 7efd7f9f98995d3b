import { seconds } from '../../core/clock.js'
import { type Draft, issueHs256, type JwtDraft } from '../../core/draft.js'
import { jwtDefects, opaqueDefects, type TokenMaking, type Wanted } from '../../core/making.js'
import { bearer } from '../../dialects/bearer.js'
import { draftApiKey } from './api-key.js'
import type { BabelforAccount, BabelforRealm, BabelforTypes, Profile } from './fixture.js'
import { permissions } from './session.js'

type Ordered = Pick<Wanted<Profile>, 'account' | 'issuedAt' | 'expiresAt' | 'id'>

/** A bearer token lives by its claims, and those are whole seconds. */
function draftBearer({ account, issuedAt, expiresAt, id }: Ordered, realm: BabelforRealm): JwtDraft<null> {
  const { roles, person } = account.profile
  const jti = id ?? realm.tokens.newId(() => realm.chance.uuid('jti'))
  const iat = seconds(issuedAt)
  const exp = expiresAt === null ? null : seconds(expiresAt)
  const role = roles.length > 1 ? roles : roles[0]
  const claims = { sub: account.id, unique_name: person.userName, role, jti, nbf: iat, iat, exp }
  const row = { id: jti, kind: 'bearer', account: account.id, issuedAt, facts: null }
  return {
    jwt: { algorithm: 'HS256', claims },
    row: { ...row, expiresAt: exp === null ? null : exp * 1000 },
  }
}

/** A key of the forge may do everything. */
const everything = Object.values(permissions).reduce((sum, bit) => sum + bit, 0)

function draft(wanted: Wanted<Profile>, realm: BabelforRealm): Draft<BabelforTypes['token']> {
  if (wanted.kind === 'bearer') return draftBearer(wanted, realm)
  const { account, issuedAt, expiresAt } = wanted
  return draftApiKey(realm, account.id, { permissions: everything }, { issuedAt, expiresAt })
}

const expiry = (issuedAt: number, { tokenLifetimeSeconds }: BabelforTypes['settings']): number =>
  (seconds(issuedAt) + tokenLifetimeSeconds) * 1000

/** A new bearer token. */
export function issue(realm: BabelforRealm, account: BabelforAccount): { token: string; expiresIn: number } {
  const issuedAt = realm.clock.now()
  const drafted = draftBearer({ account, issuedAt, expiresAt: expiry(issuedAt, realm.settings) }, realm)
  return { token: issueHs256(realm, drafted), expiresIn: realm.settings.tokenLifetimeSeconds }
}

export const tokens: TokenMaking<BabelforTypes> = {
  kinds: [
    { name: 'bearer', identifiedBy: 'sub', defects: jwtDefects },
    { name: 'api-key', defects: opaqueDefects },
  ],
  tenants: () => [null],
  scopes: () => [{ tenant: null, environments: [] }],
  expiry: (kind, issuedAt, settings) => (kind === 'bearer' ? expiry(issuedAt, settings) : null),
  draft,
  present: (text, kind) => (kind === 'bearer' ? bearer(text) : { 'x-api-key': text }),
}
