import type { Stage, VendorApp } from '../../vendor.js'
import { logIn } from '../credentials.js'
import { exampleTokens } from '../examples.js'
import type { PortsipTypes } from '../fixture.js'
import { formType } from '../form.js'
import { secondsLeft } from '../render.js'
import { logInByForm } from '../sample.js'
import { authenticate, findBearer, issuePair, renewPair } from '../session.js'
import { sources } from '../sources.js'
import { clientId, OAuthRequest, OAuthResponse, oauthTokenPath } from '../wire.js'

export function oauth(app: VendorApp, stage: Stage<PortsipTypes>): void {
  app.post(
    oauthTokenPath,
    {
      schema: {
        operationId: 'oauthToken',
        summary: 'Get tokens for a password or for a refresh token',
        consumes: [formType],
        body: OAuthRequest,
        response: { 200: OAuthResponse },
      },
      config: {
        operation: {
          ...sources.oauth,
          event: 'login',
          events: ['login', 'renew'],
          logIn: logInByForm,
          sample: ({ text }) => ({
            contentType: formType,
            body: String(
              new URLSearchParams({ grant_type: 'refresh_token', refresh_token: text, client_id: clientId }),
            ),
          }),
          eventOf: (body) => (Object(body).grant_type === 'refresh_token' ? 'renew' : 'login'),
          answers: {
            200: {
              description: 'An access token and the refresh token that goes with it',
              ...sources.oauth,
              assumed: ['a refresh ends the old pair', 'refresh tokens live for seven days'],
              example: exampleTokens,
            },
          },
          refuses: [
            'invalid-input',
            'unsupported-media-type',
            'unknown-account',
            'wrong-password',
            'account-locked',
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
    async (request) => {
      const realm = stage.realm(request)
      const { body } = request
      const { accessToken, refreshToken, expiresAt } =
        body.grant_type === 'password'
          ? issuePair(realm, await logIn(realm, stage.address(request), body))
          : renewPair(realm, body.refresh_token)
      return {
        access_token: accessToken,
        expires_in: secondsLeft(expiresAt, realm.clock.now()),
        refresh_token: refreshToken,
        token_type: 'Bearer' as const,
      }
    },
  )

  app.post(
    '/api/login/oauth/revoke',
    {
      schema: {
        operationId: 'oauthRevoke',
        summary: 'Revoke the access token that the request carries',
        security: [{ bearer: [] }],
      },
      config: {
        operation: {
          ...sources.oauth,
          event: 'logout',
          answers: {
            200: {
              description: 'The token is revoked, and with it its refresh token or session; without a body',
              ...sources.oauth,
              assumed: ['what belongs to the access token ends with it'],
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
    (request, reply) => {
      const realm = stage.realm(request)
      realm.tokens.revoke(authenticate(realm, findBearer(request)).token)
      return reply.send()
    },
  )
}
