import { Clock } from './core/clock.js'
import { Realm } from './core/realm.js'
import { openFilling } from './store/filling.js'
import { countOf, type Fixture } from './vendors/load-fixture.js'
import { type Seeded, seedRealm, unhashed } from './vendors/seed-realm.js'
import type { VendorTypes } from './vendors/vendor.js'

/** What worlds that are made from the fixtures begin as. */
export interface Template {
  /** A seeded world, serialised. */
  readonly bytes: Buffer
  readonly realms: readonly Seeded[]
}

/** A hash for accounts that have none: nobody logs in, and to make a true one would take long. */
const anyHash = `$2y$04$${'.'.repeat(53)}`

/**
 * What `look` finds where a fixture has been put into a world of its own, as a server does but without hashing. Throws
 * `FixtureError`.
 */
export async function seededApart<T>(
  fixture: Fixture,
  look: (seeded: Seeded, realm: Realm<VendorTypes>) => T,
): Promise<T> {
  const { store } = openFilling(countOf(fixture.accounts))
  try {
    const accounts = fixture.accounts.map((account) => ({ ...account, passwordHash: account.passwordHash ?? anyHash }))
    const { name: vendor } = fixture.vendor
    const realm = new Realm<VendorTypes>({ vendor, seed: 0, world: '', clock: new Clock(), store })
    return look(await seedRealm({ ...fixture, accounts }, realm, { told }), realm)
  } finally {
    store.close()
  }
}

/** Throws `FixtureError`. */
export const assertUsable = (fixture: Fixture): Promise<void> => seededApart(fixture, () => undefined)

/** So many members of a crowd are kept in mind to find one who can log in: what is in mind costs more than the account. */
const told = 100

interface Seeding {
  readonly seed: number
  /** What the time is; the machine's, where left out. */
  readonly clock?: (() => Clock) | undefined
  /** Whether the template tells of every account, and not only of the first members of a crowd. */
  readonly isWhole?: boolean | undefined
  /** Called after each password that had to be hashed, and how many there are in all. */
  readonly hashed?: ((done: number, of: number) => void) | undefined
}

/** Throws `FixtureError`. */
export async function makeTemplate(
  fixtures: readonly Fixture[],
  { seed, clock = () => new Clock(), isWhole = false, hashed }: Seeding,
): Promise<Template> {
  const of = fixtures.flatMap(unhashed).length
  const { store, filled } = openFilling(countOf(fixtures.flatMap(({ accounts }) => accounts)))
  const options = { seed, world: '', clock: clock(), store }
  const realms: Seeded[] = []
  let done = 0
  try {
    for (const fixture of fixtures) {
      const realm = new Realm<VendorTypes>({ ...options, vendor: fixture.vendor.name })
      realms.push(await seedRealm(fixture, realm, { hashed: () => hashed?.(++done, of), ...(!isWhole && { told }) }))
    }
    return { bytes: filled(), realms }
  } finally {
    store.close()
  }
}
