import { upperAlphanumeric } from '../../core/chance.js'
import { hashPassword } from '../../core/password.js'
import type { PortsipAccount, PortsipRealm } from './fixture.js'
import { assertAcceptable } from './password-policy.js'
import { accountOf } from './session.js'

const lifetimeMs = 3_600_000

/** Sends a token that sets a new password, once. */
export function sendResetToken(realm: PortsipRealm, account: PortsipAccount): void {
  realm.transaction(() => {
    const code = realm.chance.text('password-reset', 48, upperAlphanumeric)
    const expiresAt = realm.clock.now() + lifetimeMs
    realm.tokens.issue(code, {
      kind: 'password-reset',
      account: account.id,
      tenant: account.profile.domain,
      // Whoever has set a new password leaves no other token of the account behind.
      family: `password-reset ${account.id}`,
      expiresAt,
      facts: { accessToken: null },
    })
    realm.outbox.send({ account: account.id, kind: 'password-reset', code, expiresAt })
  })
}

/** Sets a new password. Throws `token-…`, or `invalid-input` where the password policy is broken. */
export async function resetPassword(
  realm: PortsipRealm,
  { token, newPassword }: { token: string; newPassword: string },
): Promise<void> {
  const present = () => realm.tokens.present(token, ['password-reset'])
  assertAcceptable(newPassword, accountOf(realm, present()), '/new_password')
  const hash = await hashPassword(newPassword, realm.settings.passwordCost, realm.chance)
  realm.transaction(() => {
    // Another request may have used the token while the password was hashed.
    const used = present()
    realm.accounts.changePassword(accountOf(realm, used), hash)
    realm.tokens.revoke(used)
  })
}
