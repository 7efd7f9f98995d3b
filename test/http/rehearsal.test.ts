import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Clock } from '../../src/core/clock.js'
import { World } from '../../src/core/world.js'
import { Rehearsal } from '../../src/http/rehearsal.js'
import { openStore } from '../../src/store/database.js'
import { readFixture } from '../../src/vendors/load-fixture.js'
import { vendors } from '../../src/vendors/registry.js'
import { seedRealm } from '../../src/vendors/seed-realm.js'
import type { VendorTypes } from '../../src/vendors/vendor.js'
import { start, storeOf } from '../support/realm.js'

const question = (path: string, body?: object) => ({
  vendor: 'tavio',
  method: body ? 'POST' : 'GET',
  path,
  headers: { 'content-type': 'application/json' },
  ...(body && { body: JSON.stringify(body) }),
})

const login = (password: string) => question('/v1/acme/auth/login', { username: 'john.doe', password })

async function prepared(t: Test) {
  const machine = { ms: start }
  const world = new World({ name: 'w', seed: 1, store: storeOf(t), clock: new Clock(() => machine.ms) })
  for (const vendor of vendors) {
    await seedRealm(
      await readFixture(vendor, join('fixtures', `${vendor.name}.json`)),
      world.realm<VendorTypes>(vendor.name),
    )
  }
  const rehearsal = new Rehearsal(vendors, openStore)
  t.teardown(() => rehearsal.close())
  const copy = rehearsal.copy(world)
  t.teardown(() => copy.close())
  return { world, rehearsal, copy, machine }
}

t.test('the answer is the vendor’s, with the refusal behind it', async (t) => {
  const { rehearsal, copy } = await prepared(t)
  // Nobody says that a user name will do where an e-mail address is asked for.
  const answer = { status: 200, refusal: null, evidence: 'assumed' }
  t.strictSame(await rehearsal.ask(copy, login('john.doe.password')), answer)
  const refused = await rehearsal.ask(copy, login('wrong'))
  t.match(refused, { status: 401, refusal: { code: 'wrong-password' } })
  t.match(await rehearsal.ask(copy, question('/nowhere')), { status: 404, refusal: { code: 'unknown-route' } })
})

t.test('neither the world nor its copy is changed by what is asked', async (t) => {
  const { rehearsal, copy, world } = await prepared(t)
  const before = world.store.serialize()
  await rehearsal.ask(copy, login('john.doe.password'))
  t.ok(world.store.serialize().equals(before))
  t.ok(copy.store.serialize().equals(before))
  t.strictSame([world.requests, copy.requests], [0, 0])
})

t.test('a copy stands still at the instant of the world, and draws what the world will never draw', async (t) => {
  const { copy, world, machine } = await prepared(t)
  machine.ms += 5000
  t.strictSame([copy.clock.now(), copy.clock.state, world.clock.now()], [start, 'frozen', start + 5000])
  t.not(copy.realm('tavio').chance.uuid('token'), world.realm('tavio').chance.uuid('token'))
})

t.test('a change of the copy counts once it is rebased', async (t) => {
  const { rehearsal, copy, world } = await prepared(t)
  const realm = copy.realm<VendorTypes>('tavio')
  realm.changeSettings({ ...realm.settings, throttle: { limit: 1, windowSeconds: 60 } })
  const { tokens } = realm
  const [account] = realm.accounts.all()
  tokens.issue('text', { kind: 'orgAuth', tenant: 'acme', account: account?.id ?? '', expiresAt: null, facts: {} })
  const me = { ...question('/v1/acme/me'), headers: { authorization: 'Bearer text' } }
  t.equal((await rehearsal.ask(copy, me)).status, 401)
  copy.rebase()
  t.equal((await rehearsal.ask(copy, me)).status, 200)
  t.equal((await rehearsal.ask(copy, me)).status, 200, 'each time from the beginning')
  t.equal(world.realm<VendorTypes>('tavio').tokens.findByText('text'), undefined)
})

t.test('questions that are asked together do not mix', async (t) => {
  const { rehearsal, copy } = await prepared(t)
  const answers = await Promise.all(
    ['john.doe.password', 'wrong', 'john.doe.password', 'false'].map((password) =>
      rehearsal.ask(copy, login(password)),
    ),
  )
  t.strictSame(
    answers.map(({ status, refusal }) => [status, refusal?.code ?? null]),
    [
      [200, null],
      [401, 'wrong-password'],
      [200, null],
      [401, 'wrong-password'],
    ],
  )
})

t.test('a method that no operation has is not asked', async (t) => {
  const { rehearsal, copy } = await prepared(t)
  await t.rejects(rehearsal.ask(copy, { ...login('x'), method: 'BREW' }), {
    message: 'no operation has the method BREW',
  })
})

t.test('a rehearsal that was never asked closes like any other', async () => {
  await new Rehearsal(vendors, openStore).close()
})
