import t from 'tap'
import { type Emulator, emulate } from '../support/emulate.js'

const john = { username: 'john.doe', password: 'john.doe.password' }
const johnId = '6f1e7f53-6a0c-4b7e-9d0f-2f4b7a1c9e01'
const demo = { username: 'demoadmin', password: 'demopass' }
const journal = '/_understudy/requests'

interface Page {
  readonly items: readonly { readonly id: string }[]
  readonly next?: string
}

/** Three logins and two requests for nothing, one minute apart. */
async function visited({ get, post, ask, clock }: Emulator): Promise<void> {
  await post('/tavio/v1/acme/auth/login', { body: john })
  clock.advance(60_000)
  await post('/tavio/v1/acme/auth/login', { body: { ...john, password: 'wrong' } })
  clock.advance(60_000)
  await post('/faveo/api/v1/authenticate', { body: demo })
  clock.advance(60_000)
  await get('/tavio/v1/acme/mee')
  await ask('PUT', '/faveo/%zz')
}

t.test('the journal lists the requests of all vendors in the order of their arrival', async (t) => {
  const emulator = await emulate(t)
  await visited(emulator)
  const { items, next } = (await emulator.get(journal)).json
  t.equal(next, undefined)
  t.match(items, [
    {
      id: 'default-1',
      at: '2026-01-01T00:00:00.000Z',
      world: 'default',
      vendor: 'tavio',
      operation: 'login',
      event: 'login',
      account: johnId,
      method: 'POST',
      path: '/v1/acme/auth/login',
      status: 200,
    },
    { id: 'default-2', status: 401, account: johnId, refusal: { code: 'wrong-password', facts: { account: johnId } } },
    { id: 'default-3', at: '2026-01-01T00:02:00.000Z', vendor: 'faveo', operation: 'authenticate', evidence: 'seed' },
    {
      id: 'default-4',
      operation: null,
      event: null,
      account: null,
      status: 404,
      refusal: { code: 'unknown-route' },
      nearest: { id: 'me', method: 'GET', path: '/v1/:orgDomain/me' },
    },
    { id: 'default-5', method: 'PUT', path: '/%zz', status: 404, operation: null },
  ])
  t.equal(items[0].refusal, undefined)
  t.ok(items.every(({ durationMs }: { durationMs: number }) => durationMs > 0))
})

t.test(
  'it can be asked for a vendor, an operation, an account, an event, a status, a refusal, a path and a time',
  async (t) => {
    const emulator = await emulate(t)
    await visited(emulator)
    const rows: [string, number[]][] = [
      ['vendor=faveo', [3, 5]],
      ['operation=login', [1, 2]],
      ['vendor=tavio&operation=login', [1, 2]],
      ['account=john.doe', [1, 2]],
      [`account=${johnId}`, [1, 2]],
      ['account=demoadmin&vendor=faveo', [3]],
      ['event=login', [1, 2, 3]],
      ['event=login&vendor=tavio&status=401', [2]],
      ['event=renew', []],
      ['status=404', [4, 5]],
      ['refusal=wrong-password', [2]],
      ['path=/v1/acme/mee', [4]],
      ['fault=delay', []],
      ['since=2026-01-01T00:02:00Z', [3, 4, 5]],
      ['since=2026-01-01T00:02:00.001Z', [4, 5]],
    ]
    for (const [query, numbers] of rows) {
      const { items } = (await emulator.get(`${journal}?${query}`)).json
      t.strictSame(
        items.map(({ id }: { id: string }) => id),
        numbers.map((number) => `default-${number}`),
        query,
      )
    }
  },
)

t.test('an account that several vendors have is meant of each', async (t) => {
  const { get, post } = await emulate(t)
  for (const vendor of ['tavio', 'faveo']) {
    const entry =
      vendor === 'tavio' ? { email: 'both@example.com', username: 'both', memberships: [] } : { user_name: 'both' }
    const made = await post('/_understudy/accounts', { body: { vendor, ...entry, password: 'x' } })
    t.equal(made.status, 201, made.text)
  }
  await post('/tavio/v1/acme/auth/login', { body: { username: 'both', password: 'y' } })
  await post('/faveo/api/v1/authenticate', { body: { username: 'both', password: 'y' } })
  await post('/faveo/api/v1/authenticate', { body: demo })
  const items = async (query: string) => (await get(`${journal}?${query}`)).json.items.length
  t.equal(await items('account=both'), 2)
  t.equal(await items('account=both&vendor=faveo'), 1)
})

