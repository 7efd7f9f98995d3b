import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { AppOptions } from '../src/app.js'
import { Clock } from '../src/core/clock.js'
import { replay } from '../src/replay.js'
import { openStore } from '../src/store/database.js'
import { type Emulator, emulate } from './support/emulate.js'
import { folderOf } from './support/folder.js'

const john = { username: 'john.doe', password: 'john.doe.password' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

const kept = (t: Test, options: AppOptions = {}) => emulate(t, { journalSecrets: true, ...options })

async function snapshot({ app, post }: Emulator, world = ''): Promise<Buffer> {
  const { json } = await post(`${world}/_understudy/snapshots`)
  return (await app.inject(`/_understudy/snapshots/${json.name}`)).rawPayload
}

/** Something of everything: five vendors, refusals, faults, a clock that moves, and control writes in between. */
async function live(emulator: Emulator, world = ''): Promise<void> {
  const { ask, post, get, app } = emulator
  const control = (path: string, body: object, method = 'POST') =>
    ask(method, `${world}/_understudy${path}`, { body }).then(({ status, text }) => {
      if (status >= 400) throw new Error(text)
    })
  const { token } = (await post(`${world}/tavio/v1/acme/auth/login`, { body: john })).json
  const headers = { authorization: `Bearer ${token}` }
  await get(`${world}/tavio/v1/acme/me`, { headers })
  await control('/clock/advance', { by: '10m' })
  await post(`${world}/tavio/v1/acme/auth/token/renew`, { headers })
  await post(`${world}/tavio/v1/acme/auth/login`, { body: { ...john, password: 'wrong' } })
  await control('/settings/tavio', { tokenLifetimeSeconds: 60 }, 'PATCH')
  await post(`${world}/tavio/v1/acme/auth/login`, { body: john })
  await control('/faults', { match: { vendor: 'tavio', event: 'renew' }, times: 1, effect: { kind: 'lose-response' } })
  await app.inject({ method: 'POST', url: `${world}/tavio/v1/acme/auth/token/renew`, headers }).catch(() => undefined)
  await post(`${world}/tavio/v1/acme/auth/token/renew`, { headers })
  await control('/faults', { match: { vendor: 'faveo' }, effect: { kind: 'refuse', refusal: 'throttled' } })
  await post(`${world}/faveo/api/v1/authenticate`, { body: { username: 'demoadmin', password: 'demopass' } })
  await ask('DELETE', `${world}/_understudy/faults`)
  const { json } = await post(`${world}/faveo/api/v1/authenticate?x=ä`, {
    headers: form,
    body: 'username=demoadmin&password=demopass',
  })
  await get(`${world}/faveo/api/v1/authenticate/user?token=${json.token}`)
  await control('/clock/advance', { by: '5m' })
  await get(`${world}/faveo/api/v1/authenticate/user?token=${json.token}`)
  await post(`${world}/babelfor/v1/auth/login`, { body: { username: 'admin', password: 'admin' } })
  await post(`${world}/portsip/api/login`, { body: { username: 'admin', password: 'admin' } })
  await post(`${world}/thiio/api/login`, { body: { email: 'admin@thiio.com', password: '123456789' } })
  await get(`${world}/thiio/api/nowhere`)
  await get(`${world}/thiio/%zz`)
}

t.test('a journal that is sent again gives the same answers, byte for byte', async (t) => {
  for (const world of ['', '/@w7']) {
    const emulator = await kept(t)
    await live(emulator, world)
    const { requests, differences } = await replay(await snapshot(emulator, world))
    t.strictSame(differences, [], world)
    t.ok(requests > 15)
  }
})

t.test('a request sees one instant, so that a journal of a clock that ran is replayed byte for byte too', async (t) => {
  let ms = Date.parse('2026-01-01T00:00:00Z')
  const hasty = () => {
    ms += 1007
    return ms
  }
  const emulator = await kept(t, { clock: () => new Clock(hasty) })
  await live(emulator)
  const { requests, differences } = await replay(await snapshot(emulator))
  t.strictSame(differences, [])
  t.ok(requests > 15)
})

t.test('a replay begins where the journal began, not with the fixtures', async (t) => {
  const emulator = await kept(t)
  await live(emulator)
  await emulator.ask('DELETE', '/_understudy/requests')
  const { token } = (await emulator.post('/tavio/v1/acme/auth/login', { body: john })).json
  await emulator.get('/tavio/v1/acme/me', { headers: { authorization: `Bearer ${token}` } })
  t.strictSame(await replay(await snapshot(emulator)), { requests: 2, differences: [] })
})

t.test('a journal that went on after a restore, in a world of another name, is replayed whole', async (t) => {
  const emulator = await kept(t)
  await live(emulator)
  await emulator.post('/_understudy/snapshots', { body: { name: 's' } })
  await emulator.get('/@w7/_understudy/clock')
  await emulator.post('/@w7/_understudy/snapshots/s/restore')
  await emulator.post('/@w7/tavio/v1/acme/auth/login', { body: john })
  t.strictSame((await replay(await snapshot(emulator, '/@w7'))).differences, [])
})

t.test('time may have gone back, or far ahead of this machine’s, in a journal that is replayed', async (t) => {
  const emulator = await kept(t, { clock: () => new Clock() })
  const { post } = emulator
  const login = () => post('/tavio/v1/acme/auth/login', { body: john })
  await login()
  await post('/_understudy/clock/freeze', { body: { at: '2099-01-01T00:00:00Z' } })
  await login()
  await post('/_understudy/clock/reset')
  await login()
  await post('/_understudy/clock/freeze')
  await login()
  await post('/_understudy/clock/resume')
  t.strictSame((await replay(await snapshot(emulator))).requests, 4)
})

t.test('each answer that differs is named with what it was and is', async (t) => {
  const emulator = await kept(t)
  await emulator.post('/tavio/v1/acme/auth/login', { body: john })
  await emulator.get('/tavio/v1/acme/nowhere')
  const bytes = await snapshot(emulator)
  // As if an older version had answered otherwise.
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(bytes)
  db.exec(
    `UPDATE journal SET entry = json_set(entry, '$.response.status', 410, '$.response.body', 'AAAA') WHERE number = 2`,
  )
  const edited = db.serialize()
  db.close()
  const { requests, differences } = await replay(edited)
  t.equal(requests, 2)
  t.match(differences, [
    { id: 'default-2', method: 'GET', path: '/v1/acme/nowhere', what: 'status', was: '410', is: '404' },
    { id: 'default-2', what: 'body', was: '\0\0\0', is: /Not Found/ },
  ])
  t.equal(differences.length, 2)
})

const impossible: [string, AppOptions, (emulator: Emulator) => Promise<Buffer>, RegExp][] = [
  ['secrets were left out', { journalSecrets: false }, snapshot, /--journal-secrets/],
  ['entries were let go', { journal: 1 }, snapshot, /1 requests are missing.*--journal/],
  [
    'it was redacted',
    {},
    async (emulator) => {
      await snapshot(emulator)
      return (await emulator.app.inject('/_understudy/snapshots/s1?redact=true')).rawPayload
    },
    /without secrets/,
  ],
  [
    'what it began from cannot be gone on with',
    {},
    async (emulator) => {
      const bytes = await snapshot(emulator)
      const store = openStore(bytes)
      const memory = store.recall(bytes)
      const { default: Database } = await import('better-sqlite3')
      const db = new Database(memory?.base?.())
      db.exec(`DELETE FROM realm WHERE vendor = 'tavio'`)
      const edited = store.snapshot({ meta: {}, journal: [], ...memory, base: db.serialize() })
      db.close()
      store.close()
      return edited
    },
    /what its journal began from is unusable/,
  ],
]

t.test('a journal from which something is missing is not replayed', async (t) => {
  for (const [what, options, take, message] of impossible) {
    const emulator = await kept(t, options)
    await emulator.get('/tavio/v1/acme/me')
    await emulator.get('/tavio/v1/acme/me')
    await t.rejects(replay(await take(emulator)), { name: 'NotReplayable', message }, what)
  }
})

/** The command, as it is built. */
const understudy = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, ['dist/bin/cli.js', ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })

t.test('the command says what it replayed, and its exit code whether all was the same', async (t) => {
  const folder = folderOf(t)
  const file = (name: string, bytes: Buffer) => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return path
  }
  const emulator = await kept(t)
  await emulator.post('/tavio/v1/acme/auth/login', { body: john })
  const good = await understudy('replay', file('good.sqlite', await snapshot(emulator)))
  t.strictSame(good, { code: 0, stdout: '1 requests replayed, 0 answered otherwise\n', stderr: '' })

  const rows: [string, RegExp][] = [
    [file('empty.sqlite', Buffer.alloc(0)), /empty\.sqlite: expected a SQLite file/],
    [join(folder, 'nowhere.sqlite'), /nowhere\.sqlite cannot be read/],
  ]
  for (const [path, message] of rows) {
    const { code, stdout, stderr } = await understudy('replay', path)
    t.equal(code, 2, stderr)
    t.equal(stdout, '')
    t.match(stderr, message)
    t.equal(stderr.trim().split('\n').length, 1, 'one sentence')
  }
})
