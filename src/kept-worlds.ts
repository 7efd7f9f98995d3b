import { readStanding } from './control/moment.js'
import { assertSound } from './control/sound-world.js'
import { DataError } from './core/shelf.js'
import type { KeptWorld } from './core/worlds.js'
import { flagOf } from './options.js'
import type { Folder } from './store/folder.js'
import type { Vendor } from './vendors/vendor.js'

/** The worlds of a folder, with these vendors in each, and not more than `max` of them. Throws `DataError`. */
export function keptWorlds(folder: Folder, vendors: readonly Vendor[], max: number): KeptWorld[] {
  const sound = assertSound(vendors)
  const kept = folder.worlds((store) => {
    sound(store)
    const standing = store.standing.get()
    return standing === undefined ? undefined : readStanding(standing)
  })
  // There is always a default world, too.
  const count = new Set(['default', ...kept.map(({ name }) => name)]).size
  if (count > max)
    throw new DataError(
      `${folder.path}: ${count} worlds are kept there, more than the ${max} of ${flagOf('maxWorlds')}`,
    )
  return kept
}
