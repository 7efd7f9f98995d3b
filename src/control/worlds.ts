import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { World } from '../core/world.js'
import type { Control } from './control.js'
import { ControlError } from './errors.js'
import { read } from './input.js'

const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' })

const NewWorld = Type.Object(
  {
    name: Type.Optional(Name),
    from: Type.Optional(Type.Object({ world: Name }, { additionalProperties: false })),
  },
  { additionalProperties: false },
)

/** The worlds of this server: made, copied, put back and removed. */
export function worlds(app: FastifyInstance, { worlds, vendors, world }: Control): void {
  let drawn = 0

  const shown = (request: FastifyRequest, { name, requests }: World) => ({
    name,
    requests,
    baseUrls: Object.fromEntries(
      vendors.map((vendor) => [vendor.name, `${request.protocol}://${request.host}/@${name}/${vendor.name}`]),
    ),
  })

  const find = (name: string): World => {
    const found = worlds.peek(name)
    if (!found) {
      throw new ControlError(404, 'unknown-world', `there is no world ${JSON.stringify(name)}`, {
        worlds: worlds.all().map((known) => known.name),
      })
    }
    return found
  }

  const freeName = (): string => {
    do drawn++
    while (worlds.peek(`w${drawn}`))
    return `w${drawn}`
  }

  app.get('/worlds', (request) => ({ items: worlds.all().map((one) => shown(request, one)) }))

  app.post('/worlds', (request, reply) => {
    const { name = freeName(), from } = read(NewWorld, request.body ?? {})
    if (worlds.peek(name)) throw new ControlError(409, 'world-exists', `there is a world ${name} already`)
    const made = from ? worlds.copy(find(from.world), name) : worlds.get(name)
    reply.code(201)
    return shown(request, made)
  })

  app.delete<{ Params: { name: string } }>('/worlds/:name', (request, reply) => {
    const found = find(request.params.name)
    if (found.name === 'default') {
      throw new ControlError(409, 'default-world', 'the world default is there as long as the server; reset it instead')
    }
    worlds.remove(found)
    reply.code(204).send()
  })

  app.post('/reset', (request, reply) => {
    worlds.reset(world(request))
    reply.code(204).send()
  })
}
