/** A world with the shipped fixtures, as the product seeds it. */
import { World } from '../../dist/core/world.js'
import { openStore } from '../../dist/store/database.js'
import { readFixtures } from '../../dist/vendors/load-fixture.js'
import { vendors } from '../../dist/vendors/registry.js'
import { seedRealm } from '../../dist/vendors/seed-realm.js'

/** Its database, serialised. */
export async function seeded() {
  const world = new World({ name: 'default', seed: 1, store: openStore() })
  for (const fixture of await readFixtures(vendors, 'fixtures')) {
    await seedRealm(fixture, world.realm(fixture.vendor.name))
  }
  const bytes = world.store.serialize()
  world.close()
  return bytes
}
