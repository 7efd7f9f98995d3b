import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import Database from 'better-sqlite3'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { AppOptions } from '../src/app.js'
import { createUnderstudy } from '../src/index.js'
import { serving, start } from './support/command.js'
import { cheapFixtures, type Emulator, emulate } from './support/emulate.js'
import { folderOf } from './support/folder.js'

// biome-ignore lint/suspicious/noExplicitAny: a fixture is edited as JSON is
type Fixture = any

const shipped = (vendor: string): Fixture => JSON.parse(readFileSync(join(cheapFixtures(), `${vendor}.json`), 'utf8'))

const john = { username: 'john.doe', password: 'john.doe.password' }
const jane = {
  username: 'jane',
  email: 'jane@example.com',
  password: 'jane.password',
  memberships: [{ orgDomain: 'acme', roles: [], environments: [] }],
}

interface Watched extends Emulator {
  readonly folder: string
  /** Puts another fixture of a vendor into the folder. */
  write(vendor: string, fixture: object | string): void
  /** The next line of the log that matches; an error that does not is thrown. */
  said(pattern: RegExp): Promise<string>
}

/** A server that watches a folder with the fixtures of these vendors. */
async function watching(t: Test, vendors: readonly string[], options: AppOptions = {}): Promise<Watched> {
  const folder = folderOf(t, Object.fromEntries(vendors.map((name) => [`${name}.json`, JSON.stringify(shipped(name))])))
  const stream = new PassThrough()
  const lines = createInterface(stream)[Symbol.asyncIterator]()
  const said = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const { value } = await lines.next()
      const { msg, level } = JSON.parse(value)
      if (pattern.test(msg)) return msg
      if (level >= 50) throw new Error(value)
    }
  }
  const emulator = await emulate(t, { fixtures: folder, watch: true, logger: pino(stream), ...options })
  await said(/^watching/)
  const write = (vendor: string, fixture: object | string) =>
    writeFileSync(join(folder, `${vendor}.json`), typeof fixture === 'string' ? fixture : JSON.stringify(fixture))
  return { ...emulator, folder, write, said }
}

const login = ({ post }: Emulator, body: object, world = '') => post(`${world}/tavio/v1/acme/auth/login`, { body })

const me = ({ get }: Emulator, token: string, world = '') =>
  get(`${world}/tavio/v1/acme/me`, { headers: { authorization: `Bearer ${token}` } })

const nameIn = async (emulator: Emulator, world = ''): Promise<string> =>
  (await emulator.get(`${world}/_understudy/accounts/tavio/john.doe`)).json.profile.firstName

const changed = /^fixtures of/

t.test(
  'a changed fixture is seen in the worlds made from it, in new ones and after a reset, and in no copy',
  async (t) => {
    const emulator = await watching(t, ['tavio'])
    const { post, write, said } = emulator
    const worlds = ['', '/@made', '/@copy', '/@restored']
    await post('/@made/_understudy/clock/freeze')
    await post('/_understudy/worlds', { body: { name: 'copy', from: { world: 'default' } } })
    await post('/_understudy/snapshots', { body: { name: 's' } })
    await post('/@restored/_understudy/clock/freeze')
    await post('/@restored/_understudy/snapshots/s/restore')
    const { token } = (await login(emulator, john)).json

    const fixture = shipped('tavio')
    fixture.accounts[0].firstName = 'Jack'
    write('tavio', fixture)
    t.equal(await said(changed), 'fixtures of tavio have changed: worlds that follow: default, made')
    t.strictSame(await Promise.all(worlds.map((world) => nameIn(emulator, world))), ['Jack', 'Jack', 'John', 'John'])
    t.equal((await me(emulator, token)).status, 200, 'the client stays logged in')
    t.match((await me(emulator, token)).text, '"firstName":"Jack"')
    t.equal(await nameIn(emulator, '/@new'), 'Jack')
    await post('/@copy/_understudy/reset')
    t.equal(await nameIn(emulator, '/@copy'), 'Jack')

    write('tavio', shipped('tavio'))
    t.equal(await said(changed), 'fixtures of tavio have changed: worlds that follow: default, made, copy, new')
    t.strictSame(await Promise.all(worlds.map((world) => nameIn(emulator, world))), ['John', 'John', 'John', 'John'])
  },
)

