import type { Stage, VendorApp } from '../../vendor.js'
import { exampleUserResponse } from '../examples.js'
import type { BabelforTypes } from '../fixture.js'
import {
  asJson,
  besideBadBearer,
  bodyRefusals,
  consumes,
  credentialRefusals,
  eitherCredential,
  missingArgument,
} from '../operation.js'
import { ok, user } from '../render.js'
import { accountOf, authorize, callerOf } from '../session.js'
import { sources } from '../sources.js'
import { updated } from '../update.js'
import { UpdateUserSettingsRequest, UserResponse } from '../wire.js'

export function loggedInUser(app: VendorApp, stage: Stage<BabelforTypes>): void {
  app.get(
    '/v1/auth/user',
    {
      schema: {
        operationId: 'getUser',
        summary: 'Get loggedin user information; with an API key that of its owner. The query is not looked at',
        security: eitherCredential,
        response: { 200: UserResponse },
      },
      config: {
        operation: {
          ...sources.authentication,
          event: 'token-use',
          answers: {
            200: {
              description: 'The user',
              ...sources.authentication,
              assumed: ['message is null', 'what a user lacks is null'],
              weaker: [besideBadBearer],
              example: exampleUserResponse,
            },
          },
          refuses: [...credentialRefusals, 'permission-denied'],
        },
      },
      onRequest: authorize(stage, { permission: 'Read' }),
    },
    (request) => {
      const realm = stage.realm(request)
      return { ...ok, user: user(realm, callerOf(request).account) }
    },
  )

  app.post(
    '/v1/auth/user',
    {
      schema: {
        operationId: 'updateUser',
        summary: 'Update loggedin user information; what is absent or null stays as it is',
        security: eitherCredential,
        consumes,
        body: UpdateUserSettingsRequest,
        response: { 200: UserResponse },
      },
      config: {
        operation: {
          ...sources.authentication,
          event: 'token-use',
          sample: () => asJson({ user: {} }),
          answers: {
            200: {
              description: 'The user as updated; without a user in the body success is false and code 3',
              ...sources.authentication,
              assumed: ['which members can be written', 'absent members stay as they are', 'message is null'],
              weaker: [besideBadBearer],
              example: exampleUserResponse,
            },
          },
          refuses: [...credentialRefusals, 'permission-denied', ...bodyRefusals, missingArgument('user')],
        },
      },
      onRequest: authorize(stage, { permission: 'Write' }),
    },
    (request) => {
      const realm = stage.realm(request)
      const { user: given } = request.body
      if (!given) throw missingArgument('user')
      return realm.transaction(() => {
        const account = accountOf(realm, callerOf(request).account.id)
        return { ...ok, user: user(realm, realm.accounts.updateProfile(account, updated(realm, account, given))) }
      })
    },
  )
}
