import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { findLogin, type Login } from '../src/logins.js'
import { vendors } from '../src/vendors/registry.js'
import type { Vendor } from '../src/vendors/vendor.js'
import { cheapFixtures, type Emulator, emulate, start } from './support/emulate.js'
import { folderOf } from './support/folder.js'
import { peopleOf } from './support/people.js'

// biome-ignore lint/suspicious/noExplicitAny: a fixture is edited as JSON is
type Fixture = any

const read = (folder: string, { name }: Vendor): Fixture =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))

/** Fixtures of all vendors, each with those accounts instead of its own; `hashed` have a hash beside their password. */
const fixturesWith = (of: (vendor: Vendor, hashed: readonly Fixture[]) => readonly object[]) =>
  Object.fromEntries(
    vendors.map((vendor) => {
      const fixture = read(cheapFixtures(), vendor)
      const accounts = of(vendor, read(resolve('fixtures'), vendor).accounts)
      return [`${vendor.name}.json`, JSON.stringify({ ...fixture, accounts })]
    }),
  )

/** Some vendors say 200 to a login that they refuse. */
async function logsIn({ post }: Emulator, { name }: Vendor, login: Login | undefined): Promise<boolean> {
  const { path = '', contentType = '', body = '' } = login ?? {}
  const { status, text } = await post(`/${name}${path}`, { body, headers: { 'content-type': contentType } })
  return status === 200 && !/"error"|"success":false/i.test(text)
}

t.test(
  'with the shipped fixtures each vendor has a login that works, by the operation that its page shows',
  async (t) => {
    const emulator = await emulate(t)
    for (const vendor of vendors) {
      const login = emulator.app.logins().get(vendor.name)
      t.match(login, { path: vendor.login.path, contentType: vendor.login.contentType }, vendor.name)
      t.ok(await logsIn(emulator, vendor, login), vendor.name)
      t.strictSame(await findLogin(vendor, undefined), login, 'the same without a server')
    }
  },
)

t.test('the login is that of the first account that is active, and of which the password is told', async (t) => {
  const folder = folderOf(
    t,
    fixturesWith((vendor, [known, other]) => {
      const { password: _, ...hashOnly } = known
      const disabled = vendor.states.disabled ? [{ ...other, ...vendor.states.disabled(start) }] : []
      return [hashOnly, ...disabled, peopleOf(vendor).newcomer.entry]
    }),
  )
  const emulator = await emulate(t, { fixtures: folder })
  for (const vendor of vendors) {
    const { newcomer } = peopleOf(vendor)
    const login = emulator.app.logins().get(vendor.name)
    t.ok(login?.body.includes(JSON.stringify(newcomer.login)), `${vendor.name}: ${login?.body}`)
    t.ok(await logsIn(emulator, vendor, login), vendor.name)
    t.strictSame(await findLogin(vendor, folder), login)
  }
})

t.test('of a crowd it is the first', async (t) => {
  const accounts = [
    { generate: 3, template: { username: 'u{n}', email: 'u{n}@example.com', password: 'pw', memberships: [] } },
    {
      generate: 3,
      template: {
        username: 'v{n}',
        email: 'v{n}@example.com',
        password: 'pw',
        memberships: [{ orgDomain: 'globex', roles: [], environments: [] }],
      },
    },
  ]
  const folder = folderOf(
    t,
    fixturesWith(({ name }, own) => (name === 'tavio' ? accounts : own)),
  )
  const emulator = await emulate(t, { fixtures: folder })
  const [tavio] = vendors.filter(({ name }) => name === 'tavio')
  const login = emulator.app.logins().get('tavio')
  // Who belongs to no organization has nowhere to log in.
  t.strictSame(login, {
    path: '/v1/globex/auth/login',
    contentType: 'application/json',
    body: '{"username":"v1@example.com","password":"pw"}',
  })
  t.ok(tavio && (await logsIn(emulator, tavio, login)))
})

t.test('where the fixture tells no password of anybody who can log in, there is none', async (t) => {
  const folder = folderOf(
    t,
    fixturesWith((_vendor, own) => own.slice(0, 1).map(({ password: _, ...hashOnly }) => hashOnly)),
  )
  const { app } = await emulate(t, { fixtures: folder })
  for (const vendor of vendors) {
    t.equal(app.logins().get(vendor.name), undefined, vendor.name)
    t.equal(await findLogin(vendor, folder), undefined, vendor.name)
  }
})

t.test('in a kept world it is that of somebody who is still there, with the password that is told', async (t) => {
  const data = folderOf(t)
  const entries = ['one', 'two', 'three'].map((name) => ({
    username: name,
    email: `${name}@example.com`,
    password: `${name}.password`,
    memberships: [{ orgDomain: 'acme', roles: [], environments: [] }],
  }))
  const fixtures = folderOf(
    t,
    fixturesWith(({ name }, own) => (name === 'tavio' ? entries : own)),
  )
  const first = await emulate(t, { data, fixtures })
  await first.ask('DELETE', '/_understudy/accounts/tavio/one')
  await first.ask('PATCH', '/_understudy/accounts/tavio/two', { body: { password: 'another' } })
  await first.app.close()
  const again = await emulate(t, { data, fixtures })
  t.equal(again.app.logins().get('tavio')?.body, '{"username":"three@example.com","password":"three.password"}')
})