t.test('every member of a crowd follows its fixture, also beyond those that the table at start may name', async (t) => {
  const emulator = await watching(t, ['tavio'])
  const { write, said, get } = emulator
  const template = { ...jane, username: 'user-{n}', email: 'user-{n}@example.com' }
  const save = async (generate: number, change: object = {}) => {
    write('tavio', { ...shipped('tavio'), accounts: [{ generate, template: { ...template, ...change } }] })
    await said(changed)
  }
  const last = () => get('/_understudy/accounts/tavio/user-150')
  await save(150)
  t.equal((await last()).json.profile.lastName, '')
  await save(150, { lastName: 'Doe' })
  t.equal((await last()).json.profile.lastName, 'Doe')
  await save(149)
  t.equal((await last()).status, 404)
})

t.test('an account without an id is the same wherever it stands in the file, save after save', async (t) => {
  const person = (name: string, password: string, firstName = name) => ({
    username: name,
    email: `${name}@example.com`,
    password,
    firstName,
    memberships: [{ orgDomain: 'acme', roles: [], environments: [] }],
  })
  const emulator = await watching(t, ['tavio'])
  const { write, said, get } = emulator
  const save = async (...accounts: object[]) => {
    write('tavio', { ...shipped('tavio'), accounts })
    await said(changed)
  }
  const statuses = (...all: [string, string][]) =>
    Promise.all(all.map(async ([username, password]) => (await login(emulator, { username, password })).status))
  await save(person('alice', 'pa'))
  const { token } = (await login(emulator, { username: 'alice', password: 'pa' })).json
  await save(person('bob', 'pb'), person('alice', 'pa'))
  await save(person('bob', 'new'), person('alice', 'pa', 'Alicia'))
  t.match((await me(emulator, token)).text, '"firstName":"Alicia"', 'who stays is logged in')
  t.strictSame(await statuses(['alice', 'pa'], ['alice', 'new'], ['bob', 'new'], ['bob', 'pb']), [200, 401, 200, 401])
  await save(person('carol', 'pc'), person('dave', 'pd'))
  await save(person('dave', 'pd', 'Dave9'), person('carol', 'pc'))
  await save(person('carol', 'pc'))
  const { items } = (await get('/_understudy/accounts?vendor=tavio')).json
  t.strictSame(
    items.map(({ profile }: Fixture) => [profile.username, profile.firstName]),
    [['carol', 'carol']],
  )
  t.strictSame(await statuses(['carol', 'pc'], ['dave', 'pd'], ['alice', 'pa']), [200, 401, 401])
})

t.test('only what the file says otherwise than before is changed', async (t) => {
  const emulator = await watching(t, ['tavio'])
  const { get, post, ask, set, write, said } = emulator
  await ask('PATCH', '/_understudy/accounts/tavio/john.doe', { body: { lastName: 'Else' } })
  await post('/_understudy/accounts', { body: { vendor: 'tavio', ...jane } })
  await set('tavio', { renewRevokes: true })
  const tokens = await Promise.all([john, jane].map(async (who) => (await login(emulator, who)).json.token))

  const fixture = shipped('tavio')
  fixture.accounts[0].firstName = 'Jack'
  fixture.settings.tokenLifetimeSeconds = 60
  fixture.organizations[0].environments.push('acme-new')
  write('tavio', fixture)
  await said(changed)
  const { profile } = (await get('/_understudy/accounts/tavio/john.doe')).json
  t.match(profile, { firstName: 'Jack', lastName: 'Else' })
  t.match((await get('/_understudy/settings/tavio')).json, { renewRevokes: true, tokenLifetimeSeconds: 60 })
  for (const token of tokens) t.equal((await me(emulator, token)).status, 200)
  const mint = { vendor: 'tavio', account: 'john.doe', kind: 'envAuth', environment: 'acme-new' }
  fixture.accounts[0].memberships[0].environments.push('acme-new')
  write('tavio', fixture)
  await said(changed)
  t.equal((await post('/_understudy/tokens', { body: mint })).status, 201)

  // A field that is no longer there has its default.
  delete fixture.accounts[0].firstName
  write('tavio', fixture)
  await said(changed)
  t.equal(await nameIn(emulator), '')
})

