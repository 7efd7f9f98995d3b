import type { LockoutPolicy } from '../../../core/lockout.js'
import { assertPassword } from '../../../core/password.js'
import { dateTime } from '../../../dialects/newtonsoft.js'
import type { Stage, VendorApp } from '../../vendor.js'
import { exampleToken } from '../examples.js'
import { type BabelforRealm, type BabelforTypes, findByUserName } from '../fixture.js'
import { asJson, bodyRefusals, consumes } from '../operation.js'
import { ok } from '../render.js'
import { accountOf } from '../session.js'
import { sources } from '../sources.js'
import { issue } from '../tokens.js'
import { LoginRequest, LoginResponse } from '../wire.js'

/**
 * `IpFiltering.AuthenticationProtection` of the shipped settings
 * (https://github.com/babelfornet/babel-licensing-docker-demo, appsettings.json).
 */
const protection: LockoutPolicy = { failures: 5, blockSeconds: 300 }

async function logIn(realm: BabelforRealm, address: string, username: string, password: string) {
  const { id } = await realm.lockout.guard(address, protection, () =>
    assertPassword(findByUserName(realm, username), password, { login: username, cost: realm.settings.passwordCost }),
  )
  return realm.transaction(() => {
    const current = accountOf(realm, id)
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
          ...sources.authentication,
          event: 'login',
          logIn: ({ login: username, password }) => asJson({ username, password }),
          answers: {
            200: {
              description: 'The user is logged in',
              ...sources.authentication,
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
