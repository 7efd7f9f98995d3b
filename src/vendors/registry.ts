import { tavio } from './tavio/index.js'
import type { Vendor } from './vendor.js'

export const vendors: readonly Vendor[] = [tavio]