t.test('accounts come and go with their entries, and passwords change', async (t) => {
  const emulator = await watching(t, ['tavio'])
  const { post, write, said } = emulator
  const { token } = (await login(emulator, john)).json
  // Somebody of the same name, whom the fixture does not know.
  await post('/@w7/_understudy/accounts', { body: { vendor: 'tavio', ...jane, password: 'another' } })
  const fixture = shipped('tavio')
  fixture.accounts[0].password = 'new.password'
  fixture.accounts.unshift(jane)
  write('tavio', fixture)
  await said(changed)
  for (const world of ['', '/@w7']) {
    t.equal((await login(emulator, jane, world)).status, 200, 'the fixture decides who has a name')
    t.equal((await login(emulator, { ...john, password: 'new.password' }, world)).status, 200)
    t.equal((await login(emulator, john, world)).status, 401)
  }
  t.equal((await me(emulator, token)).status, 200)

  fixture.accounts.splice(1, 1)
  write('tavio', fixture)
  await said(changed)
  t.equal((await me(emulator, token)).status, 401)
  t.equal((await login(emulator, jane)).status, 200)
})

t.test('who was there before is the same account, wherever a new entry stands and whatever it draws', async (t) => {
  const emulator = await watching(t, ['thiio'])
  const { get, post, write, said } = emulator
  const ann = { email: 'ann@example.com', password: 'ann.password' }
  const ben = { email: 'ben@example.com', password: 'ben.password' }
  const before = shipped('thiio')
  const { accounts } = before
  write('thiio', { ...before, accounts: [...accounts, ann] })
  await said(changed)
  const { token } = (await post('/thiio/api/login', { body: ann })).json.data
  const user = async () => (await get('/thiio/api/check', { headers: { authorization: `Bearer ${token}` } })).json.user
  const was = await user()
  t.equal(was.email, ann.email)
  write('thiio', { ...before, accounts: [...accounts, ben, ann] })
  await said(changed)
  t.strictSame(await user(), was)
  t.equal((await post('/thiio/api/login', { body: ben })).status, 200)
  t.equal((await post('/@new/thiio/api/login', { body: ann })).status, 200)
})

t.test('a key that signs is replaced with the fixture that names it', async (t) => {
  const emulator = await watching(t, ['thiio'])
  const { get, post, write, said } = emulator
  const body = { email: 'admin@thiio.com', password: '123456789' }
  const check = async (token: string) =>
    (await get('/thiio/api/check', { headers: { authorization: `Bearer ${token}` } })).status
  const { token } = (await post('/thiio/api/login', { body })).json.data
  write('thiio', { ...shipped('thiio'), signingKey: resolve('fixtures/keys/next.pem') })
  await said(changed)
  t.equal(await check(token), 401)
  t.equal(await check((await post('/thiio/api/login', { body })).json.data.token), 200)
})

t.test('API keys come, change and go with the entry of their owner', async (t) => {
  const emulator = await watching(t, ['babelfor'])
  const { get, write, said } = emulator
  const use = async (key: string) => (await get('/babelfor/v1/auth/user', { headers: { 'x-api-key': key } })).status
  const fixture = shipped('babelfor')
  const [owner] = fixture.accounts
  owner.apiKeys = ['one', 'two', 'three'].map((name) => ({ key: `api_${name}`, name, permissions: 15 }))
  write('babelfor', fixture)
  await said(changed)
  t.strictSame(await Promise.all(['api_one', 'api_two', 'api_three'].map(use)), [200, 200, 200])
  owner.apiKeys = [{ ...owner.apiKeys[1], permissions: 0 }, owner.apiKeys[2], { key: 'api_four', permissions: 15 }]
  write('babelfor', fixture)
  await said(changed)
  t.strictSame(await Promise.all(['api_one', 'api_two', 'api_three', 'api_four'].map(use)), [401, 403, 200, 200])
})

