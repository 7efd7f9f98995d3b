import { Type } from '@sinclair/typebox'
import type { Vendor } from '../vendors/vendor.js'
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
