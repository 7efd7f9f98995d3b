import type { Static } from '@sinclair/typebox'
import type { Settings } from '../control/settings.js'
import { type Plane, route } from './plane.js'

/** Behaviour switches of a vendor, by name; which there are says `fixtures/README.md` of the package. */
export type VendorSettings = Static<typeof Settings>

/** Behaviour switches of a world, a set for each vendor. A reset undoes changes. */
export class WorldSettings {
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /** Throws `unknown-vendor`. */
  read(vendor: string): Promise<VendorSettings> {
    return this.#plane.get(route`/settings/${vendor}`)
  }

  /** Changes those that are given and answers them all. Throws `unknown-vendor` and `invalid-input`. */
  change(vendor: string, settings: VendorSettings): Promise<VendorSettings> {
    return this.#plane.patch(route`/settings/${vendor}`, settings)
  }
}
