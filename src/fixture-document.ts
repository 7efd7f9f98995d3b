import { Type } from '@sinclair/typebox'
import { crowdSchema } from './vendors/crowd.js'
import { fixtureSchema } from './vendors/load-fixture.js'
import { accountSchema, type Vendor } from './vendors/vendor.js'

/** The JSON Schema of a vendor's fixture file, for editors. */
export function fixtureDocument(vendor: Vendor): Record<string, unknown> {
  const { properties, ...schema } = fixtureSchema(vendor)
  const account = { ...accountSchema(vendor), anyOf: [{ required: ['password'] }, { required: ['passwordHash'] }] }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Fixture of ${vendor.title} for Understudy`,
    ...schema,
    properties: {
      ...properties,
      accounts: { ...properties.accounts, items: { anyOf: [account, crowdSchema(Type.Unsafe(account))] } },
    },
  }
}
