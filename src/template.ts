import { Clock } from './core/clock.js'
import { World } from './core/world.js'
import { openStore } from './store/database.js'
import type { Fixture } from './vendors/load-fixture.js'
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

/** Puts the fixture into a world as a server does, but without hashing. Throws `FixtureError`. */
export async function assertUsable(fixture: Fixture): Promise<void> {
  const world = new World({ name: '', seed: 0, store: openStore() })
  try {
    const accounts = fixture.accounts.map((account) => ({ ...account, passwordHash: account.passwordHash ?? anyHash }))
    await seedRealm({ ...fixture, accounts }, world.realm<VendorTypes>(fixture.vendor.name))
  } finally {
    world.close()
  }
}

interface Seeding {
  readonly seed: number
  /** What the time is; the machine's, where left out. */
  readonly clock?: (() => Clock) | undefined
  /** Called after each password that had to be hashed, and how many there are in all. */
  readonly hashed?: ((done: number, of: number) => void) | undefined
}

/** Throws `FixtureError`. */
export async function makeTemplate(
  fixtures: readonly Fixture[],
  { seed, clock = () => new Clock(), hashed }: Seeding,
): Promise<Template> {
  const of = fixtures.flatMap(unhashed).length
  const world = new World({ name: '', seed, store: openStore(), clock: clock() })
  const realms: Seeded[] = []
  let done = 0
  try {
    for (const fixture of fixtures) {
      const realm = world.realm<VendorTypes>(fixture.vendor.name)
      realms.push(await seedRealm(fixture, realm, () => hashed?.(++done, of)))
    }
    return { bytes: world.store.serialize(), realms }
  } finally {
    world.close()
  }
}
