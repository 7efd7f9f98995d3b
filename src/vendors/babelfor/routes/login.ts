import type { LockoutPolicy } from '../../../core/lockout.js'
import { assertPassword } from '../../../core/password.js'
import { Refusal } from '../../../core/refusal.js'
import { dateTime } from '../../../dialects/newtonsoft.js'
import type { Stage, VendorApp } from '../../vendor.js'
import { exampleToken } from '../examples.js'
import { type BabelforAccount, type BabelforRealm, type BabelforTypes, findByUserName } from '../fixture.js'
import { authentication, bodyRefusals, consumes } from '../operation.js'
import { ok } from '../render.js'
import { accountOf, issue } from '../session.js'
import { LoginRequest, LoginResponse } from '../wire.js'

/**
 * `IpFiltering.AuthenticationProtection` of the shipped settings
 * (https://github.com/babelfornet/babel-licensing-docker-demo, appsettings.json).
 */
const protection: LockoutPolicy = { failures: 5, blockSeconds: 300 }

/** Asks the lock-out again once the comparison is over: others of the address may have failed in the meantime. */
async function logIn(realm: BabelforRealm, address: string, username: string, password: string) {
  realm.lockout.assertOpen(address)
  let account: BabelforAccount
  try {
    const known = findByUserName(realm, username)
    account = await assertPassword(known, password, { login: username, cost: realm.settings.passwordCost })
  } catch (refusal) {
    if (refusal instanceof Refusal) {
      realm.transaction(() => {
        realm.lockout.assertOpen(address)
        realm.lockout.failed(address, protection)
      })
    }
    throw refusal
  }
  return realm.transaction(() => {
    realm.lockout.assertOpen(address)
    realm.lockout.succeeded(address)
    const current = accountOf(realm, account.id)
    const person = { ...current.profile.person, lastLogIn: dateTime(realm.clock.now()) }
    return issue(realm, realm.accounts.updateProfile(current, { ...current.profile, person }))
  })
}

export function login(app: VendorApp, stage: Stage<BabelforTypes>): void {
  app.post(
    '/v1/auth/login',
    {
      schema: {
        operationId: 'login',
        summary: 'Login to the system; credentials in headers are not looked at',
        consumes,
        body: LoginRequest,
        response: { 200: LoginResponse },
      },
      config: {
        operation: {
          evidence: 'seed',
          reference: authentication,
          event: 'login',
          answers: {
            200: {
              description: 'The user is logged in',
              evidence: 'seed',
              assumed: [
                'login is anonymous',
                'token is a JWT by HS256, and its claims',
                'expiresIn is in seconds',
                'message is null',
              ],
              example: { ...ok, token: exampleToken, expiresIn: 1800 },
            },
          },
          refuses: [...bodyRefusals, 'unknown-account', 'wrong-password', 'account-locked'],
        },
      },
    },
    async (request) => {
      // A member that is missing is a name that nobody has, or a password that is nobody's.
      const { username = '', password = '' } = request.body
      return { ...ok, ...(await logIn(stage.realm(request), stage.address(request), username, password)) }
    },
  )
}
