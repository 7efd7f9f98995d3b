import { assertPassword } from '../../../core/password.js'
import { Refusal } from '../../../core/refusal.js'
import type { Stage, VendorApp } from '../../vendor.js'
import { exampleToken, exampleUser } from '../examples.js'
import { findByName, type TavioTypes } from '../fixture.js'
import { user } from '../render.js'
import { logIn } from '../sample.js'
import { findOrganization, membershipOf } from '../session.js'
import { sources } from '../sources.js'
import { issue } from '../tokens.js'
import { InOrganisation, LoginRequest, LoginResponse } from '../wire.js'

const byUserName = { case: 'a user name instead of an e-mail address', ...sources.ours }

export function login(app: VendorApp, stage: Stage<TavioTypes>): void {
  app.post(
    '/v1/:orgDomain/auth/login',
    {
      schema: {
        operationId: 'login',
        summary: 'Log a user in within an organization',
        params: InOrganisation,
        body: LoginRequest,
        response: { 200: LoginResponse },
      },
      config: {
        operation: {
          ...sources.login,
          event: 'login',
          logIn,
          answers: {
            200: {
              description: 'The user is logged in',
              ...sources.login,
              assumed: ['token is a random version 4 UUID'],
              weaker: [byUserName],
              example: { token: exampleToken, expires_in: 3600, user: exampleUser },
            },
          },
          refuses: [
            'malformed-body',
            'invalid-input',
            'unsupported-media-type',
            'unknown-tenant',
            'unknown-account',
            'wrong-password',
            'account-inactive',
            'not-a-member',
          ],
        },
      },
    },
    async (request) => {
      const realm = stage.realm(request)
      const { username, password } = request.body
      const { orgDomain } = findOrganization(realm, request.params.orgDomain)

      const known = findByName(realm, username)
      if (!username.includes('@')) stage.weaken(request, byUserName)
      const account = await assertPassword(known, password, { login: username, cost: realm.settings.passwordCost })
      if (account.state !== 'active') {
        throw new Refusal('account-inactive', { account: account.id, state: account.profile.status })
      }
      // Only after the password, so that a wrong one never reveals a membership.
      membershipOf(account, orgDomain)

      return Object.assign(issue(realm, account, orgDomain, null), { user: user(account, realm.settings) })
    },
  )
}
