import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { VendorTypes } from '../vendors/vendor.js'
import type { Control } from './control.js'
import { ControlError } from './errors.js'
import { read } from './input.js'

/** A world's behaviour switches: the `settings` of the vendor's fixture, changed while it runs. */
export function settings(app: FastifyInstance, { vendors, world }: Control): void {
  const find = (request: FastifyRequest<{ Params: { vendor: string } }>) => {
    const vendor = vendors.find(({ name }) => name === request.params.vendor)
    if (!vendor) {
      throw new ControlError(404, 'unknown-vendor', `there is no vendor ${JSON.stringify(request.params.vendor)}`, {
        vendors: vendors.map(({ name }) => name),
      })
    }
    return { vendor, realm: world(request).realm<VendorTypes>(vendor.name) }
  }

  app.get<{ Params: { vendor: string } }>('/settings/:vendor', (request) => find(request).realm.settings)

  app.patch<{ Params: { vendor: string } }>('/settings/:vendor', (request) => {
    const { vendor, realm } = find(request)
    const change = read(Type.Object({}), request.body)
    const merged = read(vendor.settings, { ...realm.settings, ...change })
    realm.changeSettings(merged)
    return realm.settings
  })
}
