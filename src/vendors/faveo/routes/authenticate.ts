import { assertPassword } from '../../../core/password.js'
import { Refusal } from '../../../core/refusal.js'
import { textOf } from '../../../dialects/php-input.js'
import type { Stage, VendorApp } from '../../vendor.js'
import { exampleToken, exampleToken2, exampleToken19, exampleUser, exampleUser2 } from '../examples.js'
import { type FaveoTypes, findByName } from '../fixture.js'
import { user } from '../render.js'
import { assertApiKey } from '../session.js'
import { sources } from '../sources.js'
import { issue } from '../tokens.js'
import { Authenticated, Authenticated2, Authenticated19, AuthenticateResponse, Credentials } from '../wire.js'

/** Neither text nor left out: what the framework makes of it depends on where it goes. */
const isNoText = (value: unknown): boolean => value !== undefined && value !== null && typeof value !== 'string'

const bannedOrDeleted = { case: 'a banned or deleted user', ...sources.controllers }
const noText = { case: 'a user name or password that is a number, a list or an object', ...sources.ours }

export function authenticate(app: VendorApp, stage: Stage<FaveoTypes>): void {
  app.post(
    '/api/v1/authenticate',
    {
      schema: {
        operationId: 'authenticate',
        summary: 'Log a user in; parameters come in the query, a form or JSON, the body winning over the query',
        querystring: Credentials,
        body: Credentials,
        response: { 200: AuthenticateResponse },
      },
      config: {
        operation: {
          ...sources.login,
          event: 'login',
          logIn: ({ login: username, password }) => ({
            body: JSON.stringify({ username, password }),
            contentType: 'application/json',
          }),
          answers: {
            200: {
              description: 'A token and, as `user_id`, the whole user',
              ...sources.login,
              assumed: ['comparison of user names in any letter case'],
              weaker: [bannedOrDeleted, noText],
              example: { token: exampleToken, user_id: exampleUser },
              schema: Authenticated,
              under: {
                1.9: {
                  description: 'A token and the id of the user',
                  ...sources.controllers19,
                  example: { token: exampleToken19, user_id: exampleUser.id },
                  schema: Authenticated19,
                },
                // How it writes a date is the framework's default.
                2: {
                  ...sources.framework2,
                  example: { token: exampleToken2, user_id: exampleUser2 },
                  schema: Authenticated2,
                },
              },
            },
          },
          refuses: [
            'client-access-disabled',
            'client-key-wrong',
            'unknown-account',
            'wrong-password',
            'account-inactive',
          ],
        },
      },
    },
    async (request) => {
      const realm = stage.realm(request)
      assertApiKey(realm, request)

      const username = textOf(request.body.username)
      const password = textOf(request.body.password)
      if ([request.body.username, request.body.password].some(isNoText)) stage.weaken(request, noText)
      const login = username === undefined || password === undefined ? '' : username
      const known = findByName(realm, login)
      const account = await assertPassword(known, password ?? '', { login, cost: realm.settings.passwordCost })
      if (account.profile.ban === 1 || account.profile.is_delete === 1) stage.weaken(request, bannedOrDeleted)
      if (account.state !== 'active') throw new Refusal('account-inactive', { account: account.id, state: 'active=0' })

      // `$request->url()` has no slash at its end.
      const token = issue(realm, account, stage.url(request).replace(/\/$/, ''))
      const { profile } = realm.settings
      return { token, user_id: profile === '1.9' ? Number(account.id) : user(account, profile) }
    },
  )
}
