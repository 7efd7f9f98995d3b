import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { AppOptions } from '../../src/app.js'
import { type Emulator, emulate } from '../support/emulate.js'

const sqlite = { 'content-type': 'application/vnd.sqlite3' }
const credentials = { username: 'john.doe', password: 'john.doe.password' }

async function stand(t: Test, options: AppOptions = {}) {
  const emulator = await emulate(t, options)
  const { post, get, ask, app } = emulator
  return {
    ...emulator,
    login: async (world = '') => (await post(`${world}/tavio/v1/acme/auth/login`, { body: credentials })).json.token,
    use: async (token: string, world = '') =>
      (await get(`${world}/tavio/v1/acme/me`, { headers: { authorization: `Bearer ${token}` } })).status,
    take: (name?: string, world = '') => post(`${world}/_understudy/snapshots`, { body: { ...(name && { name }) } }),
    download: async (name: string, query = '') => {
      const { statusCode, rawPayload, headers } = await app.inject(`/_understudy/snapshots/${name}${query}`)
      return { status: statusCode, bytes: rawPayload, headers }
    },
    upload: (name: string, bytes: Buffer, headers: Record<string, string> = sqlite) =>
      ask('PUT', `/_understudy/snapshots/${name}`, { body: bytes, headers }),
    restore: (name: string, world = '') => post(`${world}/_understudy/snapshots/${name}/restore`),
  }
}

const state = async ({ get }: Emulator, world = '') => {
  const read = async (path: string) => (await get(`${world}/_understudy${path}`)).json
  const { offsetMs: _, ...clock } = await read('/clock')
  return { clock, faults: await read('/faults'), requests: await read('/requests') }
}

t.test('a snapshot holds everything: live tokens, clock, faults, settings and journal', async (t) => {
  const world = await stand(t)
  const { ask, login, use, take, restore, set, post } = world
  const token = await login()
  await set('tavio', { tokenLifetimeSeconds: 60 })
  const body = { match: { vendor: 'tavio', operation: 'renew' }, effect: { kind: 'respond', status: 503 } }
  t.equal((await post('/_understudy/faults', { body })).status, 201)
  const before = await state(world)
  const settings = (await ask('GET', '/_understudy/settings/tavio')).json

  t.match(await take('before'), {
    status: 201,
    json: { name: 'before', world: 'default', at: '2026-01-01T00:00:00.000Z', requests: 1, bytes: Number },
  })
  await post('/_understudy/clock/advance', { body: { by: '2h' } })
  await ask('DELETE', '/_understudy/faults')
  await set('tavio', { tokenLifetimeSeconds: 7200 })
  const later = await login()
  t.equal(await use(token), 401, 'expired by now')

  t.equal((await restore('before')).status, 204)
  t.strictSame(await state(world), before)
  t.strictSame((await ask('GET', '/_understudy/settings/tavio')).json, settings)
  t.equal(await use(token), 200)
  t.equal(await use(later), 401, 'a token of later was never issued')
})

t.test('a restored world draws on where the snapshot did, whatever the world or the server', async (t) => {
  const one = await stand(t)
  await one.login()
  await one.take('s')
  const { bytes } = await one.download('s')
  const next = await one.login()
  await one.restore('s')
  t.equal(await one.login(), next, 'the same draw again')

  const other = await stand(t, { seed: 99 })
  t.equal((await other.upload('s', bytes)).status, 201)
  await other.get('/@w7/_understudy/clock')
  t.equal((await other.restore('s', '/@w7')).status, 204)
  t.equal(await other.login('/@w7'), next, 'of another seed, in a world of another name')
  t.not(await other.login(), next, 'where nothing was restored, chance is its own')
})

t.test('a world started from a snapshot begins as it was and draws from its own name', async (t) => {
  const { login, use, take, post, get } = await stand(t)
  const token = await login()
  await take('s')
  const next = await login()
  const made = await post('/_understudy/worlds', { body: { name: 'w7', from: { snapshot: 's' } } })
  t.equal(made.status, 201)
  t.equal(await use(token, '/@w7'), 200, 'the token is alive there')
  t.not(await login('/@w7'), next)
  t.equal((await get('/_understudy/requests')).json.items.length, 2, 'the other world noticed nothing')
})

t.test('a snapshot can be taken of, and restored into, a world that there is; none is made for it', async (t) => {
  const { take, restore, get } = await stand(t)
  t.match(await take('s', '/@nobody'), { status: 404, json: { error: { code: 'unknown-world' } } })
  t.equal((await take()).json.name, 's1', 'a name is found')
  t.match(await restore('s1', '/@nobody'), { status: 404, json: { error: { code: 'unknown-world' } } })
  t.equal((await get('/_understudy/worlds')).json.items.length, 1)
})

