import { bearerOf, type Claimant } from '../../core/claimant.js'
import type { Sent } from '../vendor.js'
import { findEmail } from './credentials.js'
import { byEmail, type ThiioRealm } from './fixture.js'
import { findBearer } from './session.js'

export const loginsNamed = (name: string) => [byEmail(name)]

export function claimant({ operation, headers, body }: Sent, realm: ThiioRealm): Claimant {
  if (operation !== 'login') return bearerOf(findBearer(headers))
  const email = findEmail(body)
  return { account: email === undefined ? undefined : realm.accounts.findByLogin(byEmail(email))?.id }
}
