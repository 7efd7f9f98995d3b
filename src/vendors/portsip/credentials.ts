import { assertPassword } from '../../core/password.js'
import { byUsername, type PortsipAccount, type PortsipRealm } from './fixture.js'

/** `web_failed_auth_amount` 5, "block if failed more than this times", and `web_blacklist_time_interval` 3600. */
const policy = { failures: 6, blockSeconds: 3600 }

/**
 * The account that a client at `address` logs in to: one of the system where no domain is given, else one of that
 * tenant. Throws `unknown-account`, `wrong-password` or, while the address is blocked, `account-locked`.
 */
export async function logIn(
  realm: PortsipRealm,
  address: string,
  { username, password, domain }: { username: string; password: string; domain?: string | null },
): Promise<PortsipAccount> {
  const { lockout, passwordCost: cost } = realm.settings
  const verify = () => {
    const known = realm.accounts.findByLogin(byUsername(username, domain ?? null))
    return assertPassword(known, password, { login: username, cost })
  }
  return lockout ? realm.lockout.guard(address, policy, verify) : verify()
}
