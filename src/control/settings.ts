import { Type } from '@sinclair/typebox'
import type { VendorTypes } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'
import { InVendor, vendorNamed } from './find.js'
import { read } from './input.js'

/** The settings of a vendor, by name; which there are says the vendor's fixture schema. */
export const Settings = Type.Record(Type.String(), Type.Unknown())

/** A world's behaviour switches: the `settings` of the vendor's fixture, changed while it runs. */
export function settings(app: ControlApp, { vendors, world }: Control): void {
  const response = { 200: Settings }

  app.get(
    '/settings/:vendor',
    { schema: { operationId: 'readSettings', summary: 'Behaviour switches of a vendor', params: InVendor, response } },
    async (request) => {
      const { name } = vendorNamed(vendors, request.params.vendor)
      return world(request).realm<VendorTypes>(name).settings
    },
  )

  app.patch(
    '/settings/:vendor',
    {
      schema: {
        operationId: 'changeSettings',
        summary: 'Change some behaviour switches of a vendor',
        params: InVendor,
        body: Settings,
        response,
      },
    },
    async (request) => {
      const vendor = vendorNamed(vendors, request.params.vendor)
      const realm = world(request).realm<VendorTypes>(vendor.name)
      realm.changeSettings(read(vendor.settings, { ...realm.settings, ...request.body }))
      return realm.settings
    },
  )
}
