import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { buildApp } from '../src/app.js'
import { Clock } from '../src/core/clock.js'
import { type Emulator, emulate } from './support/emulate.js'
import { folderOf } from './support/folder.js'

const credentials = { username: 'john.doe', password: 'john.doe.password' }
const machine = { ms: Date.parse('2026-03-01T12:00:00Z') }

/** A server on the folder, whose clocks follow a machine of the test's own. */
const serverOn = (t: Test, data: string, options: object = {}): Promise<Emulator> =>
  emulate(t, { data, clock: () => new Clock(() => machine.ms), ...options })

const login = async ({ post }: Emulator, world = ''): Promise<string> =>
  (await post(`${world}/tavio/v1/acme/auth/login`, { body: credentials })).json.token

const use = async ({ get }: Emulator, token: string, world = ''): Promise<number> =>
  (await get(`${world}/tavio/v1/acme/me`, { headers: { authorization: `Bearer ${token}` } })).status

/** All that the control plane shows of a world, apart from the journal. */
async function state({ get }: Emulator, world = ''): Promise<Record<string, unknown>> {
  const paths = ['clock', 'clock/timers', 'faults', 'keys', 'tokens', 'accounts?vendor=portsip', 'outbox']
  const settings = ['babelfor', 'faveo', 'portsip', 'tavio', 'thiio'].map((vendor) => `settings/${vendor}`)
  const seen: Record<string, unknown> = {}
  for (const path of [...paths, ...settings]) seen[path] = (await get(`${world}/_understudy/${path}`)).json
  return seen
}

t.test('a server that is started again has the worlds as they were, all but their journals', async (t) => {
  const data = folderOf(t)
  const one = await serverOn(t, data)
  const { post, ask, get, set } = one
  const token = await login(one)
  const other = await login(one, '/@w7')
  await post('/thiio/api/login', { body: { email: 'admin@thiio.com', password: '123456789' } })
  await set('portsip', { profile: '22.2' })
  await post('/portsip/api/auth/forget_password', { body: { username: 'admin', email: 'admin@example.com' } })
  for (let n = 0; n < 3; n++) await post('/portsip/api/login', { body: { username: 'admin', password: 'no' } })
  await ask('PATCH', '/_understudy/accounts/portsip/admin', { body: { display_name: 'Somebody' } })
  await post('/_understudy/keys/rotate', { body: { vendor: 'thiio' } })
  await post('/_understudy/clock/advance', { body: { by: '10m' } })
  await post('/@w7/_understudy/clock/freeze', { body: { at: '2027-01-01T00:00:00Z' } })
  const fault = {
    match: { vendor: 'tavio', operation: 'me', nth: 2 },
    times: 1,
    effect: { kind: 'refuse', refusal: 'throttled' },
  }
  t.equal((await post('/_understudy/faults', { body: fault })).status, 201)
  t.equal(await use(one, token), 200)
  const before = [await state(one), await state(one, '/@w7')]
  const { items } = (await get('/_understudy/worlds')).json
  await one.app.close()

  const again = await serverOn(t, data)
  t.strictSame([await state(again), await state(again, '/@w7')], before)
  t.strictSame((await again.get('/_understudy/worlds')).json.items, items)
  t.strictSame((await again.get('/_understudy/requests')).json.items, [], 'the journal begins anew')
  const { status, headers } = await again.get('/tavio/v1/acme/me')
  t.equal(status, 429, 'the second match of the fault')
  t.equal(headers['x-understudy-request'], `default-${items[0].requests + 1}`, 'and its numbers go on')
  t.equal(await use(again, token), 200)
  t.not(await login(again), token, 'no draw is repeated')
  t.equal(await use(again, other, '/@w7'), 401, 'by the time of its world')
})

t.test('time goes by while no server runs, unless the clock of the world is frozen', async (t) => {
  const data = folderOf(t)
  const one = await serverOn(t, data)
  await one.post('/_understudy/clock/advance', { body: { by: '1h' } })
  await one.post('/@w7/_understudy/clock/freeze')
  const { now } = (await one.get('/@w7/_understudy/clock')).json
  await one.app.close()
  machine.ms += 86_400_000
  const again = await serverOn(t, data)
  t.match((await again.get('/_understudy/clock')).json, { state: 'running', offsetMs: 3_600_000 })
  t.match((await again.get('/@w7/_understudy/clock')).json, { state: 'frozen', now })
  await again.post('/@w7/_understudy/clock/resume')
  await again.post('/_understudy/clock/reset')
  await again.app.close()
  const last = await serverOn(t, data)
  t.match((await last.get('/@w7/_understudy/clock')).json, { state: 'running', now })
  t.match((await last.get('/_understudy/clock')).json, { offsetMs: 0 })
})

