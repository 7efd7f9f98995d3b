import type { Stage, VendorApp } from '../../vendor.js'
import { exampleUser, exampleUser2, exampleUser19 } from '../examples.js'
import type { FaveoTypes } from '../fixture.js'
import { user } from '../render.js'
import { assertApiKey, authenticatedUser } from '../session.js'
import { sources } from '../sources.js'
import { tokenRefusals } from '../token.js'
import { AuthenticatedUserResponse, Identified, Identified2, Identified19, WithToken } from '../wire.js'

export function getAuthenticatedUser(app: VendorApp, stage: Stage<FaveoTypes>): void {
  app.get(
    '/api/v1/authenticate/user',
    {
      schema: {
        operationId: 'getAuthenticatedUser',
        summary: 'The user behind the token',
        security: [{ bearer: [] }, { token: [] }, { cookie: [] }],
        querystring: WithToken,
        response: { 200: AuthenticatedUserResponse },
      },
      config: {
        operation: {
          ...sources.user,
          event: 'token-use',
          answers: {
            200: {
              description: 'The user',
              ...sources.user,
              example: { user: exampleUser },
              schema: Identified,
              under: {
                1.9: { ...sources.controllers19, example: { user: exampleUser19 }, schema: Identified19 },
                2: { ...sources.framework2, example: { user: exampleUser2 }, schema: Identified2 },
              },
            },
          },
          refuses: ['client-access-disabled', 'client-key-wrong', ...tokenRefusals],
        },
      },
    },
    (request) => {
      const realm = stage.realm(request)
      assertApiKey(realm, request)
      return { user: user(authenticatedUser(realm, request), realm.settings.profile) }
    },
  )
}
