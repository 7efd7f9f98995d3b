import type { Account } from '../core/account.js'
import { ImpossibleToken, mint } from '../core/forge.js'
import type { TokenKind } from '../core/making.js'
import { Refusal } from '../core/refusal.js'
import type { World } from '../core/world.js'
import type { RegisteredOperation, Sample, Vendor, VendorTypes } from '../vendors/vendor.js'
import type { Control, Question } from './control.js'
import { type NewToken, orderOf } from './mint.js'

/** As what a token is shown to one vendor. */
export interface Guise {
  readonly vendor: Vendor
  readonly kind: string
  readonly tenant: string | null
  readonly environment: string | null
}

/** A token that an operation takes. */
export interface Taken {
  readonly guise: Guise
  readonly account: Account<unknown>
}

/** Whether a caller can be refused for a credential there, or a token be presented at all. */
export const takesCredential = ({ sample, refuses }: RegisteredOperation): boolean =>
  sample !== undefined ||
  refuses.some((refusal) => (refusal instanceof Refusal ? refusal.code : refusal).startsWith('token-'))

/** What a request needs besides its credential. */
export const sampleFor = ({ sample }: RegisteredOperation, text: string, { tenant, environment }: Guise): Sample =>
  sample?.({ text, tenant, environment }) ?? {}

/** The request with those parameters and that body. */
export const requestTo = (
  { name: vendor }: Vendor,
  { method, path }: RegisteredOperation,
  { params = {}, body, contentType }: Sample,
  headers: Readonly<Record<string, string>> = {},
): Question => ({
  vendor,
  method,
  path: path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? '-')),
  headers: { ...headers, ...(contentType && { 'content-type': contentType }) },
  ...(body !== undefined && { body }),
})

/** The request that presents a text to an operation, in the headers of its kind or, where it has none, as a bearer. */
export function questionOf(
  operation: RegisteredOperation,
  text: string,
  guise: Guise,
  settings: VendorTypes['settings'],
): Question {
  const { vendor, kind } = guise
  const credential = vendor.tokens.present(text, kind, settings) ?? { authorization: `Bearer ${text}` }
  return requestTo(vendor, operation, sampleFor(operation, text, guise), credential)
}

/** As what a new token of that kind would be shown; `undefined` where the account can have none. */
function guiseFor(vendor: Vendor, kind: TokenKind, account: Account<unknown>, world: World): Guise | undefined {
  const [scope] = vendor.tokens.scopes(account, world.realm<VendorTypes>(vendor.name))
  const [environment = null] = scope?.environments ?? []
  if (!scope || (kind.inEnvironment && environment === null)) return undefined
  return { vendor, kind: kind.name, tenant: scope.tenant, environment }
}

/** What the forge is asked for such a token. */
export function orderFor({ vendor, kind, tenant, environment }: Guise, account: Account<unknown>): NewToken {
  const { inEnvironment } = vendor.tokens.kinds.find(({ name }) => name === kind) ?? {}
  return {
    vendor: vendor.name,
    account: account.id,
    kind,
    ...(tenant !== null && { tenant }),
    ...(inEnvironment && environment !== null && { environment }),
  }
}

/** A good token of that kind, made in a copy that nobody else sees. */
async function textFor(guise: Guise, account: Account<unknown>, copy: World): Promise<string | undefined> {
  const { vendor } = guise
  const { realm, wanted } = orderOf(orderFor(guise, account), [vendor], copy, '')
  try {
    return (await mint(realm, vendor.tokens, wanted)).text
  } catch (error) {
    if (error instanceof ImpossibleToken) return undefined
    throw error
  }
}

/** Whether a token can be made here: from a redacted snapshot the keys are gone. */
const canSign = ({ name, signing }: Vendor, { store }: World): boolean =>
  signing !== 'RS256' || store.keys.all(name, 'signing').length > 0

/**
 * The kinds of tokens that an operation takes, found by asking it in a copy of the world with a good one of each: of the
 * first of `accounts` of whom it takes any.
 */
export async function findTaken(
  { rehearsal }: Pick<Control, 'rehearsal'>,
  world: World,
  vendor: Vendor,
  operation: RegisteredOperation,
  accounts: readonly Account<unknown>[],
): Promise<Taken[]> {
  if (!canSign(vendor, world)) return []
  const { settings } = world.realm<VendorTypes>(vendor.name)
  for (const account of accounts) {
    const copy = rehearsal.copy(world)
    try {
      const made = []
      for (const kind of vendor.tokens.kinds) {
        const guise = guiseFor(vendor, kind, account, copy)
        const text = guise && (await textFor(guise, account, copy))
        if (guise && text !== undefined) made.push({ guise, question: questionOf(operation, text, guise, settings) })
      }
      copy.rebase()
      const taken = []
      for (const { guise, question } of made) {
        const { refusal } = await rehearsal.ask(copy, question)
        if (!refusal) taken.push({ guise, account })
      }
      if (taken.length > 0) return taken
    } finally {
      copy.close()
    }
  }
  return []
}
