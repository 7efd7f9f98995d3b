import { type Static, Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import type { World } from '../core/world.js'
import type { Control, ControlApp } from './control.js'
import { ControlError } from './errors.js'
import { snapshotNamed, worldNamed } from './find.js'
import { SnapshotName } from './snapshots.js'

const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' })

export const NewWorld = Type.Object(
  {
    name: Type.Optional(Name),
    from: Type.Optional(
      Type.Union([
        Type.Object({ world: Name }, { additionalProperties: false }),
        Type.Object({ snapshot: SnapshotName }, { additionalProperties: false }),
      ]),
    ),
  },
  { additionalProperties: false },
)

export const WorldShown = Type.Object({
  name: Type.String(),
  requests: Type.Integer({ description: 'how many vendor requests there were' }),
  baseUrls: Type.Record(Type.String(), Type.String(), { description: 'by vendor' }),
})

const Named = Type.Object({ name: Type.String() })

/** The worlds of this server: made, copied, put back and removed. */
export function worlds(app: ControlApp, { worlds, snapshots, vendors, world, origin }: Control): void {
  let drawn = 0

  const shown = (request: FastifyRequest, { name, requests }: World) => ({
    name,
    requests,
    baseUrls: Object.fromEntries(vendors.map((vendor) => [vendor.name, `${origin(request)}/@${name}/${vendor.name}`])),
  })

  const freeName = (): string => {
    do drawn++
    while (worlds.peek(`w${drawn}`))
    return `w${drawn}`
  }

  const make = (name: string, from: Static<typeof NewWorld>['from']): World => {
    if (from === undefined) return worlds.get(name)
    if ('world' in from) return worlds.copy(worldNamed(worlds, from.world, '/from/world'), name)
    return worlds.from(snapshots.openKept(snapshotNamed(snapshots, from.snapshot, '/from/snapshot')), name)
  }

  app.get(
    '/worlds',
    {
      schema: {
        operationId: 'listWorlds',
        summary: 'The worlds that there are',
        response: { 200: Type.Object({ items: Type.Array(WorldShown) }) },
      },
    },
    async (request) => ({ items: worlds.all().map((one) => shown(request, one)) }),
  )

  app.post(
    '/worlds',
    {
      config: { replayed: false },
      schema: {
        operationId: 'makeWorld',
        summary: 'Make a world, from the fixtures or as a copy',
        body: NewWorld,
        response: { 201: WorldShown },
      },
    },
    async (request, reply) => {
      const { name = freeName(), from } = request.body
      if (worlds.peek(name)) {
        throw new ControlError(409, 'world-exists', `there is a world ${name} already`, { pointer: '/name' })
      }
      const made = make(name, from)
      reply.code(201)
      return shown(request, made)
    },
  )

  app.delete(
    '/worlds/:name',
    {
      config: { replayed: false },
      schema: { operationId: 'removeWorld', summary: 'Remove a world', params: Named, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const found = worldNamed(worlds, request.params.name)
      if (found.name === 'default') {
        throw new ControlError(
          409,
          'default-world',
          'the world default is there as long as the server; reset it instead',
        )
      }
      worlds.remove(found)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/reset',
    {
      schema: {
        operationId: 'resetWorld',
        summary: 'The world back to its fixtures and to the machine’s time',
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      worlds.reset(world(request))
      return reply.code(204).send(null)
    },
  )
}
