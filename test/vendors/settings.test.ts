import t from 'tap'
import { vendors } from '../../src/vendors/registry.js'
import { settingsFrom } from '../../src/vendors/vendor.js'

t.test('what is given is laid over the defaults, and stays as it was given', async (t) => {
  for (const vendor of vendors) {
    const given = { passwordCost: 4 }
    t.match(settingsFrom(vendor, given), { passwordCost: 4, hosts: [], cors: 'loopback', throttle: false }, vendor.name)
    t.strictSame(given, { passwordCost: 4 }, vendor.name)
  }
})
