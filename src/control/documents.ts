import { profilesOf, type Vendor } from '../vendors/vendor.js'

/** An OpenAPI document of a vendor: of its default profile, or of another. */
export interface VendorDocument {
  /** Its file in `openapi/`, without `.json`: `faveo`, `faveo-1.9`. */
  readonly name: string
  readonly title: string
  readonly vendor: Vendor
  /** Left out where the vendor has but one. */
  readonly profile?: string
}

/** The documents that the vendors have, those of their default profiles first. */
export const documentsOf = (vendor: Vendor): VendorDocument[] => {
  const { name, title } = vendor
  const [first, ...others] = profilesOf(vendor)
  return [
    { name, title, vendor, ...(first !== undefined && { profile: first }) },
    ...others.map((profile) => ({ name: `${name}-${profile}`, title: `${title} ${profile}`, vendor, profile })),
  ]
}