t.test('an account that has been removed is still known by its id', async (t) => {
  const { get, post, ask } = await emulate(t)
  await post('/tavio/v1/acme/auth/login', { body: john })
  t.equal((await ask('DELETE', `/_understudy/accounts/tavio/${johnId}`)).status, 204)
  t.equal((await get(`${journal}?account=${johnId}`)).json.items.length, 1)
  t.equal((await get(`${journal}?account=john.doe`)).status, 404)
})

t.test('pages follow one another by a cursor, and none is left out or shown twice', async (t) => {
  const emulator = await emulate(t)
  await visited(emulator)
  const seen: string[] = []
  let cursor: string | undefined = '0'
  let pages = 0
  while (cursor !== undefined) {
    const { items, next }: Page = (await emulator.get(`${journal}?limit=2&cursor=${cursor}`)).json
    t.ok(items.length <= 2)
    seen.push(...items.map(({ id }) => id))
    cursor = next
    pages += 1
  }
  t.strictSame(
    seen,
    [1, 2, 3, 4, 5].map((number) => `default-${number}`),
  )
  t.equal(pages, 3)
  t.equal((await emulator.get(`${journal}?limit=5`)).json.next, undefined, 'a full last page is the last')
})

t.test('a request is shown whole by its id: URL, address, headers and bodies, without secrets', async (t) => {
  const { get, post } = await emulate(t)
  const { headers } = await post('/tavio/v1/acme/auth/login?a=1&token=t', {
    body: john,
    headers: { 'x-twice': 'a' },
    remoteAddress: '10.0.0.9',
  })
  const { json } = await get(`${journal}/${headers['x-understudy-request']}`)
  t.match(json, {
    id: 'default-1',
    url: '/tavio/v1/acme/auth/login?a=1&token=[redacted]',
    path: '/v1/acme/auth/login?a=1&token=[redacted]',
    address: '10.0.0.9',
    request: {
      headers: { 'content-type': 'application/json', 'x-twice': 'a' },
      body: '{"username":"john.doe","password":"[redacted]"}',
    },
    response: { headers: { 'x-understudy-request': 'default-1', date: 'Thu, 01 Jan 2026 00:00:00 GMT' } },
  })
  t.match(JSON.parse(json.response.body), { token: '[redacted]', expires_in: 3600, user: { username: 'john.doe' } })
})

t.test('a body that is no UTF-8 is shown as base64, no body as null', async (t) => {
  const { get, post } = await emulate(t)
  await post('/tavio/v1/acme/auth/login', { body: Buffer.from([0x7b, 0xff]) })
  t.strictSame((await get(`${journal}/default-1`)).json.request.body, { base64: 'e/8=' })
  await get('/tavio/v1/acme/me')
  t.equal((await get(`${journal}/default-2`)).json.request.body, null)
  await post('/portsip/api/logout')
  t.equal((await get(`${journal}/default-3`)).json.response.body, null)
})

t.test('a header field that was sent twice is a list', async (t) => {
  const { app, get } = await emulate(t)
  await app.inject({ method: 'GET', url: '/tavio/v1/acme/me', headers: { 'x-twice': ['a', 'b'] } })
  const { headers } = (await get(`${journal}/default-1`)).json.request
  t.strictSame([headers['x-twice']].flat().join(), 'a,b')
})

t.test('a preflight, a body that is too large and a method that a path does not have are journalled too', async (t) => {
  const { ask, get, post } = await emulate(t)
  await ask('OPTIONS', '/tavio/v1/acme/me', {
    headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'GET' },
  })
  await post('/tavio/v1/acme/auth/login', {
    body: ' '.repeat(1_048_577),
    headers: { 'content-type': 'application/json' },
  })
  await ask('HEAD', '/portsip/api/user')
  t.match((await get(journal)).json.items, [
    { method: 'OPTIONS', status: 204 },
    { operation: 'login', status: 400, refusal: { code: 'body-too-large' } },
    { method: 'HEAD', status: 405, operation: null, nearest: { id: 'getUser' } },
  ])
})

t.test('an operation of another profile is none, and no nearest either', async (t) => {
  const { get, post } = await emulate(t)
  await post('/portsip/api/auth/sign_in', { body: {} })
  const [first] = (await get(journal)).json.items
  t.equal(first.operation, null)
  t.not(first.nearest.id, 'signIn')
})