t.test('what a fault has done is known at once, though nobody closes the world', async (t) => {
  const data = folderOf(t)
  const one = await serverOn(t, data)
  const fault = { times: 1, effect: { kind: 'refuse', refusal: 'throttled' } }
  await one.post('/_understudy/faults', { body: fault })
  t.equal((await one.get('/tavio/v1/acme/me')).status, 429)
  const files = Object.fromEntries(
    ['default.sqlite', 'default.sqlite-wal'].map((name) => [name, readFileSync(join(data, name))]),
  )
  const again = await serverOn(t, folderOf(t, files))
  t.match((await again.get('/_understudy/faults')).json.items, [{ id: 'fault-1', matched: 1, fired: 1 }])
  t.equal((await again.get('/tavio/v1/acme/me')).status, 401)
  await again.ask('DELETE', '/_understudy/faults')
  t.match((await again.post('/_understudy/faults', { body: fault })).json, { id: 'fault-2' })
})

t.test('reset, restore, copies and removals are kept', async (t) => {
  const data = folderOf(t)
  const one = await serverOn(t, data)
  const { post, ask } = one
  const token = await login(one)
  await post('/_understudy/clock/freeze')
  t.equal((await post('/_understudy/snapshots', { body: { name: 's' } })).status, 201)
  t.equal((await post('/_understudy/snapshots', { body: { name: 'unwanted' } })).status, 201)
  const next = await login(one)
  await post('/_understudy/worlds', { body: { name: 'copy', from: { world: 'default' } } })
  await post('/_understudy/worlds', { body: { name: 'taken', from: { snapshot: 's' } } })
  await post('/@restored/_understudy/clock/freeze')
  await post('/@restored/_understudy/snapshots/s/restore')
  await post('/@gone/_understudy/clock/freeze')
  await ask('DELETE', '/_understudy/worlds/gone')
  await ask('DELETE', '/_understudy/snapshots/unwanted')
  await post('/_understudy/reset')
  const worlds = ['', '/@copy', '/@restored', '/@taken']
  const before = await Promise.all(worlds.map((world) => state(one, world)))
  const snapshots = (await one.get('/_understudy/snapshots')).json
  await one.app.close()

  const again = await serverOn(t, data)
  t.strictSame(await Promise.all(worlds.map((world) => state(again, world))), before)
  t.strictSame((await again.get('/_understudy/snapshots')).json, snapshots)
  t.strictSame(
    (await again.get('/_understudy/worlds')).json.items.map(({ name }: { name: string }) => name),
    ['copy', 'default', 'restored', 'taken'],
  )
  t.equal(await use(again, token), 401, 'reset')
  for (const world of ['/@copy', '/@restored', '/@taken']) t.equal(await use(again, token, world), 200, world)
  t.equal(await login(again, '/@restored'), next, 'a restored world draws on where the snapshot did')
  t.equal((await again.get('/@copy/tavio/v1/acme/me')).headers['x-understudy-request'], 'copy-2', 'of its own count')
  t.equal((await again.post('/@late/_understudy/clock/freeze')).status, 200)
  t.equal((await again.post('/@late/_understudy/snapshots/s/restore')).status, 204)
  t.equal(await use(again, token, '/@late'), 200)
})

t.test('the seed of a folder is used again, and shown', async (t) => {
  const data = folderOf(t)
  const first = await buildApp({ data })
  const { seed } = first
  await first.close()
  const second = await buildApp({ data })
  t.teardown(() => second.close())
  t.equal(second.seed, seed)
  t.equal(JSON.parse((await second.inject('/_understudy/health')).payload).seed, seed)
  await second.close()
  await t.rejects(buildApp({ data, seed: (seed + 1) % 1000 }), { name: 'DataError', message: `seed ${seed}, not` })
})

t.test('a world that is kept wins over changed fixtures until it is reset', async (t) => {
  const data = folderOf(t)
  const one = await serverOn(t, data)
  await one.app.close()
  const tavio = JSON.parse(readFileSync('fixtures/tavio.json', 'utf8'))
  tavio.settings = { ...tavio.settings, tokenLifetimeSeconds: 60 }
  const fixtures = folderOf(t, { 'tavio.json': JSON.stringify(tavio) })
  const again = await serverOn(t, data, { fixtures })
  const lifetime = async () => (await again.get('/_understudy/settings/tavio')).json.tokenLifetimeSeconds
  t.equal(await lifetime(), 3600)
  await again.post('/_understudy/reset')
  t.equal(await lifetime(), 60)
})

