import t, { type Test } from 'tap'
import { Clock } from '../../src/core/clock.js'
import { World } from '../../src/core/world.js'
import { Folder } from '../../src/store/folder.js'
import { folderOf } from '../support/folder.js'
import { start, storeOf } from '../support/realm.js'

const worldOf = (t: Test, name = 'default', seed = 1) =>
  new World({ name, seed, store: storeOf(t), clock: new Clock(() => start) })

t.test('a world has one realm for each vendor, made when it is first asked for', async (t) => {
  const world = worldOf(t)
  const realm = world.realm('acme')
  t.equal(realm.vendor, 'acme')
  t.equal(world.realm('acme'), realm)
  t.not(world.realm('other'), realm)
  t.equal(world.realm('other').vendor, 'other')
})

t.test('all realms of a world tell its time and draw from its seed and name', async (t) => {
  const world = worldOf(t)
  t.equal(world.realm('acme').clock, world.clock)
  const id = world.realm('acme').chance.uuid('id')
  t.equal(worldOf(t).realm('acme').chance.uuid('id'), id)
  t.not(worldOf(t, 'other').realm('acme').chance.uuid('id'), id)
  t.not(worldOf(t, 'default', 2).realm('acme').chance.uuid('id'), id)
})

t.test('a world that was given no clock follows the machine', async (t) => {
  const before = Date.now()
  const now = new World({ name: 'default', seed: 1, store: storeOf(t) }).clock.now()
  t.ok(before <= now && now <= Date.now())
})

t.test('requests are numbered from 1 across all vendors, and on after a snapshot', async (t) => {
  const world = worldOf(t)
  world.realm('acme').chance.next('request')
  t.strictSame([world.nextRequest(), world.nextRequest()], [1, 2])
  const copy = new World({ name: 'copy', seed: 1, store: storeOf(t, world.store.serialize()) })
  t.equal(copy.nextRequest(), 3)
})

t.test('a closed world answers no more', async (t) => {
  const world = worldOf(t)
  world.close()
  t.throws(() => world.nextRequest(), { message: 'The database connection is not open' })
})

t.test('without a shelf a change is only made; with one it is undone where it cannot be kept', async (t) => {
  const folder = new Folder({ path: folderOf(t), drawSeed: () => 1 })
  t.teardown(() => folder.close())
  const store = folder.adopt('kept', storeOf(t))
  const world = new World({ name: 'kept', seed: 1, store, clock: new Clock(() => start), shelf: folder })
  world.change(() => world.faults.add({ effect: { kind: 'reset' } }))
  world.change(() => world.clock.advance(5))
  const noted = store.standing.get()
  t.match(JSON.parse(noted ?? ''), { clock: { offset: 5, frozenAt: null }, faults: [{ id: 'fault-1' }] })
  const no = new Error('no')
  const fail = () => {
    world.clock.freeze()
    world.faults.clear()
    throw no
  }
  t.throws(() => world.change(fail), no)
  t.strictSame([world.clock.reading, world.faults.size], [{ now: start + 5, state: 'running' }, 1])
  t.equal(store.standing.get(), noted)
  folder.close()
  t.throws(() => world.change(() => world.clock.freeze()), { message: 'The database connection is not open' })
  t.equal(world.clock.state, 'running')
  const free = worldOf(t)
  t.equal(
    free.change(() => 7),
    7,
  )
})

t.test('a request that the store cannot count has a number that no other has', async (t) => {
  const world = worldOf(t)
  t.equal(world.nextRequest(), 1)
  t.strictSame([world.uncountedRequest(), world.uncountedRequest()], [2, 3])
  t.strictSame([world.nextRequest(), world.nextRequest()], [4, 5])
})

t.test('an amendment is made as a whole or not at all, and is no part of what a replay knows', async (t) => {
  const journal = { capacity: 10, secretsOf: null }
  const world = new World({ name: 'a', seed: 1, store: storeOf(t), clock: new Clock(() => start), journal })
  const settle = (settings: string) => world.realm('acme').furnish({ facts: null, settings })
  world.amend(() => settle('one'))
  t.ok(world.isTraced, 'no request came before it')
  t.ok(world.base.bytes().equals(world.store.serialize()))
  const no = new Error('no')
  const fail = () => {
    settle('two')
    t.equal(world.realm('acme').settings, 'two')
    throw no
  }
  t.throws(() => world.amend(fail), no)
  t.equal(world.realm('acme').settings, 'one')
  t.ok(world.isTraced)

  const url = '/acme/login'
  const exchange = { vendor: 'acme', method: 'POST', url, target: '/login', rawHeaders: [], address: '127.0.0.1' }
  world.journal.open(world.nextRequest(), start, { ...exchange, operation: 'login', claimant: () => undefined })
  world.amend(() => settle('three'))
  t.notOk(world.isTraced)
  world.rebase()
  t.ok(world.isTraced)
})