t.test('a request whose connection is reset stands in the journal without an answer, with its fault', async (t) => {
  const { get, post } = await emulate(t)
  await post('/_understudy/faults', { body: { match: { event: 'login' }, effect: { kind: 'reset' } } })
  await t.rejects(post('/tavio/v1/acme/auth/login', { body: john }))
  await post('/_understudy/faults', { body: { match: { event: 'token-use' }, effect: { kind: 'lose-response' } } })
  await t.rejects(get('/tavio/v1/acme/me'))
  const items = (await get(journal)).json.items
  t.match(items, [
    { status: null, fault: { id: 'fault-1', kind: 'reset' }, durationMs: Number },
    { status: 401, fault: { id: 'fault-2', kind: 'lose-response' } },
  ])
  for (const fault of ['fault-1', 'reset'])
    t.equal((await get(`${journal}?fault=${fault}`)).json.items.length, 1, fault)
  t.equal((await get(`${journal}/default-1`)).json.response, null)
})

t.test(
  'the journal belongs to its world, is emptied by DELETE and by a reset, and the control plane is not in it',
  async (t) => {
    const { ask, get, post } = await emulate(t)
    const count = async (world = '') => (await get(`${world}${journal}`)).json.items.length
    await get('/tavio/v1/acme/me')
    await get('/@w7/tavio/v1/acme/me')
    t.equal(await count(), 1)
    t.equal((await get(`/@w7${journal}`)).json.items[0].id, 'w7-1')
    t.equal((await ask('DELETE', journal)).status, 204)
    t.equal(await count(), 0)
    t.equal(await count('/@w7'), 1)
    await get('/tavio/v1/acme/me')
    t.equal((await get(journal)).json.items[0].id, 'default-2', 'numbers go on')
    await post('/_understudy/reset')
    t.equal(await count(), 0)
  },
)

t.test('the log names the nearest operation, and for machines the entry of the journal', async (t) => {
  const lines: unknown[] = []
  const log = (...said: unknown[]) => lines.push(said)
  const nothing = () => undefined
  const logger = {
    level: 'info',
    info: log,
    error: log,
    warn: nothing,
    debug: nothing,
    trace: nothing,
    fatal: nothing,
    silent: nothing,
    child: () => logger,
  }
  const { get } = await emulate(t, { logger })
  await get('/tavio/v1/acme/mee?token=x')
  t.strictSame(lines, [
    [{ request: 'default-1' }, 'GET /tavio/v1/acme/mee 404 (unknown-route); there is GET /v1/:orgDomain/me (me)'],
  ])
})

t.test('as many requests are kept as the option says, and with 0 none', async (t) => {
  const { get } = await emulate(t, { journal: 2 })
  for (let turn = 0; turn < 3; turn++) await get('/tavio/v1/acme/me')
  t.match((await get(journal)).json.items, [{ id: 'default-2' }, { id: 'default-3' }])
  t.match((await get(`${journal}/default-1`)).json, {
    error: { code: 'unknown-request', details: { kept: 2, evicted: 1 } },
  })
  const none = await emulate(t, { journal: 0 })
  await none.get('/tavio/v1/acme/me')
  t.strictSame((await none.get(journal)).json.items, [])
})

t.test('what cannot be asked is refused with its pointer', async (t) => {
  const { get } = await emulate(t)
  const rows: [string, number, string, string][] = [
    ['nonsense=1', 422, 'invalid-input', '/nonsense'],
    ['vendor=acme', 422, 'unknown-vendor', '/vendor'],
    ['operation=nothing', 422, 'unknown-operation', '/operation'],
    ['vendor=faveo&operation=renew', 422, 'unknown-operation', '/operation'],
    ['event=party', 422, 'unknown-event', '/event'],
    ['vendor=thiio&event=renew', 422, 'unknown-event', '/event'],
    ['refusal=no', 422, 'unknown-refusal', '/refusal'],
    ['status=ok', 422, 'invalid-input', '/status'],
    ['status=99', 422, 'invalid-input', '/status'],
    ['account=nobody', 404, 'unknown-account', '/account'],
    ['account=nobody&vendor=tavio', 404, 'unknown-account', '/account'],
    ['since=yesterday', 422, 'invalid-instant', '/since'],
    ['limit=0', 422, 'invalid-input', '/limit'],
    ['cursor=x', 422, 'invalid-input', '/cursor'],
  ]
  for (const [query, status, code, pointer] of rows) {
    const { json, ...answer } = await get(`${journal}?${query}`)
    t.equal(answer.status, status, query)
    t.match(json.error, { code, details: { pointer } }, query)
  }
})