t.test('a world that cannot follow is named and stays as it is, and the others follow', async (t) => {
  const { get, ask, write, said } = await watching(t, ['babelfor'])
  const keys = [{ key: 'api_taken', permissions: 15 }]
  const taken = await ask('PATCH', '/@w7/_understudy/accounts/babelfor/sales', { body: { apiKeys: keys } })
  t.equal(taken.status, 200)
  await get('/@w8/_understudy/clock')
  const fixture = shipped('babelfor')
  fixture.accounts[0].firstName = 'Another'
  fixture.accounts[0].apiKeys = keys
  write('babelfor', fixture)
  t.match(await said(/w7/), 'world w7 does not follow the fixtures: expected a key that is no other')
  t.match(await said(changed), /: default, w8$/)
  const { userName } = fixture.accounts[0]
  const names = await Promise.all(
    ['', '/@w7', '/@w8'].map(async (world) => {
      const { profile } = (await get(`${world}/_understudy/accounts/babelfor/${userName}`)).json
      return profile.firstName
    }),
  )
  t.strictSame(
    names.map((name) => name === 'Another'),
    [true, false, true],
  )
})

t.test('a fixture that cannot be used is named, with pointer and expectation, and nothing changes', async (t) => {
  const emulator = await watching(t, ['tavio'])
  const { post, write, said, folder } = emulator
  const file = join(folder, 'tavio.json')
  const fixture = shipped('tavio')
  fixture.accounts[0].firstName = 'Jack'
  const [first] = fixture.accounts
  const rows: [object | string, string][] = [
    ['{', `${file}: at the top: expected JSON`],
    [{ ...fixture, settings: { colour: 1 } }, `${file}: at /settings/colour: expected `],
    [{ ...fixture, accounts: [first, first] }, `${file}: at /accounts/1: expected an id that no other account has`],
  ]
  for (const [broken, message] of rows) {
    write('tavio', broken)
    const line = await said(/expected/)
    t.ok(line.startsWith(message), line)
    t.ok(line.endsWith('; the fixtures stay as they were'), line)
    await post('/_understudy/reset')
    t.equal(await nameIn(emulator), 'John')
  }
  write('tavio', fixture)
  await said(changed)
  t.equal(await nameIn(emulator), 'Jack')
})

t.test(
  'a file that is renamed into its place, taken away and put back is noticed; without one, the shipped holds',
  async (t) => {
    const emulator = await watching(t, ['tavio', 'faveo'])
    const { folder, write, said } = emulator
    const fixture = shipped('tavio')
    fixture.accounts[0].firstName = 'Jack'
    writeFileSync(join(folder, 'tavio.json.tmp'), JSON.stringify(fixture))
    renameSync(join(folder, 'tavio.json.tmp'), join(folder, 'tavio.json'))
    await said(changed)
    t.equal(await nameIn(emulator), 'Jack')
    rmSync(join(folder, 'tavio.json'))
    await said(changed)
    t.equal(await nameIn(emulator), 'John')
    write('tavio', fixture)
    await said(changed)
    t.equal(await nameIn(emulator), 'Jack')
  },
)

t.test('a single file is watched like a folder', async (t) => {
  const path = join(folderOf(t, { 'tavio.json': JSON.stringify(shipped('tavio')) }), 'tavio.json')
  const emulator = await watching(t, [], { fixtures: path })
  const { said } = emulator
  rmSync(path)
  await said(/tavio\.json: at the top: expected a fixture file or a folder of them; the fixtures stay as they were$/)
  t.equal(await nameIn(emulator), 'John')
  const fixture = shipped('tavio')
  fixture.accounts[0].firstName = 'Jack'
  writeFileSync(path, JSON.stringify(fixture))
  await said(changed)
  t.equal(await nameIn(emulator), 'Jack')
})

/** A link in the place of what is there, as one step. */
function link(target: string, path: string): void {
  symlinkSync(target, `${path}.new`)
  renameSync(`${path}.new`, path)
}

const named = (firstName: string): string => {
  const fixture = shipped('tavio')
  fixture.accounts[0].firstName = firstName
  return JSON.stringify(fixture)
}

