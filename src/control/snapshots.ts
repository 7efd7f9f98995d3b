import { type Static, Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { iso } from '../core/clock.js'
import type { UnusableSnapshot } from '../core/ports.js'
import type { Snapshot } from '../core/snapshots.js'
import type { World } from '../core/world.js'
import type { Control, ControlApp } from './control.js'
import { ControlError } from './errors.js'
import { snapshotNamed, worldNamed } from './find.js'

const mediaType = 'application/vnd.sqlite3'
const uploadLimit = 256 * 1024 * 1024

export const SnapshotName = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' })

export const SnapshotShown = Type.Object({
  name: SnapshotName,
  world: Type.String({ description: 'the world that it was taken of' }),
  at: Type.String({ format: 'date-time', description: 'the time of that world' }),
  requests: Type.Integer({ description: 'vendor requests in its journal' }),
  bytes: Type.Integer(),
})

const Named = Type.Object({ name: SnapshotName })

/** Not looked at as a value: what is in the bytes says the store. */
const File = Type.Unknown({ description: 'a SQLite file' })

const shown = ({ name, world, at, requests, size: bytes }: Snapshot): Static<typeof SnapshotShown> => ({
  name,
  world,
  at: iso(at),
  requests,
  bytes,
})

/** Worlds as they were, under names: taken, fetched as SQLite files, brought in and gone back to. */
export function snapshots(app: ControlApp, { snapshots, worlds, selected }: Control): void {
  let drawn = 0

  const freeName = (): string => {
    do drawn++
    while (snapshots.find(`s${drawn}`))
    return `s${drawn}`
  }

  // Nothing here makes a world: it must be there already.
  const existing = (request: FastifyRequest): World => worldNamed(worlds, selected(request))

  const config = { replayed: false } as const

  app.get(
    '/snapshots',
    {
      schema: {
        operationId: 'listSnapshots',
        summary: 'The snapshots that there are',
        response: { 200: Type.Object({ items: Type.Array(SnapshotShown) }) },
      },
    },
    async () => ({ items: snapshots.all().map(shown) }),
  )

  app.post(
    '/snapshots',
    {
      config,
      schema: {
        operationId: 'takeSnapshot',
        summary: 'Keep the world as it is now',
        body: Type.Object({ name: Type.Optional(SnapshotName) }, { additionalProperties: false }),
        response: { 201: SnapshotShown },
      },
    },
    async (request, reply) => {
      const { name = freeName() } = request.body
      if (snapshots.find(name)) {
        throw new ControlError(409, 'snapshot-exists', `there is a snapshot ${name} already`, { pointer: '/name' })
      }
      reply.code(201)
      return shown(snapshots.take(existing(request), name))
    },
  )

  app.get(
    '/snapshots/:name',
    {
      schema: {
        operationId: 'downloadSnapshot',
        summary: 'The snapshot as a SQLite file; `redact` leaves out what should not be shared',
        params: Named,
        querystring: Type.Object({ redact: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
        response: { 200: { description: 'a SQLite file', content: { [mediaType]: { schema: File } } } },
      },
    },
    async (request, reply) => {
      const snapshot = snapshotNamed(snapshots, request.params.name)
      const { redact } = request.query
      reply.header('content-disposition', `attachment; filename="${snapshot.name}.sqlite"`).type(mediaType)
      return reply.send(redact ? snapshots.redacted(snapshot) : snapshot.bytes())
    },
  )

  app.register(async (scope: ControlApp) => {
    scope.addContentTypeParser(mediaType, { parseAs: 'buffer', bodyLimit: uploadLimit }, (_request, body, done) =>
      done(null, body),
    )
    scope.put(
      '/snapshots/:name',
      {
        config,
        schema: {
          operationId: 'uploadSnapshot',
          summary: 'Bring a snapshot in, in place of one of the same name',
          consumes: [mediaType],
          params: Named,
          body: File,
          response: { 201: SnapshotShown },
        },
      },
      async (request, reply) => {
        if (!Buffer.isBuffer(request.body)) {
          throw new ControlError(415, 'unsupported-media-type', `a snapshot is uploaded as ${mediaType}`)
        }
        reply.code(201)
        return shown(snapshots.put(request.params.name, request.body))
      },
    )
  })

  app.delete(
    '/snapshots/:name',
    {
      config,
      schema: {
        operationId: 'removeSnapshot',
        summary: 'Forget a snapshot',
        params: Named,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      snapshots.remove(snapshotNamed(snapshots, request.params.name).name)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/snapshots/:name/restore',
    {
      config,
      schema: {
        operationId: 'restoreSnapshot',
        summary: 'The world becomes what the snapshot is',
        params: Named,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      snapshots.restore(snapshotNamed(snapshots, request.params.name), existing(request))
      return reply.code(204).send(null)
    },
  )
}

/** A snapshot that cannot be gone on with, as an error of the control plane. */
export const corruptSnapshot = ({ message }: UnusableSnapshot): ControlError =>
  new ControlError(422, 'corrupt-snapshot', `expected ${message}`, { pointer: '' })
