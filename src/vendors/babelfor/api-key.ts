import { type Static, Type } from '@sinclair/typebox'
import { lowerAlphanumeric } from '../../core/chance.js'
import type { OpaqueDraft } from '../../core/draft.js'
import type { NewToken, Token } from '../../core/token.js'
import { dateTime } from '../../dialects/newtonsoft.js'
import type { BabelforRealm } from './fixture.js'
import { instant } from './instant.js'
import { type ApiKey, apiKeyFields } from './wire.js'

const { id: _id, ownerId: _ownerId, ...ownFields } = apiKeyFields

/** An API key of a fixture account. The key is drawn where it is left out. */
export const apiKeyFixture = Type.Partial(Type.Object(ownFields, { additionalProperties: false }))

export type ApiKeyFacts = Pick<
  Static<typeof ApiKey>,
  'id' | 'name' | 'key' | 'clientSecret' | 'permissions' | 'description'
>

/** `ApiKeyFormat` of the shipped settings: `api_{token:24}`. */
const newKey = (realm: BabelforRealm): string => `api_${realm.chance.text('api-key', 24, lowerAlphanumeric)}`

type Given = Static<typeof apiKeyFixture>
type Times = Pick<NewToken<ApiKeyFacts>, 'issuedAt' | 'expiresAt'>

export function draftApiKey(realm: BabelforRealm, owner: string, given: Given, times: Times): OpaqueDraft<ApiKeyFacts> {
  const { key = newKey(realm), name = null, clientSecret = null, permissions = 0, description = null } = given
  const facts = { id: realm.chance.next('api-key-id'), name, key, clientSecret, permissions, description }
  return { text: key, row: { kind: 'api-key', account: owner, ...times, facts } }
}

export function issueApiKey(realm: BabelforRealm, owner: string, given: Given): Token<ApiKeyFacts> {
  const issuedAt = instant(given.createdDate) ?? realm.clock.now()
  const { text, row } = draftApiKey(realm, owner, given, { issuedAt, expiresAt: instant(given.expireDate) })
  const token = realm.tokens.issue(text, { ...row, revokedAt: given.revoked ? issuedAt : null })
  return { ...token, facts: row.facts }
}

/** Gives a key that there is the name, permissions and end of another entry; one that was revoked remains so. */
export function changeApiKey(realm: BabelforRealm, token: Token<ApiKeyFacts | null>, given: Given): void {
  if (!token.facts) return
  const { name = null, clientSecret = null, permissions = 0, description = null } = given
  realm.tokens.amend(token, { ...token.facts, name, clientSecret, permissions, description })
  const expiresAt = instant(given.expireDate)
  if (expiresAt !== null) realm.tokens.extend(token, expiresAt)
  if (given.revoked) realm.tokens.revoke(token)
}

export function apiKey({ facts, ...token }: Token<ApiKeyFacts>): Static<typeof ApiKey> {
  return {
    id: facts.id,
    name: facts.name,
    key: facts.key,
    clientSecret: facts.clientSecret,
    createdDate: dateTime(token.issuedAt),
    expireDate: token.expiresAt === null ? null : dateTime(token.expiresAt),
    ownerId: token.account,
    revoked: token.revokedAt !== null,
    permissions: facts.permissions,
    description: facts.description,
  }
}

/** The keys of one owner, or of all, oldest first. */
export function apiKeys(realm: BabelforRealm, owner?: string): Static<typeof ApiKey>[] {
  return realm.tokens
    .ofKind('api-key', owner)
    .flatMap(({ facts, ...token }) => (facts ? apiKey({ ...token, facts }) : []))
}
