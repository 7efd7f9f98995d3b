import type { Stage, VendorApp } from '../../vendor.js'
import type { PortsipTypes } from '../fixture.js'
import { findBearer, findCaller } from '../session.js'
import { dropSession } from '../session-cookie.js'

export function logout(app: VendorApp, stage: Stage<PortsipTypes>): void {
  app.post(
    '/api/logout',
    {
      schema: { operationId: 'logout', summary: 'Log out from system' },
      config: {
        operation: {
          evidence: 'documented',
          reference: 'https://support.portsip.com/development-portsip/rest-apis/version-22.1/api-reference/logout',
          event: 'logout',
          sample: () => ({}),
          answers: {
            204: {
              description: 'There is no session any more, whether or not there was one',
              evidence: 'documented',
              assumed: ['the session cookie', 'the access token ends with its session', 'no session is no error'],
              weaker: { 'no session': 'assumed', 'a bearer token instead of the cookie': 'assumed' },
              headers: { 'set-cookie': 'portsip_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax' },
            },
          },
          refuses: [],
        },
      },
    },
    async (request, reply) => {
      const realm = stage.realm(request)
      const caller = findCaller(realm, request)
      if (caller) realm.tokens.revoke(caller.token)
      if (!caller || findBearer(request)) stage.weaken(request, 'assumed')
      reply.header('set-cookie', dropSession(stage, request))
      return reply.code(204).send()
    },
  )
}