t.test('a snapshot is a SQLite file that anyone can read, in rollback-journal mode', async (t) => {
  const { login, take, download } = await stand(t)
  await login()
  await take('s')
  const { status, bytes, headers } = await download('s')
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/vnd.sqlite3')
  t.match(headers['content-disposition'], 'filename="s.sqlite"')
  t.strictSame([bytes[18], bytes[19]], [1, 1])
  const db = new Database(bytes)
  t.teardown(() => db.close())
  const entry = db.prepare<[], string>('SELECT entry FROM journal').pluck().get() ?? ''
  t.match(JSON.parse(entry), { vendor: 'tavio', operation: 'login', method: 'POST', response: { status: 200 } })
})

t.test('snapshots are listed, replaced by an upload and removed', async (t) => {
  const { take, download, upload, get, ask, login } = await stand(t)
  await take('one')
  t.match(await take('one'), {
    status: 409,
    json: { error: { code: 'snapshot-exists', details: { pointer: '/name' } } },
  })
  await login()
  await take('two')
  t.match((await get('/_understudy/snapshots')).json.items, [
    { name: 'one', requests: 0 },
    { name: 'two', requests: 1 },
  ])
  t.match(await upload('one', (await download('two')).bytes), { status: 201, json: { name: 'one', requests: 1 } })
  t.equal((await ask('DELETE', '/_understudy/snapshots/two')).status, 204)
  t.equal((await download('two')).status, 404)
  t.match(await ask('DELETE', '/_understudy/snapshots/two'), {
    status: 404,
    json: { error: { code: 'unknown-snapshot', details: { snapshots: ['one'] } } },
  })
})

t.test('a redacted snapshot can be shared: no password, hash, token or drawn secret is in its bytes', async (t) => {
  const { login, take, download, upload, restore, post, use, get } = await stand(t, { journalSecrets: true })
  const token = await login()
  await use(token)
  const { json } = await post('/portsip/api/login/oauth/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=password&username=admin&password=admin&client_id=9d806019-75b2-4b3d-bb8b-f5a3a412cc0a&scope=all',
  })
  const jwt = (await post('/faveo/api/v1/authenticate', { body: { username: 'demoadmin', password: 'demopass' } })).json
  const fault = (effect: object) => post('/_understudy/faults', { body: { match: { event: 'logout' }, effect } })
  await fault({
    kind: 'respond',
    status: 200,
    body: { token: 'Fault-body-1' },
    headers: { 'set-cookie': 's=Fault-head-1' },
  })
  await fault({ kind: 'respond', status: 200, body: '{"token":"Fault-text-1"}' })
  await take('s')
  const ofFaults = ['Fault-body-1', 'Fault-head-1', 'Fault-text-1']
  const secrets = [
    ...ofFaults,
    token,
    json.access_token,
    json.refresh_token,
    jwt.token,
    'john.doe.password',
    'demopass',
    '$2y$04$',
  ]
  const whole = (await download('s')).bytes
  t.ok(whole.includes('$2y$04$'), 'the whole one has them')
  const { bytes } = await download('s', '?redact=true')
  for (const secret of secrets) {
    t.notOk(bytes.includes(secret), secret)
    // The bodies of a journal stand in base64, which says the same in three ways.
    for (const shift of ['', 'a', 'aa']) {
      const inBase64 = Buffer.from(shift + secret)
        .toString('base64')
        .replace(/=+$/, '')
        .slice(shift.length === 0 ? 0 : 4, -2)
      t.notOk(bytes.includes(inBase64), `${secret} in base64`)
    }
  }
  t.equal((await upload('shared', bytes)).status, 201)
  t.equal((await restore('shared')).status, 204)
  t.match((await get('/_understudy/requests')).json.items, [
    { operation: 'login', status: 200 },
    { operation: 'me', status: 200 },
    { operation: 'oauthToken', status: 200 },
    { operation: 'authenticate', status: 200 },
  ])
})

