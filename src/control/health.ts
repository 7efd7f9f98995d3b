import { Type } from '@sinclair/typebox'
import type { Control, ControlApp } from './control.js'

export const Health = Type.Object({
  status: Type.Literal('ok'),
  name: Type.Literal('understudy'),
  version: Type.String(),
  instance: Type.String({ description: 'tells one run of a server from the next' }),
  seed: Type.Integer(),
  vendors: Type.Array(Type.String()),
  worlds: Type.Integer({ description: 'how many there are' }),
  ports: Type.Array(
    Type.Object({
      protocol: Type.Union([Type.Literal('http'), Type.Literal('https')]),
      port: Type.Integer(),
      vendor: Type.Optional(Type.String({ description: 'whose own it is' })),
    }),
    { description: 'where the server listens' },
  ),
})

/** Whether the server serves, and which one it is. */
export function health(app: ControlApp, { vendors, worlds, seed, version, instance, ports }: Control): void {
  app.get(
    '/health',
    { schema: { operationId: 'readHealth', summary: 'Whether the server serves', response: { 200: Health } } },
    async () => ({
      status: 'ok' as const,
      name: 'understudy' as const,
      version,
      instance,
      seed,
      vendors: vendors.map(({ name }) => name),
      worlds: worlds.size,
      ports: [...ports()],
    }),
  )
}
