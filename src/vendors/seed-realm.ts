import { type Account, ImpossibleAccount } from '../core/account.js'
import { turn } from '../core/clock.js'
import { hashPassword } from '../core/password.js'
import type { LoginName } from '../core/ports.js'
import type { Realm } from '../core/realm.js'
import { membersOf } from './crowd.js'
import { type Fixture, type FixtureAccount, FixtureError } from './load-fixture.js'
import { createAccount, type VendorTypes } from './vendor.js'

/** Those whose passwords have to be hashed. */
export const unhashed = ({ accounts }: Pick<Fixture, 'accounts'>): FixtureAccount[] =>
  accounts.filter(({ passwordHash }) => passwordHash === undefined)

/** An account as a fixture made it. */
export interface SeededAccount {
  /** Without what its passwords were. */
  readonly entry: Readonly<Record<string, unknown>>
  readonly password: { readonly password: string | undefined; readonly passwordHash: string | undefined }
  readonly account: Account<unknown>
  readonly logins: readonly LoginName[]
}

/** What a fixture has made of a realm, its accounts in the order of the file; of a crowd as many as were asked for. */
export interface Seeded {
  readonly fixture: Fixture
  readonly accounts: readonly SeededAccount[]
}

/** How many accounts are made before others get their turn on the event loop: a few hundredths of a second. */
const stretch = 250

export interface SeedOptions {
  /** Called after each password that had to be hashed. */
  readonly hashed?: (() => void) | undefined
  /** Of how many members of a crowd, the first ones, it is told what they have become: all, where left out. */
  readonly told?: number | undefined
}

/**
 * Fills a realm that nobody uses yet from its fixture. Passwords that come without a hash are hashed first, off the event
 * loop. Throws `FixtureError`, and leaves the realm half filled.
 */
export async function seedRealm(
  fixture: Fixture,
  realm: Realm<VendorTypes>,
  { hashed, told = Number.POSITIVE_INFINITY }: SeedOptions = {},
): Promise<Seeded> {
  const { vendor, file, settings, facts, accounts, signingKey, kept } = fixture
  const cost = settings.passwordCost
  const hashes = new Map(
    await Promise.all(
      unhashed(fixture).map(async ({ at, password = '' }) => {
        const hash = await hashPassword(password, cost, realm.chance)
        hashed?.()
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
  const seeded: SeededAccount[] = []
  let made = 0
  for (const { at, entry, size, password, passwordHash } of accounts) {
    const given = { password, passwordHash }
    const hash = passwordHash ?? hashes.get(at) ?? ''
    const last = seeded.length + told
    for (const one of membersOf(entry, size)) {
      if (made > 0 && made % stretch === 0) await turn()
      made += 1
      try {
        const created = realm.transaction(() => createAccount(vendor, realm, one, hash))
        if (seeded.length < last) seeded.push({ entry: one, password: given, ...created })
      } catch (error) {
        if (error instanceof ImpossibleAccount) throw new FixtureError(file, at, error.message)
        throw error
      }
    }
  }
  return { fixture, accounts: seeded }
}
