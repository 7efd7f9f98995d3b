import { bearerOf, type Claimant, findText } from '../../core/claimant.js'
import { bearerToken } from '../../dialects/bearer.js'
import type { Sent } from '../vendor.js'
import { byEmail, byUsername, findByName, type TavioRealm } from './fixture.js'

export const loginsNamed = (name: string) => [byEmail(name), byUsername(name)]

export function claimant({ operation, headers, body }: Sent, realm: TavioRealm): Claimant {
  if (operation !== 'login') return bearerOf(bearerToken(headers))
  const username = findText(body, 'username')
  return { account: username === undefined ? undefined : findByName(realm, username)?.id }
}
