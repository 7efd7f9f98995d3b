import { readFileSync } from 'node:fs'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import t from 'tap'
import { vendors } from '../../src/vendors/registry.js'
import { accountSchema, changeAccount, createAccount } from '../../src/vendors/vendor.js'
import { seeded } from '../support/seeded.js'

fc.configureGlobal({ seed: 1 })

/** What a new account must not share with those that there are. */
const own: Readonly<Record<string, (number: number) => Record<string, unknown>>> = {
  thiio: (number) => ({ id: 1000 + number, email: `new${number}@thiio.com` }),
  babelfor: (number) => ({
    id: `2c9e4b70-5d1f-4f86-a3b8-${String(number).padStart(12, '0')}`,
    userName: `new${number}`,
  }),
  portsip: (number) => ({ id: `new${number}`, username: `new${number}` }),
  faveo: (number) => ({ id: 1000 + number, user_name: `new${number}`, email: `new${number}@example.com` }),
  tavio: (number) => ({ id: `new${number}`, username: `new${number}`, email: `new${number}@example.com` }),
}

for (const { name } of vendors) {
  t.test(
    `${name}: an account is described by an entry that describes it again, whatever was left out of the first`,
    async (t) => {
      const { vendor, realm } = await seeded(t, name)
      const schema = accountSchema(vendor)
      const { accounts }: { accounts: Record<string, unknown>[] } = JSON.parse(
        readFileSync(`fixtures/${name}.json`, 'utf8'),
      )
      const entries = realm.accounts.all().map((account, index) => ({
        ...vendor.entryOf(account),
        // Of what the fixture says, all but the times and what is given to an account only once.
        ...Object.fromEntries(
          Object.entries(accounts[index] ?? {}).filter(([field]) => !/^password|^apiKeys$|_at$/.test(field)),
        ),
      }))
      const optional = (entry: object) =>
        Object.keys(entry).filter((field) => !schema.required?.includes(field) || field in (own[name]?.(0) ?? {}))
      let number = 0
      const partial = fc.constantFrom(...entries).chain((entry) =>
        fc.subarray(optional(entry)).map((left) => {
          const mine = own[name]?.(++number)
          const given = Object.entries({ ...entry, ...mine })
          return Object.fromEntries(
            given.filter(([field]) => !left.includes(field) || schema.required?.includes(field)),
          )
        }),
      )
      fc.assert(
        fc.property(partial, (given) => {
          const { account: created, logins } = createAccount(vendor, realm, given, 'hash')
          const entry = vendor.entryOf(created)
          t.ok(Value.Check(schema, entry), 'the entry is one of the fixture’s')
          t.match(entry, given, 'what was given is in it')
          t.strictSame(realm.accounts.find(created.id), created)
          const byName = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)
          const known = realm.accounts.loginsOf(created)
          t.strictSame([...logins].sort(byName), [...known].sort(byName))
          t.strictSame(changeAccount(vendor, realm, created, {}), created, 'an empty change changes nothing')
          t.strictSame(changeAccount(vendor, realm, created, entry), created, 'nor does the whole entry')
          t.strictSame(realm.accounts.loginsOf(created), known)
        }),
        { numRuns: 60 },
      )
    },
  )
}
