import Fastify from 'fastify'
import type { RegisteredOperation, Vendor } from '../vendors/vendor.js'
import { Mounted } from './mount.js'
import { serverOptions } from './server-options.js'

/** The operations that a vendor registers, with what they say of themselves. */
export async function operationsOf(vendor: Vendor): Promise<readonly RegisteredOperation[]> {
  const app = Fastify(serverOptions)
  const mounted = new Mounted(vendor, {
    plain: false,
    world: () => {
      throw new Error('these routes are read, not called')
    },
  })
  mounted.register(app)
  await app.ready()
  await app.close()
  return mounted.routes.operations
}
