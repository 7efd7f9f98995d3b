import { readFileSync } from 'node:fs'
import { vendors } from '../../src/vendors/registry.js'
import { rule, tavio } from '../support/client.js'

const names = vendors.map(({ name }) => name)

/** The server, its worlds and their settings. */
export const server = [
  rule('a server tells how it is, what it emulates, and its metrics', async (t, _world, understudy) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    t.match(await understudy.health(), { status: 'ok', name: 'understudy', version, seed: 1, vendors: names })
    const described = await understudy.vendors()
    t.strictSame(
      described.map(({ name }) => name),
      names,
    )
    t.ok(described.every(({ operations }) => operations.length > 0))
    t.match(await understudy.metrics(), /^understudy_worlds \d+$/m)
    await t.rejects(understudy.authority(), { status: 404, code: 'no-authority' })
  }),

  rule('an OpenAPI document is that of the file', async (t, _world, understudy) => {
    t.strictSame(await understudy.openapi('tavio'), JSON.parse(readFileSync('openapi/tavio.json', 'utf8')))
    t.strictSame(await understudy.openapi('control'), JSON.parse(readFileSync('openapi/control.json', 'utf8')))
  }),

  rule('each world without a name is a new one, and a vendor answers at its URL', async (t, world, understudy) => {
    const other = await understudy.world()
    t.not(other.name, world.name)
    t.equal(world.url('tavio'), `${understudy.url}/@${world.name}/tavio`)
    const { status, token, id } = await tavio(world.url('tavio')).login()
    t.equal(status, 200)
    t.equal(id, `${world.name}-1`)
    t.equal(await tavio(world.url('tavio')).me(token), 200)
    t.equal(await tavio(other.url('tavio')).me(token), 401)
  }),

  rule('a world with a name is made once and found again', async (t, _world, understudy) => {
    const first = await understudy.world('mine')
    t.equal(first.name, 'mine')
    const { token } = await tavio(first.url('tavio')).login()
    const again = await understudy.world('mine')
    t.equal(await tavio(again.url('tavio')).me(token), 200)
    t.equal((await understudy.world('default')).name, 'default')
    t.equal((await understudy.worlds()).filter(({ name }) => name === 'mine').length, 1)
    await first.remove()
  }),

  rule('a world begins as a copy of another, or of a snapshot', async (t, world, understudy) => {
    const { token } = await tavio(world.url('tavio')).login()
    const copy = await understudy.world({ name: `${world.name}-copy`, from: { world: world.name } })
    t.equal(copy.name, `${world.name}-copy`)
    t.equal(await tavio(copy.url('tavio')).me(token), 200)
    const { name } = await world.snapshots.take()
    const later = await understudy.world({ from: { snapshot: name } })
    t.equal(await tavio(later.url('tavio')).me(token), 200)
  }),

  rule('worlds are listed with their requests and base URLs until they are removed', async (t, world, understudy) => {
    await tavio(world.url('tavio')).login()
    const baseUrls = Object.fromEntries(names.map((name) => [name, world.url(name)]))
    t.strictSame(
      (await understudy.worlds()).find(({ name }) => name === world.name),
      { name: world.name, requests: 1, baseUrls },
    )
    await world.remove()
    t.notOk((await understudy.worlds()).some(({ name }) => name === world.name))
  }),

  rule(
    'a world is removed at the end of its block, where it is declared with `await using`',
    async (t, _, understudy) => {
      const world = await understudy.world()
      await world[Symbol.asyncDispose]()
      t.notOk((await understudy.worlds()).some(({ name }) => name === world.name))
    },
  ),

  rule('settings are changed for one world, and a reset undoes it', async (t, world, understudy) => {
    const other = await understudy.world()
    const changed = await world.settings.change('tavio', { tokenLifetimeSeconds: 60 })
    t.equal(changed.tokenLifetimeSeconds, 60)
    t.strictSame(await world.settings.read('tavio'), changed)
    t.equal((await other.settings.read('tavio')).tokenLifetimeSeconds, 3600)
    const { token } = await tavio(world.url('tavio')).login()
    await world.reset()
    t.equal((await world.settings.read('tavio')).tokenLifetimeSeconds, 3600)
    t.equal(await tavio(world.url('tavio')).me(token), 401)
  }),

  rule('a world says what becomes of each wrong credential', async (t, world) => {
    const cells = await world.refusals({ vendor: 'tavio', operation: 'me', case: 'expired' })
    t.match(cells, [
      { credential: 'orgAuth', status: 401, refusal: 'token-expired' },
      { credential: 'envAuth', status: 401, refusal: 'token-expired' },
    ])
    await t.rejects(world.refusals({ vendor: 'nobody' }), { status: 404, code: 'unknown-vendor' })
  }),
]
