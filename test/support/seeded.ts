import { join } from 'node:path'
import type { Test } from 'tap'
import type { Realm } from '../../src/core/realm.js'
import { readFixture } from '../../src/vendors/load-fixture.js'
import { vendors } from '../../src/vendors/registry.js'
import { seedRealm } from '../../src/vendors/seed-realm.js'
import type { Vendor, VendorTypes } from '../../src/vendors/vendor.js'
import { bench } from './realm.js'

/** A vendor of the registry and a realm of the test's own, filled from its shipped fixture. */
export async function seeded(t: Test, name: string): Promise<{ vendor: Vendor; realm: Realm<VendorTypes> }> {
  const vendor = vendors.find((candidate) => candidate.name === name)
  if (!vendor) throw new Error(`no vendor is called ${name}`)
  const { realm } = bench<VendorTypes>(t, { vendor: name })
  await seedRealm(await readFixture(vendor, join('fixtures', `${name}.json`)), realm)
  return { vendor, realm }
}
