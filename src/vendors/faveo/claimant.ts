import { findClaimant } from '../../core/claimant.js'
import type { Sent } from '../vendor.js'
import { byEmail, byUserName, type FaveoRealm, findByName } from './fixture.js'
import { findToken, findUsername } from './session.js'

export const loginsNamed = (name: string) => [byUserName(name), byEmail(name)]

export function claimant({ operation, headers, path, body }: Sent, realm: FaveoRealm): string | undefined {
  if (operation !== 'authenticate')
    return findClaimant(realm, findToken({ headers, url: path, body }, realm.settings.profile))
  const username = findUsername(body)
  return username === undefined ? undefined : findByName(realm, username)?.id
}
