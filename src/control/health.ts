import type { FastifyInstance } from 'fastify'
import type { Control } from './control.js'

/** Whether the server serves, and which one it is. */
export function health(app: FastifyInstance, { vendors, worlds, seed, version, instance }: Control): void {
  app.get('/health', () => ({
    status: 'ok',
    name: 'understudy',
    version,
    instance,
    seed,
    vendors: vendors.map(({ name }) => name),
    worlds: worlds.size,
  }))
}
