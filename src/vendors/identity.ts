import type { Realm } from '../core/realm.js'
import type { Seeded } from './seed-realm.js'
import type { Identity, VendorTypes } from './vendor.js'

/**
 * The first of a fixture's accounts that logs in to this realm with the password that the fixture tells: one that is active
 * there, belongs somewhere, and still has the fixture's password. One that is known by a hash alone cannot be told.
 */
export function findIdentity({ fixture, accounts }: Seeded, realm: Realm<VendorTypes>): Identity | undefined {
  for (const { account, password, logins } of accounts) {
    const [name] = logins
    if (!name || password.password === undefined) continue
    const known = realm.accounts.findByLogin(name)
    if (known?.state !== 'active' || known.passwordHash !== account.passwordHash) continue
    const [scope] = fixture.vendor.tokens.scopes(known, realm)
    if (scope) return { login: name.key, password: password.password, tenant: scope.tenant }
  }
  return undefined
}
