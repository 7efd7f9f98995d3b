import t from 'tap'
import { type Answer, type Emulator, emulate } from '../support/emulate.js'

const at = '/_understudy/accounts'

/** How one vendor is asked, and an account that it does not have yet. */
interface Asked {
  /** The fewest fields that a new account needs. */
  readonly entry: Readonly<Record<string, unknown>>
  readonly name: string
  /** A change of what the account logs in with, and its name afterwards. */
  readonly rename: Readonly<Record<string, unknown>>
  readonly renamed: string
  /** An account of the shipped fixture, its password, and the change that would give it to the new one. */
  readonly fixture: { readonly name: string; readonly password: string; readonly clash: object }
  logIn(emulator: Emulator, name: string, password: string): Promise<Answer>
  /** Nothing, where the login failed. */
  tokenOf(answer: Answer): string
  use(emulator: Emulator, token: string): Promise<Answer>
  /** Status of a token whose account is gone. */
  readonly gone: number
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

const asked: Readonly<Record<string, Asked>> = {
  thiio: {
    entry: { email: 'new@thiio.com' },
    name: 'new@thiio.com',
    rename: { email: 'Newer@thiio.com' },
    renamed: 'newer@thiio.com',
    fixture: { name: 'admin@thiio.com', password: '123456789', clash: { email: 'ADMIN@thiio.com' } },
    logIn: ({ post }, email, password) => post('/thiio/api/login', { body: { email, password } }),
    tokenOf: ({ json }) => json.data?.token,
    use: ({ get }, token) => get('/thiio/api/check', bearer(token)),
    gone: 401,
  },
  babelfor: {
    entry: { userName: 'new' },
    name: 'new',
    rename: { userName: 'newer' },
    renamed: 'newer',
    fixture: { name: 'admin', password: 'admin', clash: { userName: 'Admin' } },
    logIn: async (emulator, username, password) => {
      await emulator.set('babelfor', { failureStatus: 401 })
      return emulator.post('/babelfor/v1/auth/login', { body: { username, password } })
    },
    tokenOf: ({ json }) => json.token,
    use: ({ get }, token) => get('/babelfor/v1/auth/user', bearer(token)),
    gone: 401,
  },
  portsip: {
    entry: { username: 'new', domain: 'example.com', role: 'StandardUser' },
    name: 'new',
    rename: { username: 'newer' },
    renamed: 'newer',
    fixture: { name: 'alice.w', password: 'Passw0rd!', clash: { username: 'alice.w' } },
    logIn: ({ post }, username, password) =>
      post('/portsip/api/login/oauth/token', {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: String(
          new URLSearchParams({
            grant_type: 'password',
            username,
            password,
            domain: 'example.com',
            scope: 'all',
            client_id: '9d806019-75b2-4b3d-bb8b-f5a3a412cc0a',
          }),
        ),
      }),
    tokenOf: ({ json }) => json.access_token,
    use: ({ get }, token) => get('/portsip/api/user', bearer(token)),
    gone: 401,
  },
  faveo: {
    entry: { user_name: 'new', email: 'new@example.com' },
    name: 'new',
    rename: { user_name: 'newer' },
    renamed: 'newer',
    fixture: { name: 'demoadmin', password: 'demopass', clash: { email: 'DemoAdmin@example.com' } },
    logIn: ({ post }, username, password) => post('/faveo/api/v1/authenticate', { body: { username, password } }),
    tokenOf: ({ json }) => json.token,
    use: ({ get }, token) => get('/faveo/api/v1/authenticate/user', bearer(token)),
    gone: 401,
  },
  tavio: {
    entry: {
      username: 'new',
      email: 'new@example.com',
      memberships: [{ orgDomain: 'acme', roles: [], environments: [] }],
    },
    name: 'new@example.com',
    rename: { email: 'newer@example.com' },
    renamed: 'newer@example.com',
    fixture: { name: 'john.doe', password: 'john.doe.password', clash: { username: 'john.doe' } },
    logIn: ({ post }, username, password) => post('/tavio/v1/acme/auth/login', { body: { username, password } }),
    tokenOf: ({ json }) => json.token,
    use: ({ get }, token) => get('/tavio/v1/acme/me', bearer(token)),
    gone: 401,
  },
}

const one = (vendor: string, name: string) => `${at}/${vendor}/${encodeURIComponent(name)}`

for (const [vendor, ask] of Object.entries(asked)) {
  t.test(`${vendor}: an account that is made at run time logs in, until it is changed or removed`, async (t) => {
    const e = await emulate(t)
    const logsIn = async (name: string, password: string) =>
      ask.tokenOf(await ask.logIn(e, name, password)) !== undefined
    t.notOk(await logsIn(ask.name, 'pass.1'))

    const made = await e.post(at, { body: { vendor, ...ask.entry, password: 'pass.1' } })
    t.equal(made.status, 201, made.text)
    t.match(made.json, {
      vendor,
      state: 'active',
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      profile: ask.entry,
    })
    t.ok(made.json.logins.includes(ask.name))
    t.notMatch(made.text, /\$2y\$|pass\.1/, 'neither the password nor its hash')
    const { id } = made.json
    t.strictSame((await e.get(one(vendor, id))).json, made.json)
    t.strictSame((await e.get(one(vendor, ask.name))).json, made.json, 'by its login name too')
    const token = ask.tokenOf(await ask.logIn(e, ask.name, 'pass.1'))
    t.equal((await ask.use(e, token)).status, 200)

    e.clock.advance(5000)
    const changed = await e.ask('PATCH', one(vendor, ask.name), { body: { password: 'pass.2' } })
    t.equal(changed.status, 200, changed.text)
    t.match(changed.json, { id, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:05.000Z' })
    t.notOk(await logsIn(ask.name, 'pass.1'), 'the old password')
    t.ok(await logsIn(ask.name, 'pass.2'), 'the new password')
    t.equal((await ask.use(e, token)).status, 200, 'the token stays')

    t.equal((await e.ask('PATCH', one(vendor, id), { body: ask.rename })).status, 200)
    t.notOk(await logsIn(ask.name, 'pass.2'), 'the old name')
    t.ok(await logsIn(ask.renamed, 'pass.2'), 'the new name')
    t.equal((await e.get(one(vendor, ask.renamed))).json.id, id)
    t.equal((await ask.use(e, token)).status, 200)

    const removed = await e.ask('DELETE', one(vendor, ask.renamed))
    t.equal(removed.status, 204)
    t.equal(removed.text, '')
    t.notOk(await logsIn(ask.renamed, 'pass.2'))
    t.equal((await ask.use(e, token)).status, ask.gone)
    t.equal((await e.get(one(vendor, id))).status, 404)
    t.equal((await e.post(at, { body: { vendor, ...ask.entry, password: 'third' } })).status, 201, 'the name is free')
    t.ok(await logsIn(ask.name, 'third'))
  })

  t.test(`${vendor}: an empty change changes nothing that the vendor shows`, async (t) => {
    const e = await emulate(t)
    const { name, password } = ask.fixture
    const seen = async () => {
      const { text } = await ask.use(e, ask.tokenOf(await ask.logIn(e, name, password)))
      return text
    }
    const before = await seen()
    const account = (await e.get(one(vendor, name))).json
    const { json, status } = await e.ask('PATCH', one(vendor, name), {
      // The row of some vendors tells when it was changed.
      body: { ...(/updated_at/.test(before) && { updated_at: updatedOf(before) }) },
    })
    t.equal(status, 200)
    t.strictSame({ ...json, updatedAt: account.updatedAt }, account)
    t.equal(await seen(), before)
  })

  t.test(`${vendor}: what another account has is refused, and so is what no account can be`, async (t) => {
    const e = await emulate(t)
    const { clash } = ask.fixture
    const field = Object.keys(clash)[0]
    await e.post(at, { body: { vendor, ...ask.entry, password: 'pass.1' } })
    const before = (await e.get(at)).text
    const { id } = (await e.get(one(vendor, ask.fixture.name))).json
    const rows: [string, object, number, string, string][] = [
      ['POST', { ...ask.entry, ...ask.rename, ...clash, password: 'x' }, 409, 'name-taken', `/${field}`],
      ['POST', { ...ask.entry, ...ask.rename, id: idOf(vendor, id), password: 'x' }, 409, 'name-taken', '/id'],
      ['POST', ask.entry, 422, 'invalid-input', '/password'],
      ['POST', { ...ask.entry, password: 1 }, 422, 'invalid-input', '/password'],
      ['POST', { ...ask.entry, passwordHash: '$1$x' }, 422, 'invalid-input', '/passwordHash'],
      ['POST', { ...ask.entry, password: 'x', colour: 'red' }, 422, 'invalid-input', '/colour'],
      ['POST', { ...ask.entry, password: 'x', state: 'asleep' }, 422, 'invalid-input', '/state'],
      ['PATCH', clash, 409, 'name-taken', `/${field}`],
      ['PATCH', { ...clash, password: 'other' }, 409, 'name-taken', `/${field}`],
      ['PATCH', { id: idOf(vendor, id) }, 422, 'invalid-input', '/id'],
      ['PATCH', { password: null }, 422, 'invalid-input', '/password'],
      ['PATCH', { colour: 'red', password: 'x' }, 422, 'invalid-input', '/colour'],
      ['PATCH', { vendor }, 422, 'invalid-input', '/vendor'],
    ]
    for (const [method, body, status, code, pointer] of rows) {
      const what = `${method} ${JSON.stringify(body)}`
      const answer = await e.ask(method, method === 'POST' ? at : one(vendor, ask.name), {
        body: method === 'POST' ? { vendor, ...body } : body,
      })
      t.equal(answer.status, status, what)
      t.match(answer.json.error, { code, message: /\w/, details: { pointer } }, what)
    }
    t.equal((await e.get(at)).text, before)
    t.equal((await ask.logIn(e, ask.name, 'pass.1')).status, 200)
  })

  t.test(`${vendor}: what is refused leaves no draw behind`, async (t) => {
    const grown = async (attempt: boolean) => {
      const e = await emulate(t)
      const body = { vendor, ...ask.entry, ...ask.fixture.clash, password: 'x' }
      if (attempt) t.equal((await e.post(at, { body })).status, 409)
      const made = await e.post(at, { body: { vendor, ...ask.entry, password: 'x' } })
      const login = await ask.logIn(e, ask.name, 'x')
      return [made.text, (await ask.use(e, ask.tokenOf(login))).text]
    }
    t.strictSame(await grown(true), await grown(false))
  })
}

/** What the vendor says of when its row was last changed. */
const updatedOf = (text: string): string => /"updated_at":"([^"]+)"/.exec(text)?.[1] ?? ''

/** Ids of some vendors are numbers. */
const idOf = (vendor: string, id: string) => (vendor === 'thiio' || vendor === 'faveo' ? Number(id) : id)

t.test('a state is said in the vendor’s own fields, and has the vendor’s own consequences', async (t) => {
  const now = '2026-01-01 00:00:00'
  const rows: [string, string, object, boolean, number][] = [
    ['thiio', 'disabled', { deactivated_at: now, deleted_at: null }, false, 200],
    ['thiio', 'deleted', { deleted_at: now }, false, 401],
    ['thiio', 'active', { deactivated_at: null, deleted_at: null }, true, 200],
    ['faveo', 'disabled', { active: 0 }, false, 200],
    ['faveo', 'active', { active: 1 }, true, 200],
    ['tavio', 'disabled', { status: 'inactive' }, false, 200],
    ['tavio', 'active', { status: 'active' }, true, 200],
    ['babelfor', 'active', {}, true, 200],
    ['portsip', 'active', {}, true, 200],
  ]
  const e = await emulate(t)
  for (const [vendor, state, profile, login, use] of rows) {
    const ask = asked[vendor]
    if (!ask) throw new Error(vendor)
    const what = `${vendor} ${state}`
    const { name, password } = ask.fixture
    await e.ask('PATCH', one(vendor, name), { body: { state: 'active' } })
    const token = ask.tokenOf(await ask.logIn(e, name, password))
    const { status, json } = await e.ask('PATCH', one(vendor, name), { body: { state } })
    t.equal(status, 200, what)
    t.match(json, { state, profile }, what)
    t.equal(ask.tokenOf(await ask.logIn(e, name, password)) !== undefined, login, `${what}: login`)
    t.equal((await ask.use(e, token)).status, use, `${what}: token`)
    const listed = (await e.get(at, { query: { vendor, state } })).json.items
    t.ok(
      listed.some(({ id }: { id: string }) => id === json.id),
      `${what}: listed`,
    )
  }
})

t.test('a state that a vendor’s accounts do not have is refused with those that they have', async (t) => {
  const e = await emulate(t)
  for (const [vendor, state, has] of [
    ['babelfor', 'disabled', /active/],
    ['portsip', 'deleted', /active/],
    ['faveo', 'deleted', /active or disabled/],
    ['tavio', 'deleted', /active or disabled/],
  ] as const) {
    const { status, json } = await e.ask('PATCH', one(vendor, asked[vendor]?.fixture.name ?? ''), { body: { state } })
    t.equal(status, 422, vendor)
    t.match(json.error, { code: 'invalid-input', message: has, details: { pointer: '/state' } })
  }
})

t.test('what only the vendor can judge is refused with its pointer', async (t) => {
  const e = await emulate(t)
  const rows: [string, object, string][] = [
    ['thiio', { created_at: '2025-02-30 00:00:00' }, '/created_at'],
    ['faveo', { updated_at: 'yesterday' }, '/updated_at'],
    ['babelfor', { birthDate: '2025-02-30T00:00:00Z' }, '/birthDate'],
    ['babelfor', { apiKeys: [{ key: 'api_demoadminkey000000000015' }] }, '/apiKeys/0/key'],
    ['babelfor', { apiKeys: [{ key: 'api_new' }, { key: 'api_new' }] }, '/apiKeys/1/key'],
    ['portsip', { domain: 'nowhere.example' }, '/domain'],
    ['portsip', { username: 'admin' }, '/username'],
    ['tavio', { memberships: [{ orgDomain: 'nowhere', roles: [], environments: [] }] }, '/memberships/0/orgDomain'],
  ]
  for (const [vendor, change, pointer] of rows) {
    const ask = asked[vendor]
    const before = (await e.get(at)).text
    const body = { vendor, ...ask?.entry, ...change, password: 'x' }
    const made = await e.post(at, { body })
    t.match(made.json.error, { code: 'invalid-input', details: { pointer } }, `${vendor} ${JSON.stringify(change)}`)
    t.equal(made.status, 422)
    const changed = await e.ask('PATCH', one(vendor, ask?.fixture.name ?? ''), { body: change })
    t.match(changed.json.error, { code: 'invalid-input', details: { pointer } })
    t.equal((await e.get(at)).text, before)
  }
  const refused = await e.get('/babelfor/v1/auth/user', { headers: { 'x-api-key': 'api_new' } })
  t.equal(refused.status, 401, 'no key of what was refused')
})

t.test('API keys of an account come with it, and those of a change beside them', async (t) => {
  const e = await emulate(t)
  const use = async (key: string) => (await e.get('/babelfor/v1/auth/user', { headers: { 'x-api-key': key } })).status
  const body = { vendor: 'babelfor', userName: 'new', password: 'x', apiKeys: [{ key: 'api_one', permissions: 1 }] }
  t.equal((await e.post(at, { body })).status, 201)
  t.equal(await use('api_one'), 200)
  await e.ask('PATCH', one('babelfor', 'new'), { body: { apiKeys: [{ key: 'api_two', permissions: 1 }] } })
  t.strictSame([await use('api_one'), await use('api_two')], [200, 200])
  await e.ask('DELETE', one('babelfor', 'new'))
  t.equal(await use('api_two'), 401, 'its owner is gone')
})

t.test('a setting keeps its id while it keeps its names', async (t) => {
  const e = await emulate(t)
  const ask = asked.babelfor
  if (!ask) throw new Error('no babelfor')
  const settings = (...names: string[]) => names.map((name) => ({ name, value: name }))
  const body = { vendor: 'babelfor', userName: 'new', password: 'x', settings: settings('a', 'b', 'b') }
  await e.post(at, { body })
  const token = ask.tokenOf(await ask.logIn(e, 'new', 'x'))
  const idsOf = async (): Promise<number[]> =>
    (await ask.use(e, token)).json.user.settings.map(({ id }: { id: number }) => id)
  const [a, b1, b2] = await idsOf()
  await e.ask('PATCH', one('babelfor', 'new'), { body: { settings: settings('b', 'c', 'b', 'b', 'a') } })
  const after = await idsOf()
  t.strictSame([after[0], after[2], after[4]], [b1, b2, a])
  t.equal(new Set(after).size, 5, 'new ones have ids of their own')
})

t.test('a hash is taken as it is, and wins over a password beside it', async (t) => {
  const e = await emulate(t)
  // Of "demopass", from the shipped fixture.
  const passwordHash = '$2y$10$SZ4ZOz//ZYIBNBjea1vIWe7u5mJKXCjLn1kzt0Up/KsUJI7VqGmNK'
  const logIn = async (name: string, password: string) => (await asked.faveo?.logIn(e, name, password))?.json.error
  await e.post(at, { body: { vendor: 'faveo', user_name: 'new', passwordHash, password: 'other' } })
  t.equal(await logIn('new', 'demopass'), undefined)
  t.equal(await logIn('new', 'other'), 'invalid_credentials')
  await e.ask('PATCH', one('faveo', 'banned'), { body: { password: 'other' } })
  t.equal(await logIn('banned', 'other'), undefined)
  await e.ask('PATCH', one('faveo', 'banned'), { body: { passwordHash } })
  t.equal(await logIn('banned', 'demopass'), undefined)
})

t.test('a password may be empty, long, or of any characters', async (t) => {
  const e = await emulate(t)
  for (const [name, password] of [
    ['long', 'x'.repeat(5000)],
    ['odd', 'pä\u0000ss\ud83d\ude00 "\\'],
  ] as const) {
    const made = await e.post(at, {
      body: { vendor: 'tavio', ...asked.tavio?.entry, username: name, email: name, password },
    })
    t.equal(made.status, 201, name)
    t.equal((await asked.tavio?.logIn(e, name, password))?.status, 200, name)
  }
})

t.test('of several users with one name the oldest is meant, and the next when that one is gone', async (t) => {
  const e = await emulate(t)
  const make = async (id: number, password: string) =>
    t.equal((await e.post(at, { body: { vendor: 'faveo', id, user_name: 'twin', password } })).status, 201)
  await make(20, 'pass.1')
  await make(10, 'pass.2')
  const idOfLogin = async (password: string) => (await asked.faveo?.logIn(e, 'twin', password))?.json.user_id?.id
  t.strictSame([await idOfLogin('pass.1'), await idOfLogin('pass.2')], [20, undefined])
  const { status, json } = await e.get(one('faveo', 'twin'))
  t.equal(status, 409)
  t.match(json.error, { code: 'ambiguous-account', details: { ids: ['20', '10'] } })
  await e.ask('DELETE', one('faveo', '20'))
  t.equal(await idOfLogin('pass.2'), 10)
})

t.test('the wire shows what was changed, when it was changed, and keeps the rest', async (t) => {
  const e = await emulate(t)
  const ask = asked.thiio
  if (!ask) throw new Error('no thiio')
  const token = ask.tokenOf(await ask.logIn(e, 'admin@thiio.com', '123456789'))
  const shown = async () => (await ask.use(e, token)).json.user
  const before = await shown()
  await e.ask('PATCH', one('thiio', '1'), { body: { dialer_activity_name: 'Busy' } })
  const after = { ...before, dialer_activity_name: 'Busy', updated_at: '2026-01-01 00:00:00' }
  t.strictSame(await shown(), after)
  await e.ask('PATCH', one('thiio', '1'), { body: { created_at: '2020-02-03 04:05:06' } })
  t.strictSame(await shown(), { ...after, created_at: '2020-02-03 04:05:06' })
})

t.test('of changes at the same time none is lost, and of equal names one is made', async (t) => {
  const e = await emulate(t)
  const change = (body: object) => e.ask('PATCH', one('tavio', 'john.doe'), { body })
  const answers = await Promise.all([
    change({ lastName: 'D.', password: 'other' }),
    change({ firstName: 'Jo' }),
    change({ favorite: ['x'] }),
  ])
  t.strictSame(
    answers.map(({ status }) => status),
    [200, 200, 200],
  )
  t.match((await e.get(one('tavio', 'john.doe'))).json.profile, { firstName: 'Jo', lastName: 'D.', favorite: ['x'] })
  t.equal((await asked.tavio?.logIn(e, 'john.doe', 'other'))?.status, 200)

  const make = () => e.post(at, { body: { vendor: 'tavio', ...asked.tavio?.entry, password: 'x' } })
  const made = await Promise.all([make(), make(), make()])
  t.strictSame(made.map(({ status }) => status).sort(), [201, 409, 409])

  await e.set('tavio', { passwordCost: 10 })
  const hashing = change({ password: 'late' })
  t.equal((await change({ favorite: [] })).status, 200, 'asked later, done sooner')
  const removed = await e.ask('DELETE', one('tavio', 'john.doe'))
  const late = await hashing
  t.equal(removed.status, 204)
  t.equal(late.status, 404)
  t.match(late.json.error, { code: 'unknown-account', details: { vendor: 'tavio' } })
  t.equal((await e.get(one('tavio', 'john.doe'))).status, 404, 'nobody comes back')
})

t.test('a request that came from an account before it was renamed or removed still came from it', async (t) => {
  const e = await emulate(t)
  const ask = asked.tavio
  if (!ask) throw new Error('no tavio')
  const { id } = (await e.get(one('tavio', 'john.doe'))).json
  await ask.logIn(e, 'new@example.com', 'x')
  await ask.logIn(e, 'john.doe', 'wrong')
  await e.ask('PATCH', one('tavio', id), { body: { username: 'jd' } })
  await ask.logIn(e, 'jd', 'wrong')
  await e.ask('DELETE', one('tavio', id))
  await e.post(at, { body: { vendor: 'tavio', ...ask.entry, password: 'x' } })
  const { items } = (await e.get('/_understudy/requests')).json
  t.strictSame(
    items.map(({ account }: { account: string | null }) => account).sort(),
    [id, id, null].sort(),
    'and one of nobody then is nobody’s',
  )
})

t.test('an account of one world is none of another', async (t) => {
  const e = await emulate(t)
  await e.ask('POST', `/@w7${at}`, { body: { vendor: 'tavio', ...asked.tavio?.entry, password: 'x' } })
  await e.ask('DELETE', `/@w7${one('thiio', '1')}`)
  t.equal((await e.get(one('tavio', 'new'))).status, 404)
  t.equal((await e.get(one('thiio', '1'))).status, 200)
  t.equal((await e.get(`/@w7${one('tavio', 'new')}`)).status, 200)
  await e.post('/@w7/_understudy/reset')
  t.equal((await e.get(`/@w7${one('tavio', 'new')}`)).status, 404)
  t.equal((await e.get(`/@w7${one('thiio', '1')}`)).status, 200)
})

t.test('pages lead through the accounts of all vendors, each once', async (t) => {
  const e = await emulate(t)
  const all = (await e.get(at)).json
  t.equal(all.next, undefined)
  const idsOf = (items: { vendor: string; id: string }[]) => items.map(({ vendor, id }) => `${vendor} ${id}`)
  t.equal(new Set(idsOf(all.items)).size, all.items.length)
  t.strictSame([...new Set(all.items.map(({ vendor }: { vendor: string }) => vendor))].length, 5)
  for (const limit of [1, 2, 3, all.items.length]) {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query = { limit: String(limit), ...(cursor && { cursor }) }
      const { items, next } = (await e.get(at, { query })).json
      t.ok(items.length === limit || next === undefined, 'only the last page is short')
      t.ok(items.length > 0)
      seen.push(...idsOf(items))
      cursor = next
    } while (cursor !== undefined)
    t.strictSame(seen, idsOf(all.items), `${limit} at a time`)
  }
  const ofOne = (await e.get(at, { query: { vendor: 'faveo', limit: '2' } })).json
  t.strictSame(idsOf(ofOne.items), ['faveo 1', 'faveo 2'])
  const rest = (await e.get(at, { query: { vendor: 'faveo', limit: '2', cursor: ofOne.next } })).json
  t.strictSame(idsOf(rest.items), ['faveo 3'])
  t.equal(rest.next, undefined)
  const { items } = (await e.get(at, { query: { state: 'disabled' } })).json
  t.strictSame(
    items.map(({ vendor, state }: { vendor: string; state: string }) => [vendor, state]),
    [
      ['faveo', 'disabled'],
      ['tavio', 'disabled'],
      ['thiio', 'disabled'],
    ],
  )
})

