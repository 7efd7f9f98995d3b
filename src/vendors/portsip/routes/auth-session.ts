import type { Stage, VendorApp } from '../../vendor.js'
import { exampleAuthTokens, exampleAuthUser } from '../examples.js'
import type { PortsipTypes } from '../fixture.js'
import { authentication, bodyRefusals, presenting, tokenRefusals } from '../operation.js'
import { authTokens, authUser } from '../render.js'
import { authenticate, findBearer, renewPair } from '../session.js'
import { sources } from '../sources.js'
import { AuthTokens, AuthUser, RefreshRequest, refreshTokenPath } from '../wire.js'

/** What is done with the tokens of a sign-in. */
export function authSession(app: VendorApp, stage: Stage<PortsipTypes>): void {
  app.post(
    refreshTokenPath,
    {
      schema: {
        operationId: 'refreshToken',
        summary: 'Get new tokens for a refresh token',
        consumes: ['application/json'],
        body: RefreshRequest,
        response: { 200: AuthTokens },
      },
      config: {
        operation: {
          ...authentication,
          event: 'renew',
          sample: presenting('refresh_token'),
          answers: {
            200: {
              description: 'An access token and the refresh token that goes with it',
              ...sources.authentication,
              assumed: ['a refresh ends the old pair', 'refresh tokens live for seven days'],
              example: exampleAuthTokens,
            },
          },
          refuses: [...bodyRefusals, ...tokenRefusals],
        },
      },
    },
    (request) => {
      const realm = stage.realm(request)
      return authTokens(renewPair(realm, request.body.refresh_token), realm.clock.now())
    },
  )

  app.post(
    '/api/auth/sign_out',
    {
      schema: { operationId: 'signOut', summary: 'End the token that the request carries', security: [{ bearer: [] }] },
      config: {
        operation: {
          ...authentication,
          event: 'logout',
          answers: {
            200: {
              description: 'The token has ended, and with it its refresh token or session; without a body',
              ...sources.authentication,
              assumed: ['what belongs to the access token ends with it'],
            },
          },
          refuses: ['token-missing', ...tokenRefusals],
        },
      },
    },
    (request, reply) => {
      const realm = stage.realm(request)
      realm.tokens.revoke(authenticate(realm, findBearer(request)).token)
      return reply.send()
    },
  )

  app.get(
    '/api/auth/user',
    {
      schema: {
        operationId: 'getAuthUser',
        summary: 'The role behind the token, and the state of its password',
        security: [{ bearer: [] }],
        response: { 200: AuthUser },
      },
      config: {
        operation: {
          ...authentication,
          event: 'token-use',
          answers: {
            200: {
              description: 'Role and state of the password',
              ...sources.authentication,
              assumed: ['password_verified is true, password_force_reset false'],
              example: exampleAuthUser,
            },
          },
          refuses: ['token-missing', ...tokenRefusals],
        },
      },
    },
    (request) => authUser(authenticate(stage.realm(request), findBearer(request)).account),
  )
}
