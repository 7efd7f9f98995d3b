import type { Static } from '@sinclair/typebox'
import { apiKeys } from './api-key.js'
import type { BabelforAccount, BabelforRealm } from './fixture.js'
import type { ListQuery, User } from './wire.js'

/** What every response begins with. gRPC's number for OK is 0. */
export const ok = { success: true, code: 0, message: null }

export function user(realm: BabelforRealm, { id, profile }: BabelforAccount): Static<typeof User> {
  return {
    id,
    ...profile.person,
    roles: [...profile.roles],
    apiKeys: apiKeys(realm, id),
    settings: [...profile.settings],
  }
}

/** A list as its query cuts it. Left out and 0 are the same to an `int`, so 0 takes all. */
export function page<T>(all: readonly T[], { take = '0', skip = '0' }: Static<typeof ListQuery>): T[] {
  const from = Number(skip)
  return all.slice(from, Number(take) === 0 ? undefined : from + Number(take))
}
