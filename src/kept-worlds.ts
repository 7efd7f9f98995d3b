import { readStanding } from './control/moment.js'
import { assertSound } from './control/sound-world.js'
import type { KeptWorld } from './core/worlds.js'
import type { Folder } from './store/folder.js'
import type { Vendor } from './vendors/vendor.js'

/** The worlds of a folder, with these vendors in each. Throws `DataError`. */
export function keptWorlds(folder: Folder, vendors: readonly Vendor[]): KeptWorld[] {
  const sound = assertSound(vendors)
  return folder.worlds((store) => {
    sound(store)
    const standing = store.standing.get()
    return standing === undefined ? undefined : readStanding(standing)
  })
}
