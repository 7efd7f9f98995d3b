import type { Model } from '../model.js'
import { babelfor } from './babelfor.js'
import { faveo, faveo2, faveo19 } from './faveo.js'
import { portsip, portsip222 } from './portsip.js'
import { tavio } from './tavio.js'
import { thiio } from './thiio.js'

/** By the name of the document. */
export const models: Readonly<Record<string, Model>> = {
  babelfor,
  faveo,
  'faveo-1.9': faveo19,
  'faveo-2': faveo2,
  portsip,
  'portsip-22.2': portsip222,
  tavio,
  thiio,
}
