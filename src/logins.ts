import { requestTo } from './control/trial.js'
import { operationsOf } from './http/operations.js'
import { root } from './package.js'
import { seededApart } from './template.js'
import { findIdentity } from './vendors/identity.js'
import { readFixtures } from './vendors/load-fixture.js'
import { vendors } from './vendors/registry.js'
import type { Identity, RegisteredOperation, Vendor } from './vendors/vendor.js'

/** How somebody logs in to a vendor. */
export type Login = Vendor['login']

/** The request in which somebody logs in by the first operation of a vendor that takes a name and a password. */
export function loginAs(vendor: Vendor, operations: readonly RegisteredOperation[], who: Identity): Login {
  const operation = operations.find(({ event, logIn }) => event === 'login' && logIn)
  if (!operation?.logIn) throw new Error(`${vendor.name} has no operation to log in by`)
  const { contentType = '', body = '', ...sample } = operation.logIn(who)
  return { path: requestTo(vendor, operation, sample).path, contentType, body }
}

/**
 * A login of a vendor that works in worlds made from the fixtures at `path`, or the shipped ones; `undefined`: they tell of
 * nobody who can log in. Throws `FixtureError`.
 */
export async function findLogin(vendor: Vendor, path: string | undefined): Promise<Login | undefined> {
  const fixtures = await readFixtures(vendors, root('fixtures'), path)
  const fixture = fixtures.find((one) => one.vendor === vendor)
  const who = fixture && (await seededApart(fixture, findIdentity))
  return who && loginAs(vendor, await operationsOf(vendor), who)
}
