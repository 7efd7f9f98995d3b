import { babelfor } from './babelfor/index.js'
import { faveo } from './faveo/index.js'
import { portsip } from './portsip/index.js'
import { tavio } from './tavio/index.js'
import { thiio } from './thiio/index.js'
import type { Vendor } from './vendor.js'

export const vendors: readonly Vendor[] = [babelfor, faveo, portsip, tavio, thiio]
