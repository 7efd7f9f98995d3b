import { findClaimant, findText } from '../../core/claimant.js'
import { bearerToken } from '../../dialects/bearer.js'
import type { Sent } from '../vendor.js'
import { byEmail, byUsername, findByName, type TavioRealm } from './fixture.js'

export const loginsNamed = (name: string) => [byEmail(name), byUsername(name)]

export function claimant({ operation, headers, body }: Sent, realm: TavioRealm): string | undefined {
  if (operation !== 'login') return findClaimant(realm, bearerToken(headers))
  const username = findText(body, 'username')
  return username === undefined ? undefined : findByName(realm, username)?.id
}
