import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { Entry } from '../core/journal.js'
import type { Control, ControlApp } from './control.js'
import { areMet, criteria, criteriaOf } from './criteria.js'
import { shown } from './requests.js'

/** Bytes that wait for a slow client; beyond it the stream ends, and the client comes back for the rest. */
const maxWaiting = 4_194_304

/** Each vendor request when it has been answered, as a server-sent event. */
export function stream(app: ControlApp, control: Control): void {
  const open = new Set<Readable>()
  app.addHook('preClose', async () => {
    for (const events of open) events.push(null)
  })

  app.get(
    '/requests/stream',
    {
      schema: {
        operationId: 'streamRequests',
        summary: 'Vendor requests as they are answered; with Last-Event-ID those since then first',
        querystring: Type.Object(criteria, { additionalProperties: false }),
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ description: 'id of the last request that was seen' })),
        }),
        response: {
          200: {
            description: 'events `request`',
            content: { 'text/event-stream': { schema: Type.Unsafe<Readable>(Type.String()) } },
          },
        },
      },
    },
    async (request, reply) => {
      const of = control.world(request)
      const { journal } = of
      const all = criteriaOf(request.query, of, control)
      const last = journal.find(request.headers['last-event-id'] ?? '')

      const events = new Readable({ read: () => undefined })
      const tell = (entry: Entry) => {
        try {
          if (!areMet(all, entry)) return
          events.push(`id: ${entry.id}\nevent: request\ndata: ${JSON.stringify(shown(entry, journal))}\n\n`)
          if (events.readableLength > maxWaiting) events.destroy()
        } catch (error) {
          // Whoever watches a request must not change its answer.
          request.log.error(error)
          events.destroy()
        }
      }
      const end = () => events.push(null)
      const stop = journal.watch(tell, end)
      // Who has no more to ask has most likely gone: nothing would be sent that could tell.
      request.socket.once('end', end)
      open.add(events)
      events.on('close', () => {
        stop()
        request.socket.off('end', end)
        open.delete(events)
      })
      // Something at once, so that the client sees that it listens.
      events.push(': listening\n\n')
      if (last)
        for (const entry of journal.all()) if (entry.number > last.number && entry.durationMs !== null) tell(entry)
      reply.header('cache-control', 'no-cache').header('connection', 'close').type('text/event-stream')
      return reply.send(events)
    },
  )
}