t.test('what is no snapshot is refused, and the world and the snapshots are as they were', async (t) => {
  const world = await stand(t)
  const { take, upload, download, login } = world
  await login()
  await take('s')
  const { bytes } = await download('s')
  const before = await state(world)
  const edited = (change: (db: Database.Database) => void): Buffer => {
    const db = new Database(bytes)
    change(db)
    const result = db.serialize()
    db.close()
    return result
  }
  const meta = (edit: string) => edited((db) => db.exec(`UPDATE meta SET value = ${edit} WHERE name = 'moment'`))
  const rows: [string, Buffer, RegExp][] = [
    ['nothing', Buffer.alloc(0), /SQLite file/],
    ['text', Buffer.from('hello'), /SQLite file/],
    ['half of it', bytes.subarray(0, bytes.length / 2), /undamaged/],
    ['a trigger', edited((db) => db.exec('CREATE TRIGGER t AFTER INSERT ON token BEGIN SELECT 1; END')), /tables/],
    ['a bare world', edited((db) => db.exec('DELETE FROM meta')), /bare world/],
    ['no moment', meta(`'{}'`), /the moment/],
    ['a clock that is none', meta(`json_set(value, '$.clock.now', 'noon')`), /\/clock\/now/],
    ['a fault that is none', meta(`json_set(value, '$.faults', json('[{"id":"fault-1"}]'))`), /\/faults\/0/],
    [
      'a fault that cannot be',
      meta(
        `json_set(value, '$.faults', json('[{"id":"fault-1","matched":0,"fired":0,"effect":{"kind":"refuse","refusal":"throttled","facts":{"limit":"x"}}}]'))`,
      ),
      /a possible fault-1/,
    ],
    [
      'an intervention that is no write',
      meta(
        `json_set(value, '$.interventions', json('[{"after":0,"at":1,"method":"GET","path":"/_understudy/requests/stream","body":null}]'))`,
      ),
      /\/interventions\/0\/method/,
    ],
    ['a journal that is none', edited((db) => db.exec(`UPDATE journal SET entry = '{}'`)), /a journal entry/],
    [
      'an account without what its vendor needs',
      edited((db) => db.exec(`UPDATE account SET profile = '{}' WHERE vendor = 'tavio'`)),
      /an account .* that tavio can have/,
    ],
    [
      'a world without a vendor',
      edited((db) => db.exec(`DELETE FROM realm WHERE vendor = 'tavio'`)),
      /with tavio in it/,
    ],
    [
      'settings that are none',
      edited((db) => db.exec(`UPDATE realm SET settings = '{}' WHERE vendor = 'tavio'`)),
      /settings of tavio/,
    ],
    [
      'a key that is none',
      edited((db) => db.exec(`UPDATE signing_key SET material = replace(material, 'MII', '') WHERE vendor = 'thiio'`)),
      /keys of thiio/,
    ],
    ['a base without its pages', edited((db) => db.exec('DELETE FROM base_page')), /undamaged/],
    ['a base that is none', edited((db) => db.exec('UPDATE base_page SET bytes = zeroblob(1024)')), /SQLite file/],
  ]
  for (const [what, spoilt, message] of rows) {
    for (const name of ['s', 'new']) {
      const { status, json } = await upload(name, spoilt)
      t.equal(status, 422, what)
      t.match(json.error, { code: 'corrupt-snapshot', message, details: { pointer: '' } }, what)
    }
  }
  t.equal((await upload('s', bytes, { 'content-type': 'application/json' })).status, 400)
  t.match(await upload('s', Buffer.from('{}'), { 'content-type': 'application/json' }), { status: 415 })
  t.match(await upload('s', Buffer.from('x'), { 'content-type': 'text/plain' }), { status: 415 })
  t.match(await upload('S!', bytes), { status: 422, json: { error: { details: { pointer: '/name' } } } })
  t.strictSame(await state(world), before)
  t.ok((await download('s')).bytes.equals(bytes))
})

t.test('a world that goes on from a redacted snapshot begins its journal with what there is', async (t) => {
  const { login, take, download, upload, restore, post } = await stand(t)
  await login()
  await take('s')
  await upload('shared', (await download('s', '?redact=true')).bytes)
  t.equal((await restore('shared')).status, 204)
  t.match(await take('again'), { status: 201, json: { requests: 1 } })
  t.equal((await restore('again')).status, 204)
  t.equal((await post('/tavio/v1/acme/auth/login', { body: credentials })).status, 401, 'nobody logs in there')
})

t.test('what is under way when a world is restored ends in the world as it was', async (t) => {
  const { take, restore, post, get } = await stand(t)
  await take('s')
  const login = post('/thiio/api/login', { body: { email: 'admin@thiio.com', password: '123456789' } })
  await restore('s')
  t.equal((await login).status, 200)
  t.strictSame((await get('/_understudy/requests')).json.items, [])
})