t.test('a folder that is exchanged behind a link, as orchestrators mount one, is noticed each time', async (t) => {
  const fixtures = folderOf(t)
  const put = (version: string, firstName: string) => {
    mkdirSync(join(fixtures, version))
    writeFileSync(join(fixtures, version, 'tavio.json'), named(firstName))
    link(version, join(fixtures, '..data'))
  }
  put('..2026_1', 'John')
  symlinkSync('..data/tavio.json', join(fixtures, 'tavio.json'))
  const emulator = await watching(t, [], { fixtures })
  for (const [version, before, name] of [
    ['..2026_2', '..2026_1', 'Jack'],
    ['..2026_3', '..2026_2', 'Jim'],
  ] as const) {
    put(version, name)
    rmSync(join(fixtures, before), { recursive: true })
    await emulator.said(changed)
    t.equal(await nameIn(emulator), name)
  }
})

t.test('what a link leads to is watched, in whichever folder, and where the link leads from then on', async (t) => {
  const [one, two] = [folderOf(t, { 'a.json': named('John') }), folderOf(t, { 'b.json': named('Jim') })]
  const fixtures = folderOf(t)
  symlinkSync(join(one, 'a.json'), join(fixtures, 'tavio.json'))
  const emulator = await watching(t, [], { fixtures: join(fixtures, 'tavio.json') })
  const { said } = emulator
  writeFileSync(join(one, 'a.json'), named('Jack'))
  await said(changed)
  t.equal(await nameIn(emulator), 'Jack')
  link(join(two, 'b.json'), join(fixtures, 'tavio.json'))
  await said(changed)
  t.equal(await nameIn(emulator), 'Jim')
  writeFileSync(join(two, 'new.json'), named('Joe'))
  renameSync(join(two, 'new.json'), join(two, 'b.json'))
  await said(changed)
  t.equal(await nameIn(emulator), 'Joe')
})

t.test('a link that leads nowhere is told, and what comes to be there is noticed', async (t) => {
  const folder = folderOf(t)
  const fixtures = join(folder, 'now')
  const make = (version: string, firstName: string) => {
    mkdirSync(join(folder, version))
    writeFileSync(join(folder, version, 'tavio.json'), named(firstName))
  }
  make('one', 'John')
  symlinkSync('one', fixtures)
  const emulator = await watching(t, [], { fixtures })
  make('two', 'Jack')
  link('two', fixtures)
  await emulator.said(changed)
  link('three', fixtures)
  await emulator.said(/expected a fixture file or a folder of them; the fixtures stay as they were$/)
  t.equal(await nameIn(emulator), 'Jack')
  make('three', 'Jim')
  await emulator.said(changed)
  t.equal(await nameIn(emulator), 'Jim')
})

t.test('a key that a fixture names is watched with it, also one that is not there yet', async (t) => {
  const emulator = await watching(t, ['thiio'])
  const { get, post, write, said, folder } = emulator
  const body = { email: 'admin@thiio.com', password: '123456789' }
  const check = async (token: string) =>
    (await get('/thiio/api/check', { headers: { authorization: `Bearer ${token}` } })).status
  const { token } = (await post('/thiio/api/login', { body })).json.data
  write('thiio', { ...shipped('thiio'), signingKey: 'own.pem' })
  await said(/thiio\.json: at \/signingKey: expected the path of a readable file, not "own\.pem"; the fixtures stay/)
  writeFileSync(join(folder, 'own.pem'), readFileSync('fixtures/keys/next.pem'))
  await said(changed)
  t.equal(await check(token), 401)
  writeFileSync(join(folder, 'own.pem'), 'x')
  await said(/thiio\.json: at \/signingKey: expected .*; the fixtures stay as they were$/)
  t.equal((await post('/thiio/api/login', { body })).status, 200)
  writeFileSync(join(folder, 'own.pem'), readFileSync('fixtures/keys/current.pem'))
  await said(changed)
  t.equal(await check((await post('/thiio/api/login', { body })).json.data.token), 200)
})

t.test('further host names lead to the vendor, also in worlds that are not there yet', async (t) => {
  const { get, write, said } = await watching(t, ['tavio'])
  const at = async (world: string) =>
    (await get('/v1/acme/me', { headers: { host: 'tavio.example.com', 'x-understudy-world': world } })).status
  t.equal(await at('one'), 404)
  const fixture = shipped('tavio')
  fixture.settings.hosts = ['tavio.example.com']
  write('tavio', fixture)
  await said(changed)
  t.strictSame([await at('one'), await at('two')], [401, 401])
})

