import type { Stage, VendorApp } from '../../vendor.js'
import type { BabelforTypes } from '../fixture.js'
import { besideBadBearer, bodyRefusals, consumes, credentialRefusals, eitherCredential } from '../operation.js'
import { ok } from '../render.js'
import { authorize, callerOf } from '../session.js'
import { sources } from '../sources.js'
import { LogoutRequest, LogoutResponse } from '../wire.js'

const byKeyAlone = { case: 'an API key alone, with which nothing ends', ...sources.ours }

export function logout(app: VendorApp, stage: Stage<BabelforTypes>): void {
  app.post(
    '/v1/auth/logout',
    {
      schema: {
        operationId: 'logout',
        summary: 'Logout from the system: the bearer token ends, an API key lives on',
        security: eitherCredential,
        consumes,
        body: LogoutRequest,
        response: { 200: LogoutResponse },
      },
      config: {
        operation: {
          ...sources.authentication,
          event: 'logout',
          answers: {
            200: {
              description: 'The user is logged out; the setting statelessLogout leaves the token alive',
              ...sources.authentication,
              assumed: ['the bearer token is revoked', 'the body may be left out', 'message is null'],
              weaker: [besideBadBearer, byKeyAlone],
              example: ok,
            },
          },
          refuses: [...credentialRefusals, ...bodyRefusals],
        },
      },
      onRequest: authorize(stage),
    },
    (request) => {
      const realm = stage.realm(request)
      const { bearer } = callerOf(request)
      if (!bearer) stage.weaken(request, byKeyAlone)
      if (bearer && !realm.settings.statelessLogout) realm.tokens.revoke(bearer)
      return ok
    },
  )
}
