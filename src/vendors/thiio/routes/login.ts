import { assertPassword } from '../../../core/password.js'
import { Refusal } from '../../../core/refusal.js'
import type { Stage, VendorApp } from '../../vendor.js'
import { credentials } from '../credentials.js'
import { exampleToken, exampleUser } from '../examples.js'
import { byEmail, type ThiioTypes } from '../fixture.js'
import { user } from '../render.js'
import { sources } from '../sources.js'
import { issue } from '../tokens.js'
import { LoginRequest, LoginResponse } from '../wire.js'

export function login(app: VendorApp, stage: Stage<ThiioTypes>): void {
  app.post(
    '/api/login',
    {
      schema: {
        operationId: 'login',
        summary: 'Zapier login',
        body: LoginRequest,
        response: { 200: LoginResponse },
      },
      config: {
        operation: {
          ...sources.page,
          event: 'login',
          logIn: ({ login: email, password }) => ({
            body: JSON.stringify({ email, password, integration: 'zapier' }),
            contentType: 'application/json',
          }),
          answers: {
            200: {
              description: 'The user is logged in',
              // Every revision of the page elides what is in `user`.
              ...sources.ours,
              assumed: [
                'user is the object that check answers',
                'an email is compared without regard to letter case',
                'two_factor_enabled changes nothing',
                'integration_uuid is a version 4 UUID: the published one is none',
              ],
              example: {
                data: {
                  user: exampleUser,
                  token: exampleToken,
                  expires: 1881345780,
                  setup_finished: true,
                  integration_uuid: '92e1234a-d123-4ece-b222-54a143704831',
                },
              },
            },
          },
          refuses: ['malformed-body', 'invalid-input', 'unknown-account', 'wrong-password', 'account-inactive'],
        },
      },
    },
    async (request) => {
      const realm = stage.realm(request)
      const { email, password } = credentials(request.body, realm.settings)

      const known =
        email === undefined || password === undefined ? undefined : realm.accounts.findByLogin(byEmail(email))
      const account = await assertPassword(known, password ?? '', {
        login: email ?? '',
        cost: realm.settings.passwordCost,
      })
      if (account.state !== 'active') {
        throw new Refusal('account-inactive', { account: account.id, state: account.state })
      }

      const { token, expires } = await issue(realm, account)
      const { integrationUuid } = realm.facts
      return {
        data: { user: user(account), token, expires, setup_finished: true, integration_uuid: integrationUuid },
      }
    },
  )
}
