import type { Stage, VendorApp } from '../../vendor.js'
import { exampleUser } from '../examples.js'
import type { PortsipTypes } from '../fixture.js'
import { user as rendered } from '../render.js'
import { authenticate, findBearer } from '../session.js'
import { sources } from '../sources.js'
import { User } from '../wire.js'

export function user(app: VendorApp, stage: Stage<PortsipTypes>): void {
  app.get(
    '/api/user',
    {
      schema: {
        operationId: 'getUser',
        summary: 'The user behind the token',
        security: [{ bearer: [] }],
        response: { 200: User },
      },
      config: {
        operation: {
          ...sources.user,
          event: 'token-use',
          answers: {
            200: {
              description: 'The user, without what concerns telephony',
              ...sources.user,
              assumed: ['system accounts have the same shape'],
              example: exampleUser,
            },
          },
          refuses: [
            'token-missing',
            'token-unknown',
            'token-expired',
            'token-revoked',
            'token-wrong-kind',
            'token-wrong-tenant',
            'token-account-gone',
          ],
        },
      },
    },
    (request) => rendered(authenticate(stage.realm(request), findBearer(request)).account),
  )
}
