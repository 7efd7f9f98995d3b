import type { Stage, VendorApp } from '../../vendor.js'
import { exampleUser, exampleUser2, exampleUser19 } from '../examples.js'
import type { FaveoTypes } from '../fixture.js'
import { user } from '../render.js'
import { assertApiKey, authenticatedUser } from '../session.js'
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
          evidence: 'documented',
          reference: 'https://github.com/ladybirdweb/faveo-helpdesk/wiki/Get-Authenticated-User',
          event: 'token-use',
          answers: {
            200: {
              description: 'The user',
              evidence: 'documented',
              example: { user: exampleUser },
              schema: Identified,
              under: {
                1.9: { evidence: 'source', example: { user: exampleUser19 }, schema: Identified19 },
                2: { evidence: 'framework', example: { user: exampleUser2 }, schema: Identified2 },
              },
            },
          },
          refuses: ['client-access-disabled', 'client-key-wrong', ...tokenRefusals],
        },
      },
    },
    async (request) => {
      const realm = stage.realm(request)
      assertApiKey(realm, request)
      return { user: user(authenticatedUser(realm, request), realm.settings.profile) }
    },
  )
}