t.test('a kept world follows when it is served again, and a copy does not', async (t) => {
  const data = folderOf(t)
  const one = await watching(t, ['tavio'], { data })
  await one.post('/_understudy/worlds', { body: { name: 'copy', from: { world: 'default' } } })
  await one.app.close()
  const again = await watching(t, ['tavio'], { data })
  const fixture = shipped('tavio')
  fixture.accounts[0].firstName = 'Jack'
  again.write('tavio', fixture)
  t.match(await again.said(changed), /: default$/)
  await again.app.close()
  const last = await emulate(t, { data, fixtures: again.folder })
  t.strictSame([await nameIn(last), await nameIn(last, '/@copy')], ['Jack', 'John'])
})

t.test('a world that was kept before fixtures were followed is served, and follows once it is reset', async (t) => {
  const data = folderOf(t)
  await (await emulate(t, { data })).app.close()
  const file = new Database(join(data, 'default.sqlite'))
  file.exec(`UPDATE meta SET value = json_remove(value, '$.fromFixtures')`)
  t.notMatch(file.prepare('SELECT value FROM meta').pluck().all().join(), 'fromFixtures')
  file.close()
  const emulator = await watching(t, ['tavio'], { data })
  const fixture = shipped('tavio')
  fixture.accounts[0].firstName = 'Jack'
  emulator.write('tavio', fixture)
  await emulator.said(changed)
  t.equal(await nameIn(emulator), 'John')
  await emulator.post('/_understudy/reset')
  t.equal(await nameIn(emulator), 'Jack')
  fixture.accounts[0].firstName = 'Jim'
  emulator.write('tavio', fixture)
  t.match(await emulator.said(changed), /: default$/)
  t.equal(await nameIn(emulator), 'Jim')
})

t.test('a journal of requests before and after the change cannot be replayed, and one begun since can', async (t) => {
  const emulator = await watching(t, ['tavio'], { journalSecrets: true })
  const { app, post, ask, write, said } = emulator
  const { replay } = await import('../src/replay.js')
  const taken = async () => {
    const { name } = (await post('/_understudy/snapshots')).json
    return { name, bytes: (await app.inject(`/_understudy/snapshots/${name}`)).rawPayload }
  }
  await login(emulator, john)
  const fixture = shipped('tavio')
  fixture.accounts[0].password = 'new.password'
  write('tavio', fixture)
  await said(changed)
  await login(emulator, john)
  const { name, bytes } = await taken()
  await t.rejects(replay(bytes), { name: 'NotReplayable', message: 'it does not hold what its journal began from' })
  t.equal((await post(`/_understudy/snapshots/${name}/restore`)).status, 204)
  await login(emulator, john)
  await t.rejects(replay((await taken()).bytes), { name: 'NotReplayable' }, 'nor is one that goes on from there')
  await ask('DELETE', '/_understudy/requests')
  await login(emulator, john)
  t.strictSame(await replay((await taken()).bytes), { requests: 1, differences: [] })

  await post('/_understudy/reset')
  write('tavio', shipped('tavio'))
  await said(changed)
  await login(emulator, john)
  t.strictSame(await replay((await taken()).bytes), { requests: 1, differences: [] }, 'the change came first')
})

t.test('the command and a program watch too, and end all the same', async (t) => {
  const fixtures = folderOf(t, { 'tavio.json': JSON.stringify(shipped('tavio')) })
  for (const [flags, env] of [
    [['--watch'], {}],
    [[], { UNDERSTUDY_WATCH: '1' }],
  ] as const) {
    const run = start(t, ['--port', '0', '--fixtures', fixtures, '--log-json', ...flags], env)
    await serving(run)
    t.match(run.stderr, `watching ${fixtures}`)
    writeFileSync(join(fixtures, 'tavio.json'), '{')
    while (!run.stderr.includes('the fixtures stay as they were')) {
      await new Promise((done) => run.process.stderr?.once('data', done))
    }
    run.process.kill('SIGTERM')
    t.equal(await run.exit, 0)
    writeFileSync(join(fixtures, 'tavio.json'), JSON.stringify(shipped('tavio')))
  }
  await (await createUnderstudy({ fixtures, watch: true })).close()
})
