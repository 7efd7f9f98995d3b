import type { Realm, RealmTypes } from './realm.js'

/** The text that a body has under `name`, whatever else the body is. */
export function findText(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value : undefined
}

/** What a JWT says in `sub`, its signature unseen. */
function findSubject(text: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(text.split('.', 2)[1] ?? '', 'base64url').toString('utf8'))
    if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return undefined
    return typeof claims.sub === 'string' || typeof claims.sub === 'number' ? String(claims.sub) : undefined
  } catch {
    return undefined
  }
}

/**
 * Id of the account that a token claims to speak for, be the token alive, ended or forged: by its record and otherwise,
 * as it may be a JWT of somebody else's making, by its `sub`, if there is such an account.
 */
export function findClaimant(realm: Realm<RealmTypes>, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const known = realm.tokens.findByText(text)
  if (known) return known.account
  const subject = findSubject(text)
  return subject === undefined ? undefined : realm.accounts.find(subject)?.id
}
