import { type Claims, decoded } from './jwt.js'
import type { TokenHolder } from './ports.js'
import type { Realm, RealmTypes } from './realm.js'

/** Whom a request says it comes from, where its vendor looks for that. Nothing of it is judged. */
export type Claimant =
  /** Id of the account that it logs in to; `undefined`: of none that there is. */
  | { readonly account: string | undefined }
  /** What it presents as tokens, the one that the vendor reads first before the others. */
  | { readonly texts: readonly string[] }

export const bearerOf = (...texts: readonly (string | undefined)[]): Claimant => ({
  texts: texts.filter((text) => text !== undefined),
})

/** The text that a body has under `name`, whatever else the body is. */
export function findText(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value : undefined
}

/** What a JWT says in `sub`, its signature unseen. */
function findSubject(text: string): string | undefined {
  const { sub } = decoded(text.split('.', 2)[1]) ?? {}
  return typeof sub === 'string' || typeof sub === 'number' ? String(sub) : undefined
}

function findBearer(realm: Realm<RealmTypes>, text: string): string | undefined {
  const known = realm.tokens.findAccountOf(text)
  if (known !== undefined) return known
  const subject = findSubject(text)
  return subject === undefined ? undefined : realm.accounts.find(subject)?.id
}

/**
 * Id of the account that a request claims to come from. A token speaks for one, be it alive, ended or forged: by its
 * record and otherwise, as it may be a JWT of somebody else's making, by its `sub`, if there is such an account.
 */
export function findClaimant(realm: Realm<RealmTypes>, claimant: Claimant): string | undefined {
  if ('account' in claimant) return claimant.account
  for (const text of claimant.texts) {
    const account = findBearer(realm, text)
    if (account !== undefined) return account
  }
  return undefined
}

/** A token as a request presented it, without what would let anybody else present it. */
export interface PresentedToken {
  /** What a JWT says, its signature unseen; `null` where the text is none. */
  readonly header: Claims | null
  readonly claims: Claims | null
  /** Who in the world has a token with this text; `null`: nobody. */
  readonly holder: TokenHolder | null
}

/** The token that the vendor reads first of those that a request presents; `undefined`: it presents none. */
export function findPresented({ tokens }: Realm<RealmTypes>, claimant: Claimant): PresentedToken | undefined {
  const [text] = 'texts' in claimant ? claimant.texts : []
  if (text === undefined) return undefined
  return { ...spoken(text), holder: tokens.findHolder(text) ?? null }
}

/** What a text says as a JWT, its signature unseen. */
export function spoken(text: string): Pick<PresentedToken, 'header' | 'claims'> {
  const [first, second] = text.split('.', 2)
  const header = decoded(first) ?? null
  return { header, claims: (header && decoded(second)) ?? null }
}