t.test('a list that cannot be is refused with its pointer', async (t) => {
  const e = await emulate(t)
  const rows: [Record<string, string>, number, string, string][] = [
    [{ vendor: 'nobody' }, 404, 'unknown-vendor', '/vendor'],
    [{ state: 'asleep' }, 422, 'invalid-input', '/state'],
    [{ limit: '0' }, 422, 'invalid-input', '/limit'],
    [{ limit: '1001' }, 422, 'invalid-input', '/limit'],
    [{ limit: 'ten' }, 422, 'invalid-input', '/limit'],
    [{ cursor: 'x' }, 422, 'invalid-input', '/cursor'],
    [{ cursor: 'nobody:1' }, 422, 'invalid-input', '/cursor'],
    [{ cursor: 'tavio:1', vendor: 'faveo' }, 422, 'invalid-input', '/cursor'],
    [{ colour: 'red' }, 422, 'invalid-input', '/colour'],
  ]
  for (const [query, status, code, pointer] of rows) {
    const answer = await e.get(at, { query })
    t.equal(answer.status, status, JSON.stringify(query))
    t.match(answer.json.error, { code, details: { pointer } }, JSON.stringify(query))
  }
})

t.test('a vendor or an account that is not there is a 404', async (t) => {
  const e = await emulate(t)
  for (const [method, url, code] of [
    ['GET', `${at}/nobody/1`, 'unknown-vendor'],
    ['GET', `${at}/thiio/99`, 'unknown-account'],
    ['PATCH', `${at}/thiio/nobody%40thiio.com`, 'unknown-account'],
    ['DELETE', `${at}/thiio/99`, 'unknown-account'],
  ] as const) {
    const { status, json } = await e.ask(method, url, method === 'PATCH' ? { body: { password: 'x' } } : {})
    t.equal(status, 404, `${method} ${url}`)
    t.equal(json.error.code, code)
  }
  const { status, json } = await e.post(at, { body: { vendor: 'nobody', password: 'x' } })
  t.equal(status, 404)
  t.match(json.error, { code: 'unknown-vendor', details: { pointer: '/vendor' } })
})