t.test('a journal can be replayed from where the server was started again', async (t) => {
  const data = folderOf(t)
  const one = await serverOn(t, data)
  await login(one)
  await one.app.close()
  const again = await serverOn(t, data, { journalSecrets: true })
  const token = await login(again)
  await use(again, token)
  await again.post('/_understudy/snapshots', { body: { name: 's' } })
  const { rawPayload } = await again.app.inject('/_understudy/snapshots/s')
  const { replay } = await import('../src/replay.js')
  t.strictSame(await replay(rawPayload), { requests: 2, differences: [] })
})

t.test('a kept file whose contents no vendor can have is refused, and the folder is free again', async (t) => {
  const data = folderOf(t)
  const one = await serverOn(t, data)
  await one.post('/_understudy/clock/advance', { body: { by: '1h' } })
  await one.post('/_understudy/snapshots', { body: { name: 's' } })
  await one.app.close()
  const edit = (name: string, sql: string) => {
    const path = join(data, name)
    const before = readFileSync(path)
    const db = new Database(path)
    db.exec(sql)
    db.close()
    return () => writeFileSync(path, before)
  }
  const rows: [string, string, RegExp][] = [
    ['default.sqlite', `DELETE FROM realm WHERE vendor = 'tavio'`, /default\.sqlite: expected a world with tavio/],
    ['default.sqlite', `UPDATE meta SET value = '{}'`, /default\.sqlite: expected the standing as this version/],
    [
      'default.sqlite',
      `UPDATE meta SET value = json_set(value, '$.faults', json('[{"id":"fault-1","matched":0,"fired":0,"effect":{"kind":"refuse","refusal":"no"}}]'))`,
      /default\.sqlite: expected a possible fault-1/,
    ],
    [
      'default.sqlite',
      `UPDATE account SET password_hash = '$2y$31$' || substr(password_hash, 8) WHERE vendor = 'tavio'`,
      /default\.sqlite: expected an account .+ that tavio can have \(\/passwordHash: /,
    ],
    ['snapshots/s.sqlite', 'DELETE FROM meta', /snapshots\/s\.sqlite: expected a snapshot, not a bare world/],
  ]
  for (const [name, sql, message] of rows) {
    const mend = edit(name, sql)
    await t.rejects(serverOn(t, data), { name: 'DataError', message }, name)
    mend()
  }
  t.match((await (await serverOn(t, data)).get('/_understudy/clock')).json, { offsetMs: 3_600_000 })
})

t.test('as many worlds may be kept as there may be worlds', async (t) => {
  const data = folderOf(t)
  const one = await serverOn(t, data)
  for (const world of ['a', 'b']) await one.get(`/@${world}/_understudy/clock`)
  await one.app.close()
  const message = `${data}: 3 worlds are kept there, more than the 2 of --max-worlds`
  await t.rejects(serverOn(t, data, { maxWorlds: 2 }), { name: 'DataError', message })
  rmSync(join(data, 'default.sqlite'))
  await t.rejects(serverOn(t, data, { maxWorlds: 2 }), { name: 'DataError', message }, 'there is always a default one')
  const { get } = await serverOn(t, data, { maxWorlds: 3 })
  t.equal((await get('/@a/_understudy/clock')).status, 200)
  t.equal((await get('/@d/_understudy/clock')).status, 503)
})

t.test('a snapshot file that is put into the folder is a world, which begins there with its own chance', async (t) => {
  const data = folderOf(t)
  const one = await serverOn(t, data)
  const token = await login(one)
  await one.post('/_understudy/clock/advance', { body: { by: '5m' } })
  await one.post('/_understudy/snapshots', { body: { name: 's' } })
  const next = await login(one)
  await one.app.close()
  writeFileSync(join(data, 'mine.sqlite'), readFileSync(join(data, 'snapshots', 's.sqlite')))

  const again = await serverOn(t, data)
  t.match((await again.get('/@mine/_understudy/clock')).json, { state: 'running', offsetMs: 0 })
  t.equal(await use(again, token, '/@mine'), 200)
  t.not(await login(again, '/@mine'), next)
  t.match(await again.post('/@mine/_understudy/snapshots', { body: { name: 'mine' } }), { json: { requests: 2 } })
  await again.post('/@mine/_understudy/snapshots/mine/restore')
  t.equal(await use(again, token, '/@mine'), 200)
})
