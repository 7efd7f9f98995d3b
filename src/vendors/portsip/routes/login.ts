import type { Stage, VendorApp } from '../../vendor.js'
import { logIn } from '../credentials.js'
import { exampleLoginStatus } from '../examples.js'
import type { PortsipTypes } from '../fixture.js'
import { loginStatus } from '../render.js'
import { logIn as sample } from '../sample.js'
import { authenticate, findBearer, findCredential, openSession } from '../session.js'
import { keepSession } from '../session-cookie.js'
import { sources } from '../sources.js'
import { LoginRequest, LoginStatus } from '../wire.js'

const byBearer = { case: 'a bearer token instead of the cookie', ...sources.ours }
const withBody = { case: 'a body, with the setting loginBody', ...sources.ours }

export function login(app: VendorApp, stage: Stage<PortsipTypes>): void {
  app.get(
    '/api/login',
    {
      schema: {
        operationId: 'getLoginStatus',
        summary: 'Get login status of current session',
        response: { 200: LoginStatus },
      },
      config: {
        operation: {
          ...sources.login,
          event: 'token-use',
          answers: {
            200: {
              description: 'The access token of the session',
              ...sources.login,
              assumed: ['the session is named by a cookie, or by its bearer token', 'expires_in counts down'],
              weaker: [byBearer],
              example: exampleLoginStatus,
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
    (request) => {
      const realm = stage.realm(request)
      if (findBearer(request)) stage.weaken(request, byBearer)
      const caller = authenticate(realm, findCredential(realm, request))
      return loginStatus(caller, realm.clock.now())
    },
  )

  app.post(
    '/api/login',
    {
      schema: {
        operationId: 'login',
        summary: 'Login into system',
        consumes: ['application/json'],
        body: LoginRequest,
      },
      config: {
        operation: {
          ...sources.login,
          event: 'login',
          logIn: sample,
          answers: {
            200: {
              description: 'Logged in; without a body, unless the setting loginBody says otherwise',
              ...sources.login,
              assumed: ['the session cookie'],
              weaker: [withBody],
              headers: {
                'set-cookie': 'portsip_session=0C3E8D5B7A914F6284D1E7B90A5C63F2; Path=/; HttpOnly; SameSite=Lax',
              },
            },
          },
          refuses: [
            'malformed-body',
            'invalid-input',
            'unsupported-media-type',
            'unknown-account',
            'wrong-password',
            'account-locked',
          ],
        },
      },
    },
    async (request, reply) => {
      const realm = stage.realm(request)
      const account = await logIn(realm, stage.address(request), request.body)
      const opened = openSession(realm, account)
      reply.header('set-cookie', keepSession(stage, request, opened.session))
      if (realm.settings.loginBody) stage.weaken(request, withBody)
      return reply.send(realm.settings.loginBody ? loginStatus(opened, realm.clock.now()) : undefined)
    },
  )
}
