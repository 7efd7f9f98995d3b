import { bearerOf, type Claimant } from '../../core/claimant.js'
import type { Sent } from '../vendor.js'
import { byEmail, byUserName, type FaveoRealm, findByName } from './fixture.js'
import { findToken, findUsername } from './session.js'

export const loginsNamed = (name: string) => [byUserName(name), byEmail(name)]

export function claimant({ operation, headers, path, body }: Sent, realm: FaveoRealm): Claimant {
  if (operation !== 'authenticate') return bearerOf(findToken({ headers, url: path, body }, realm.settings.profile))
  const username = findUsername(body)
  return { account: username === undefined ? undefined : findByName(realm, username)?.id }
}
