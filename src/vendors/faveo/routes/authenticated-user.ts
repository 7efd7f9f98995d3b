import type { Stage, VendorApp } from '../../vendor.js'
import { exampleUser } from '../examples.js'
import type { FaveoTypes } from '../fixture.js'
import { user } from '../render.js'
import { assertApiKey, authenticatedUser } from '../session.js'
import { unsigned } from '../token.js'
import { AuthenticatedUserResponse, WithToken } from '../wire.js'

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
            200: { description: 'The user', evidence: 'documented', example: { user: exampleUser } },
          },
          refuses: [
            'client-access-disabled',
            'client-key-wrong',
            'token-missing',
            'token-malformed',
            'token-bad-signature',
            unsigned,
            'token-claim-missing',
            'token-not-yet-valid',
            'token-claim-invalid',
            'token-expired',
            'token-revoked',
            'token-account-gone',
          ],
        },
      },
    },
    async (request) => {
      const realm = stage.realm(request)
      assertApiKey(realm, request)
      return { user: user(authenticatedUser(realm, request)) }
    },
  )
}
