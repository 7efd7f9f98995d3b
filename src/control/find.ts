import { Type } from '@sinclair/typebox'
import type { Account } from '../core/account.js'
import type { Realm } from '../core/realm.js'
import type { Snapshot, Snapshots } from '../core/snapshots.js'
import type { World } from '../core/world.js'
import type { Worlds } from '../core/worlds.js'
import type { Vendor, VendorTypes } from '../vendors/vendor.js'
import { ControlError } from './errors.js'

export const InVendor = Type.Object({ vendor: Type.String({ description: 'name of a vendor' }) })

/** The vendor of that name. Throws `unknown-vendor`. */
export function vendorNamed(vendors: readonly Vendor[], name: string, pointer?: string): Vendor {
  const vendor = vendors.find((candidate) => candidate.name === name)
  if (vendor) return vendor
  throw new ControlError(404, 'unknown-vendor', `there is no vendor ${JSON.stringify(name)}`, {
    ...(pointer && { pointer }),
    vendors: vendors.map((known) => known.name),
  })
}

/** The world of that name, if it has been made. Throws `unknown-world`. */
export function worldNamed(worlds: Worlds, name: string, pointer?: string): World {
  const found = worlds.peek(name)
  if (found) return found
  throw new ControlError(404, 'unknown-world', `there is no world ${JSON.stringify(name)}`, {
    ...(pointer && { pointer }),
    worlds: worlds.all().map((known) => known.name),
  })
}

/** The snapshot of that name. Throws `unknown-snapshot`. */
export function snapshotNamed(snapshots: Snapshots, name: string, pointer?: string): Snapshot {
  const found = snapshots.find(name)
  if (found) return found
  throw new ControlError(404, 'unknown-snapshot', `there is no snapshot ${JSON.stringify(name)}`, {
    ...(pointer && { pointer }),
    snapshots: snapshots.all().map((known) => known.name),
  })
}

export const unknownAccount = (vendor: Vendor, name: string, pointer?: string): ControlError =>
  new ControlError(404, 'unknown-account', `${vendor.name} has no account ${JSON.stringify(name)}`, {
    ...(pointer && { pointer }),
    vendor: vendor.name,
  })

/**
 * The account that `name` means: its id or, where no account has that, any login name, in any tenant. Throws
 * `unknown-account` and `ambiguous-account`.
 */
export function accountNamed(
  vendor: Vendor,
  realm: Realm<VendorTypes>,
  name: string,
  pointer?: string,
): Account<unknown> {
  const known = realm.accounts.find(name)
  if (known) return known
  const [first, ...more] = realm.accounts.named(vendor.loginsNamed(name))
  if (!first) throw unknownAccount(vendor, name, pointer)
  if (more.length === 0) return first
  throw new ControlError(409, 'ambiguous-account', `${JSON.stringify(name)} is the login name of several accounts`, {
    ...(pointer && { pointer }),
    vendor: vendor.name,
    ids: [first, ...more].map(({ id }) => id),
  })
}
