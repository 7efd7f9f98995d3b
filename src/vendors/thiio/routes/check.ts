import type { Stage, VendorApp } from '../../vendor.js'
import { exampleUser } from '../examples.js'
import type { ThiioTypes } from '../fixture.js'
import { user } from '../render.js'
import { authenticate } from '../session.js'
import { sources } from '../sources.js'
import { CheckResponse } from '../wire.js'

const deactivated = { case: 'a deactivated user', ...sources.ours }

export function check(app: VendorApp, stage: Stage<ThiioTypes>): void {
  app.get(
    '/api/check',
    {
      schema: {
        operationId: 'check',
        summary: 'Check user logged in',
        security: [{ bearer: [] }],
        response: { 200: CheckResponse },
      },
      config: {
        operation: {
          ...sources.page,
          event: 'token-use',
          answers: {
            200: {
              description: 'The user behind the token, not wrapped in `data` as login is',
              ...sources.page,
              assumed: ['the form of deactivated_at and deleted_at', 'uri is made of id and email'],
              weaker: [deactivated],
              example: { user: exampleUser },
            },
          },
          refuses: [
            'token-missing',
            'token-malformed',
            'token-bad-signature',
            'token-claim-missing',
            'token-claim-invalid',
            'token-not-yet-valid',
            'token-expired',
            'token-revoked',
            'token-unknown',
            'token-account-gone',
          ],
        },
      },
    },
    (request) => {
      const account = authenticate(stage.realm(request), request.headers)
      if (account.state !== 'active') stage.weaken(request, deactivated)
      return { user: user(account) }
    },
  )
}
