import { bearerOf, type Claimant, findText } from '../../core/claimant.js'
import { bearerToken } from '../../dialects/bearer.js'
import type { Sent } from '../vendor.js'
import { type BabelforRealm, findByUserName, loginsOf } from './fixture.js'
import { findApiKey } from './session.js'

export const loginsNamed = (name: string) => loginsOf(name)

/** With both credentials the bearer speaks, unless it names nobody. */
export function claimant({ operation, headers, body }: Sent, realm: BabelforRealm): Claimant {
  if (operation !== 'login') return bearerOf(bearerToken(headers), findApiKey(headers))
  const username = findText(body, 'username')
  return { account: username === undefined ? undefined : findByUserName(realm, username)?.id }
}
