import type { Stage, VendorApp } from '../../vendor.js'
import type { PortsipTypes } from '../fixture.js'
import { findBearer, findCaller } from '../session.js'
import { dropSession } from '../session-cookie.js'
import { sources } from '../sources.js'

const noSession = { case: 'no session', ...sources.ours }
const byBearer = { case: 'a bearer token instead of the cookie', ...sources.ours }

export function logout(app: VendorApp, stage: Stage<PortsipTypes>): void {
  app.post(
    '/api/logout',
    {
      schema: { operationId: 'logout', summary: 'Log out from system' },
      config: {
        operation: {
          ...sources.logout,
          event: 'logout',
          sample: () => ({}),
          answers: {
            204: {
              description: 'There is no session any more, whether or not there was one',
              ...sources.logout,
              assumed: ['the session cookie', 'the access token ends with its session', 'no session is no error'],
              weaker: [noSession, byBearer],
              headers: { 'set-cookie': 'portsip_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax' },
            },
          },
          refuses: [],
        },
      },
    },
    (request, reply) => {
      const realm = stage.realm(request)
      const caller = findCaller(realm, request)
      if (caller) realm.tokens.revoke(caller.token)
      if (!caller) stage.weaken(request, noSession)
      else if (findBearer(request)) stage.weaken(request, byBearer)
      reply.header('set-cookie', dropSession(stage, request))
      return reply.code(204).send()
    },
  )
}
