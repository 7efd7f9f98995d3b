import type { Static } from '@sinclair/typebox'
import type { Membership, TavioAccount, TavioTypes } from './fixture.js'
import type { User, UserWithRoles } from './wire.js'

type Settings = TavioTypes['settings']

export function user({ id, profile }: TavioAccount, { statusCase }: Settings): Static<typeof User> {
  return {
    id,
    username: profile.username,
    email: profile.email,
    firstName: profile.firstName,
    lastName: profile.lastName,
    status: statusCase === 'upper' ? profile.status.toUpperCase() : profile.status,
    mfaRequired: profile.mfaRequired,
    mfaConfigured: profile.mfaConfigured,
    changePassword: profile.changePassword,
    invite_expired: profile.invite_expired,
    favorite: profile.favorite,
  }
}

export function userWithRoles(
  account: TavioAccount,
  { roles }: Membership,
  settings: Settings,
): Static<typeof UserWithRoles> {
  return Object.assign(user(account, settings), { roles })
}
