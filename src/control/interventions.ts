import type { Control, ControlApp } from './control.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false`: a write that changes no world, or leaves nothing of it to replay. */
    replayed?: false
  }
}

/** Remembers what is done to a world from outside, so that a replay can do it again at the same place. */
export function rememberInterventions(scope: ControlApp, { world, journalSecrets }: Control): void {
  // Without its secrets a journal cannot be replayed, and what is written here may hold passwords.
  if (!journalSecrets) return
  scope.addHook('preHandler', (request, _reply, done) => {
    const { method, url, body, routeOptions } = request
    if (method !== 'GET' && method !== 'HEAD' && routeOptions.config.replayed !== false) {
      const changed = world(request)
      // Once requests are missing, nothing can be replayed.
      if (changed.journal.evicted > 0) changed.interventions.length = 0
      else
        changed.interventions.push({
          after: changed.requests,
          at: changed.clock.now(),
          method,
          path: url,
          body: body === undefined || body === null ? null : JSON.stringify(body),
        })
    }
    done()
  })
}
