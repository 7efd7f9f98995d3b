import t, { type Test } from 'tap'
import { Clock } from '../../src/core/clock.js'
import type { Store } from '../../src/core/ports.js'
import type { World } from '../../src/core/world.js'
import { TooManyWorlds, Worlds, type WorldsOptions } from '../../src/core/worlds.js'
import { openStore } from '../../src/store/database.js'
import { bench, start } from '../support/realm.js'

function worldsOf(t: Test, options: Partial<WorldsOptions> = {}) {
  const { realm, store } = bench(t)
  realm.furnish({ facts: null, settings: { lifetime: 60 } })
  const template = store.serialize()
  const worlds = new Worlds({
    template,
    seed: 1,
    open: openStore,
    max: 3,
    clock: () => new Clock(() => start),
    ...options,
  })
  t.teardown(() => worlds.close())
  return { worlds, template }
}

t.test('a world is made from the template when it is first asked for, and is the same one from then on', async (t) => {
  const { worlds } = worldsOf(t)
  t.equal(worlds.peek('a'), undefined)
  t.equal(worlds.size, 0, 'looking makes none')
  const world = worlds.get('a')
  t.equal(world.name, 'a')
  t.equal(world.seed, 1)
  t.equal(world.clock.now(), start)
  t.strictSame(world.realm('acme').settings, { lifetime: 60 })
  t.equal(worlds.get('a'), world)
  t.equal(worlds.peek('a'), world)
  t.equal(worlds.size, 1)
})

t.test('nothing that happens in one world is seen in another or in the template', async (t) => {
  const { worlds, template } = worldsOf(t)
  const before = Buffer.from(template)
  const [a, b] = [worlds.get('a'), worlds.get('b')]
  a.realm('acme').changeSettings({ lifetime: 5 })
  a.clock.advance(1000)
  a.nextRequest()
  t.strictSame(b.realm('acme').settings, { lifetime: 60 })
  t.equal(b.clock.now(), start)
  t.equal(b.nextRequest(), 1)
  t.ok(template.equals(before))
  t.strictSame(worlds.get('c').realm('acme').settings, { lifetime: 60 }, 'nor in a later one')
})

t.test('worlds draw from streams of their own', async (t) => {
  const { worlds } = worldsOf(t)
  t.not(worlds.get('a').realm('acme').chance.uuid('id'), worlds.get('b').realm('acme').chance.uuid('id'))
})

t.test('without a clock of its own a world follows the machine', async (t) => {
  const { template } = worldsOf(t)
  const worlds = new Worlds({ template, seed: 1, open: openStore, max: 1 })
  t.teardown(() => worlds.close())
  const before = Date.now()
  const now = worlds.get('a').clock.now()
  t.ok(before <= now && now <= Date.now())
})

t.test('a server that is full refuses a new world and still knows the old ones', async (t) => {
  const { worlds } = worldsOf(t, { max: 2 })
  const first = worlds.get('a')
  worlds.get('b')
  try {
    worlds.get('c')
    t.fail('there is no room')
  } catch (error) {
    if (!(error instanceof TooManyWorlds)) throw error
    t.equal(error.max, 2)
    t.equal(error.message, 'this server holds 2 worlds and may hold no more')
  }
  t.equal(worlds.size, 2)
  t.equal(worlds.peek('c'), undefined)
  t.equal(worlds.get('a'), first)
})

t.test('closing ends all worlds, and there is room again', async (t) => {
  const { worlds } = worldsOf(t, { max: 1 })
  const world = worlds.get('a')
  worlds.close()
  t.throws(() => world.nextRequest(), { message: 'The database connection is not open' })
  t.equal(worlds.size, 0)
  t.not(worlds.get('a'), world)
})

t.test('a reset world begins again from the template', async (t) => {
  const { worlds, template } = worldsOf(t)
  const world = worlds.get('a')
  world.realm('acme').changeSettings({ lifetime: 5 })
  world.rebase()
  t.notOk(world.base.bytes().equals(template))
  worlds.reset(world)
  t.ok(world.base.bytes().equals(template))
})

t.test('what a world had is closed when it is reset or removed, unless somebody still works in it', async (t) => {
  const isOpen = (store: Store): boolean => {
    try {
      return store.serialize().length > 0
    } catch {
      return false
    }
  }
  const ends: [string, (worlds: Worlds, world: World) => void][] = [
    ['reset', (worlds, world) => worlds.reset(world)],
    ['removed', (worlds, world) => worlds.remove(world)],
  ]
  for (const [what, end] of ends) {
    const { worlds } = worldsOf(t)
    const [idle, busy] = [worlds.get('idle'), worlds.get('busy')]
    const [idleStore, busyStore] = [idle.store, busy.store]
    const letGo = busy.hold()
    end(worlds, idle)
    end(worlds, busy)
    t.notOk(isOpen(idleStore), what)
    t.ok(isOpen(busyStore), what)
    letGo()
    t.notOk(isOpen(busyStore), what)
    t.equal(worlds.get('busy').nextRequest(), 1, 'the world that goes by the name now is open')
  }
})

t.test('a copy counts its requests from 1, and knows that it has a past', async (t) => {
  const { worlds } = worldsOf(t, { max: 10 })
  const original = worlds.get('original')
  t.equal(original.hasPast, false)
  original.nextRequest()
  original.nextRequest()
  t.equal(original.hasPast, true)
  const copy = worlds.copy(original, 'copy')
  t.strictSame([copy.requests, copy.hasPast], [0, true])
  t.equal(copy.nextRequest(), 1)
  const again = worlds.copy(copy, 'again')
  t.strictSame([again.requests, again.hasPast], [0, true])
  t.strictSame([worlds.copy(worlds.get('new'), 'other').hasPast, original.requests], [false, 2])
})

t.test(
  'with another template, new worlds and such as are reset begin as that, and only they are of the fixtures',
  async (t) => {
    const { worlds, template } = worldsOf(t, { max: 4 })
    const [a, b] = [worlds.get('a'), worlds.get('b')]
    const copy = worlds.copy(a, 'copy')
    t.strictSame(
      [a, b, copy].map(({ fromFixtures }) => fromFixtures),
      [true, true, false],
    )
    const next = openStore(template)
    next.realms.put('acme', { facts: 'null', settings: '{"lifetime":7}' })
    worlds.renew(next.serialize())
    next.close()
    worlds.reset(a)
    worlds.reset(copy)
    t.strictSame(
      [a, b, copy, worlds.get('new')].map((world) => world.realm('acme').settings),
      [7, 60, 7, 7].map((lifetime) => ({ lifetime })),
    )
    t.ok(copy.fromFixtures, 'once it is reset')
  },
)
