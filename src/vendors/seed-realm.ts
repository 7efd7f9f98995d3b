import { type Account, ImpossibleAccount } from '../core/account.js'
import { turn } from '../core/clock.js'
import { hashPassword } from '../core/password.js'
import type { LoginName } from '../core/ports.js'
import type { Realm } from '../core/realm.js'
import { type Fixture, type FixtureAccount, FixtureError } from './load-fixture.js'
import { createAccount, type VendorTypes } from './vendor.js'

/** Of each crowd one, and each other account: those whose passwords have to be hashed. */
export function unhashed({ accounts }: Pick<Fixture, 'accounts'>): FixtureAccount[] {
  const all = accounts.filter(({ passwordHash }) => passwordHash === undefined)
  return [...new Map(all.map((one) => [one.at, one])).values()]
}

/** An account as a fixture made it. */
export interface SeededAccount {
  /** Without what its passwords were. */
  readonly entry: Readonly<Record<string, unknown>>
  readonly password: { readonly password: string | undefined; readonly passwordHash: string | undefined }
  readonly account: Account<unknown>
  readonly logins: readonly LoginName[]
}

/** What a fixture has made of a realm, its accounts in the order of the file. */
export interface Seeded {
  readonly fixture: Fixture
  readonly accounts: readonly SeededAccount[]
}

/** How many accounts are made before others get their turn on the event loop: a few hundredths of a second. */
const stretch = 250

/**
 * Fills a realm that nobody uses yet from its fixture. Passwords that come without a hash are hashed first, off the event
 * loop; `hashed` is called after each. Throws `FixtureError`, and leaves the realm half filled.
 */
export async function seedRealm(
  fixture: Fixture,
  realm: Realm<VendorTypes>,
  hashed: () => void = () => undefined,
): Promise<Seeded> {
  const { vendor, file, settings, facts, accounts, signingKey, kept } = fixture
  const cost = settings.passwordCost
  const hashes = new Map(
    await Promise.all(
      unhashed(fixture).map(async ({ at, password = '' }) => {
        const hash = await hashPassword(password, cost, realm.chance)
        hashed()
        return [at, hash] as const
      }),
    ),
  )
  realm.transaction(() => {
    if (signingKey) realm.keys.install(signingKey, signingKey.includes('PUBLISHED'))
    if (kept) realm.keys.keep('foreign', kept.foreign)
    if (kept?.next) realm.keys.keep('next', kept.next)
    realm.furnish({ facts: vendor.furnish(facts), settings })
  })
  const create = ({ at, entry, password, passwordHash }: FixtureAccount): SeededAccount => {
    try {
      const created = createAccount(vendor, realm, entry, passwordHash ?? hashes.get(at) ?? '')
      return { entry, password: { password, passwordHash }, ...created }
    } catch (error) {
      if (error instanceof ImpossibleAccount) throw new FixtureError(file, at, error.message)
      throw error
    }
  }
  const seeded: SeededAccount[] = []
  for (let from = 0; from < accounts.length; from += stretch) {
    if (from > 0) await turn()
    seeded.push(...realm.transaction(() => accounts.slice(from, from + stretch).map(create)))
  }
  return { fixture, accounts: seeded }
}
