import { Value } from '@sinclair/typebox/value'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { VendorTypes } from '../vendors/vendor.js'
import { ControlError } from './errors.js'
import type { Control } from './plane.js'

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
    const change = request.body
    if (typeof change !== 'object' || change === null || Array.isArray(change)) {
      throw new ControlError(422, 'invalid-settings', 'the body must be a JSON object of settings', { pointer: '' })
    }
    const merged: unknown = { ...realm.settings, ...change }
    const problem = Value.Errors(vendor.settings, merged).First()
    if (problem) {
      throw new ControlError(422, 'invalid-settings', `${problem.path}: ${problem.message}`, {
        pointer: problem.path,
        expected: problem.message,
        settings: Object.keys(vendor.settings.properties),
      })
    }
    realm.changeSettings(merged as VendorTypes['settings'])
    return realm.settings
  })
}
