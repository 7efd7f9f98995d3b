import { readMoment } from './control/moment.js'
import { assertSound } from './control/sound-world.js'
import type { Files } from './core/shelf.js'
import { Snapshots } from './core/snapshots.js'
import { openStore } from './store/database.js'
import { assertSnapshot } from './store/verify-snapshot.js'
import type { Vendor } from './vendors/vendor.js'

/** Snapshots of worlds with these vendors: those that are kept, or none yet. Throws `DataError`. */
export const newSnapshots = (vendors: readonly Vendor[], files?: Files): Snapshots =>
  new Snapshots({
    open: openStore,
    verify: assertSnapshot,
    read: readMoment,
    assertSound: assertSound(vendors),
    secretsOf: (name) => vendors.find((vendor) => vendor.name === name)?.secrets ?? [],
    secrets: vendors.flatMap(({ secrets }) => secrets),
    files,
  })
