import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { connect } from 'node:net'
import type { InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { exampleFacts, Refusal, type RefusalCode } from '../../src/core/refusal.js'
import { vendors } from '../../src/vendors/registry.js'
import { settingsFrom, word } from '../../src/vendors/vendor.js'
import { type Emulator, emulate, start } from '../support/emulate.js'

const john = { username: 'john.doe', password: 'john.doe.password' }
const wrong = { ...john, password: 'wrong' }
const tavioLogin = '/tavio/v1/acme/auth/login'
const lose = { kind: 'lose-response' }
const unavailable = { kind: 'respond', status: 503 }

/** Makes a fault in the default world and gives its id. */
async function make({ post }: Pick<Emulator, 'post'>, fault: object): Promise<string> {
  const { status, json, text } = await post('/_understudy/faults', { body: fault })
  if (status !== 201) throw new Error(text)
  return json.id
}

/** A request whose answer is a fault's, and so need not be the vendor's. */
const inject = ({ app }: Pick<Emulator, 'app'>, url: string, options: InjectOptions = {}) =>
  app.inject({ url, ...options })

const logIn = (emulator: Pick<Emulator, 'app'>, payload: object = john) =>
  inject(emulator, tavioLogin, { method: 'POST', payload })

/** The login that a vendor's page of the README shows. */
const shownLogin = (emulator: Emulator, vendor: (typeof vendors)[number]) =>
  inject(emulator, `/${vendor.name}${vendor.login.path}`, {
    method: 'POST',
    headers: { 'content-type': vendor.login.contentType },
    payload: vendor.login.body,
  })

const faultsOf = async ({ get }: Emulator) => (await get('/_understudy/faults')).json.items

for (const vendor of vendors) {
  t.test(`${vendor.name}: every refusal can be provoked at the login, in the words of the vendor`, async (t) => {
    const emulator = await emulate(t)
    const facts: { readonly [C in RefusalCode]: object } = exampleFacts
    for (const code of Object.keys(exampleFacts) as RefusalCode[]) {
      const id = await make(emulator, { times: 1, effect: { kind: 'refuse', refusal: code, facts: facts[code] } })
      const answer = await shownLogin(emulator, vendor)
      const worded = word(vendor.refuse, new Refusal(code, exampleFacts[code]), {
        method: 'POST',
        path: vendor.login.path,
        operation: (await emulator.get('/_understudy/requests')).json.items.at(-1).operation,
        now: start,
        settings: settingsFrom(vendor, { passwordCost: 4 }),
      })
      t.equal(answer.statusCode, worded.status, code)
      t.equal(answer.payload, worded.body, code)
      const headers = Object.entries(worded.headers ?? {}).map(([name, value]) => [name, String(value)])
      t.match(answer.headers, Object.fromEntries(headers), code)
      t.match(await faultsOf(emulator), [{ id, matched: 1, fired: 1 }], code)
      await emulator.ask('DELETE', `/_understudy/faults/${id}`)
    }
    t.equal((await shownLogin(emulator, vendor)).headers['x-understudy-evidence'] !== undefined, true)
  })
}

t.test(
  'a refusal that the operation does not have rests on nothing; one that it has, on what it always does',
  async (t) => {
    const emulator = await emulate(t)
    await make(emulator, { times: 1, effect: { kind: 'refuse', refusal: 'token-expired' } })
    await make(emulator, { times: 1, effect: { kind: 'refuse', refusal: 'wrong-password' } })
    t.equal((await logIn(emulator)).headers['x-understudy-evidence'], 'assumed')
    t.equal((await logIn(emulator)).headers['x-understudy-evidence'], 'documented')
  },
)

t.test('facts that are left out fit the request', async (t) => {
  const emulator = await emulate(t)
  const alice = { method: 'POST', payload: { username: 'x', password: 'y' }, remoteAddress: '10.1.2.3' } as const
  const locked = async () => (await inject(emulator, '/portsip/api/login', alice)).json().errors[0].message
  await make(emulator, { times: 1, effect: { kind: 'refuse', refusal: 'account-locked' } })
  t.equal(await locked(), 'the client IP address 10.1.2.3 has been blocked until 2026-01-01T01:00:00Z')
  const until = Date.parse('2026-02-03T04:05:06Z')
  await make(emulator, { times: 1, effect: { kind: 'refuse', refusal: 'account-locked', facts: { until } } })
  t.equal(await locked(), 'the client IP address 10.1.2.3 has been blocked until 2026-02-03T04:05:06Z')
})

t.test('what is refused or answered by a fault changes nothing at the vendor', async (t) => {
  const emulator = await emulate(t)
  const untouched = async () => {
    const bare = await emulate(t)
    return (await logIn(bare)).payload
  }
  for (const effect of [
    { kind: 'refuse', refusal: 'wrong-password' },
    { kind: 'respond', status: 500 },
  ]) {
    await make(emulator, { times: 6, effect })
    for (let n = 0; n < 6; n++) await logIn(emulator, wrong)
  }
  t.equal((await logIn(emulator)).payload, await untouched(), 'the token is the first of its world')
})

t.test('an answer of a fault is the bytes that it says, on assumed evidence', async (t) => {
  const rows: [object, number, string, Record<string, unknown>][] = [
    [{ status: 503 }, 503, '', { 'content-type': undefined, 'content-length': '0' }],
    [{ status: 200, body: { a: [1, null, 'é'] } }, 200, '{"a":[1,null,"é"]}', { 'content-type': 'application/json' }],
    [{ status: 502, body: '<h1>Bad' }, 502, '<h1>Bad', { 'content-type': 'text/plain; charset=utf-8' }],
    [
      { status: 302, headers: { Location: '/x', 'Content-Type': 'text/html', 'set-cookie': ['a=1', 'b=2'] }, body: '' },
      302,
      '',
      { location: '/x', 'content-type': 'text/html', 'set-cookie': ['a=1', 'b=2'] },
    ],
    [{ status: 204 }, 204, '', { 'content-length': undefined }],
  ]
  for (const plain of [false, true]) {
    const emulator = await emulate(t, { plain })
    for (const [effect, status, body, headers] of rows) {
      await make(emulator, { times: 1, effect: { kind: 'respond', ...effect } })
      const answer = await logIn(emulator)
      t.equal(answer.statusCode, status)
      t.equal(answer.payload, body)
      for (const [name, value] of Object.entries(headers)) t.strictSame(answer.headers[name], value, name)
      t.equal(answer.headers.date, 'Thu, 01 Jan 2026 00:00:00 GMT')
      t.equal(answer.headers['x-understudy-evidence'], plain ? undefined : 'assumed')
    }
  }
})

t.test('headers of a fault win over those that every answer of the vendor carries', async (t) => {
  const emulator = await emulate(t)
  await make(emulator, { effect: { kind: 'respond', status: 500, headers: { 'cache-control': 'public' } } })
  t.equal((await inject(emulator, '/thiio/api/check')).headers['cache-control'], 'public')
})

t.test('a fault comes before the vendor asks who is calling', async (t) => {
  const emulator = await emulate(t)
  const url = '/babelfor/v1/auth/user'
  t.equal((await inject(emulator, url)).statusCode, 401)
  await make(emulator, { match: { vendor: 'babelfor', operation: 'getUser', event: 'token-use' }, effect: unavailable })
  t.equal((await inject(emulator, url)).statusCode, 503)
})

t.test('an account is recognised by the login or the token that it presents', async (t) => {
  const emulator = await emulate(t)
  const { token } = (await logIn(emulator)).json()
  const id = await make(emulator, { match: { vendor: 'tavio', account: 'john.doe' }, effect: unavailable })
  t.equal((await logIn(emulator)).statusCode, 503)
  t.equal((await logIn(emulator, wrong)).statusCode, 503, 'whatever the password')
  t.equal((await logIn(emulator, { ...john, username: 'somebody' })).statusCode, 401)
  t.equal((await logIn(emulator, {})).statusCode, 400, 'what fails validation is refused before')
  const headers = { authorization: `Bearer ${token}` }
  t.equal((await inject(emulator, '/tavio/v1/acme/me', { headers })).statusCode, 503)
  t.equal((await inject(emulator, '/tavio/v1/acme/me')).statusCode, 401)
  t.match(await faultsOf(emulator), [{ id, matched: 3, fired: 3 }])
})

t.test('the refresh of PortSIP is a renewal and its password grant a login', async (t) => {
  const emulator = await emulate(t)
  const login = vendors.find(({ name }) => name === 'portsip')?.login
  const fixture = JSON.parse(login?.body ?? '')
  const client_id = '9d806019-75b2-4b3d-bb8b-f5a3a412cc0a'
  const ask = (fields: Record<string, string>) =>
    inject(emulator, '/portsip/api/login/oauth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ ...fields, client_id }).toString(),
    })
  const password = { ...fixture, grant_type: 'password', scope: 'all' }
  const { refresh_token } = (await ask(password)).json()
  await make(emulator, { match: { vendor: 'portsip', event: 'renew' }, effect: unavailable })
  t.equal((await ask(password)).statusCode, 200)
  t.equal((await ask({ grant_type: 'refresh_token', refresh_token })).statusCode, 503)
  await emulator.ask('DELETE', '/_understudy/faults')
  t.equal((await ask({ grant_type: 'refresh_token', refresh_token })).statusCode, 200, 'the token was not spent')
})

t.test(
  'an unknown route, a wrong method and an unreadable URL meet faults that name no operation and no event',
  async (t) => {
    const emulator = await emulate(t)
    const ask = async () => [
      (await inject(emulator, '/tavio/nowhere')).statusCode,
      (await inject(emulator, tavioLogin, { method: 'DELETE' })).statusCode,
      (await inject(emulator, '/tavio/%zz')).statusCode,
    ]
    await make(emulator, { match: { operation: 'login' }, effect: unavailable })
    await make(emulator, { match: { vendor: 'tavio', event: 'login' }, effect: unavailable })
    await make(emulator, { match: { vendor: 'thiio' }, effect: unavailable })
    t.strictSame(await ask(), [404, 404, 404])
    await make(emulator, { match: { vendor: 'tavio' }, effect: unavailable })
    t.strictSame(await ask(), [503, 503, 503])
  },
)

t.test('a HEAD that the vendor refuses is no operation', async (t) => {
  const emulator = await emulate(t)
  const ask = async () => (await inject(emulator, '/babelfor/v1/auth/user', { method: 'HEAD' })).statusCode
  await make(emulator, { match: { vendor: 'babelfor', operation: 'getUser' }, effect: unavailable })
  t.equal(await ask(), 405)
  await make(emulator, { match: { vendor: 'babelfor' }, effect: unavailable })
  t.equal(await ask(), 503)
})

t.test('a browser that asks whether it may call is answered without a fault', async (t) => {
  const emulator = await emulate(t)
  await make(emulator, { effect: { kind: 'reset' } })
  const headers = { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' }
  t.equal((await inject(emulator, tavioLogin, { method: 'OPTIONS', headers })).statusCode, 204)
})

t.test('one fault at most happens to a request, whichever moment it is decided in', async (t) => {
  const emulator = await emulate(t)
  await make(emulator, { match: { vendor: 'tavio', account: 'john.doe' }, effect: unavailable })
  await make(emulator, { effect: { kind: 'delay', ms: 0 } })
  t.equal((await logIn(emulator)).statusCode, 200)
  t.match(await faultsOf(emulator), [{ matched: 0 }, { matched: 1, fired: 1 }])
})

t.test('a throttle refuses in the words of the vendor until its window is over', async (t) => {
  const emulator = await emulate(t)
  const { clock } = emulator
  await make(emulator, { effect: { kind: 'throttle', limit: 1, windowSeconds: 60 } })
  const ask = (remoteAddress = '10.0.0.1') => inject(emulator, '/thiio/api/check', { remoteAddress })
  t.equal((await ask()).statusCode, 401)
  const refused = await ask()
  t.equal(refused.statusCode, 429)
  t.equal(refused.headers['retry-after'], '60')
  t.equal((await ask('10.0.0.2')).statusCode, 401)
  clock.advance(60_000)
  t.equal((await ask()).statusCode, 401)
  t.match(await faultsOf(emulator), [{ matched: 4, fired: 1 }])
})

t.test('with a seed, the same requests meet a fault in every server', async (t) => {
  const hits = async () => {
    const emulator = await emulate(t)
    await make(emulator, { probability: 0.3, effect: unavailable })
    const hit: number[] = []
    for (let n = 0; n < 1000; n++) if ((await inject(emulator, '/tavio/v1/acme/me')).statusCode === 503) hit.push(n)
    return hit
  }
  const hit = await hits()
  t.strictSame(await hits(), hit)
  t.ok(hit.length > 240 && hit.length < 360, String(hit.length))
})

t.test('under inject a reset or lost response rejects; the reset one never ran, the lost one did', async (t) => {
  const emulator = await emulate(t)
  const { get } = emulator
  await make(emulator, { times: 1, effect: { kind: 'reset' } })
  await t.rejects(logIn(emulator))
  const bare = await emulate(t)
  const first = (await logIn(bare)).json().token
  const second = (await logIn(bare)).json().token
  await make(emulator, { times: 1, effect: lose })
  await t.rejects(logIn(emulator))
  t.equal((await logIn(emulator)).json().token, second, 'one token was made, not two')
  const headers = { authorization: `Bearer ${first}` }
  t.equal((await get('/tavio/v1/acme/me', { headers })).status, 200, 'and it works')
})

t.test('a body is cut or slow, and its length as announced', async (t) => {
  const emulator = await emulate(t)
  const bare = await emulate(t)
  const undisturbed = await logIn(bare)
  const whole = undisturbed.payload
  for (const [effect, sent] of [
    [{ kind: 'truncate', bytes: 10 }, whole.slice(0, 10)],
    [{ kind: 'truncate', bytes: 0 }, ''],
    [{ kind: 'truncate', bytes: 1_000_000 }, whole],
    [{ kind: 'slow-body', bytesPerSecond: 1_000_000 }, whole],
  ] as const) {
    await emulator.post('/_understudy/reset')
    emulator.clock.freeze(start)
    await make(emulator, { effect })
    const answer = await logIn(emulator)
    t.equal(answer.payload, sent, JSON.stringify(effect))
    t.equal(answer.headers['content-length'], String(Buffer.byteLength(whole)), JSON.stringify(effect))
    t.equal(answer.headers['x-understudy-evidence'], undisturbed.headers['x-understudy-evidence'])
  }
})

t.test('where there is no body nothing is cut', async (t) => {
  const emulator = await emulate(t)
  for (const effect of [
    { kind: 'truncate', bytes: 1 },
    { kind: 'slow-body', bytesPerSecond: 1 },
  ]) {
    await make(emulator, { effect })
    const head = await inject(emulator, '/thiio/api/check', { method: 'HEAD' })
    t.strictSame([head.statusCode, head.payload, head.headers['content-length']], [401, '', '30'])
    t.not(head.headers.connection, 'close', 'and the connection is as good as before')
    const empty = await inject(emulator, '/babelfor/v1/auth/user')
    t.strictSame([empty.statusCode, empty.payload, empty.headers['content-length']], [401, '', '0'])
    await emulator.ask('DELETE', '/_understudy/faults')
  }
})

/** A server that listens, and requests to it over real connections. */
async function listen(t: Test) {
  const emulator = await emulate(t)
  await emulator.app.listen({ port: 0, host: '127.0.0.1' })
  const address = emulator.app.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const send = (path: string, { method = 'GET', ...options }: RequestOptions = {}, body?: string) => {
    const sent = httpRequest({ port, path, method, agent: false, ...options })
    sent.end(body)
    return sent
  }
  const logIn = () =>
    send(tavioLogin, { method: 'POST', headers: { 'content-type': 'application/json' } }, JSON.stringify(john))
  return { ...emulator, port, send, logIn }
}

/** The code of the error that a request ends with, before or within its answer. */
function failureOf(sent: ReturnType<typeof httpRequest>): Promise<unknown> {
  return new Promise((resolve) => {
    sent.once('error', (error) => resolve('code' in error ? error.code : error))
    sent.once('response', (response: IncomingMessage) => {
      response.once('error', (error) => resolve('code' in error ? error.code : error))
      response.once('end', () => resolve(null))
      response.resume()
    })
  })
}

t.test('over a connection, a reset and a lost response end it without an answer', async (t) => {
  const server = await listen(t)
  await make(server, { times: 1, effect: { kind: 'reset' } })
  t.equal(await failureOf(server.logIn()), 'ECONNRESET')
  await make(server, { times: 1, effect: lose })
  t.equal(await failureOf(server.logIn()), 'ECONNRESET', 'as Node calls a connection closed too soon')
  t.equal(await failureOf(server.logIn()), null)
})

t.test('a reset is one of the connection itself, a lost response its regular end', async (t) => {
  const server = await listen(t)
  const raw = async () => {
    const socket = connect(server.port, '127.0.0.1')
    const error = new Promise((resolve) => {
      socket.once('error', (reason) => resolve('code' in reason ? reason.code : reason))
      socket.once('end', () => resolve('end'))
    })
    socket.write('GET /tavio/v1/acme/me HTTP/1.1\r\nhost: localhost\r\n\r\n')
    return error
  }
  await make(server, { times: 1, effect: { kind: 'reset' } })
  t.equal(await raw(), 'ECONNRESET')
  await make(server, { times: 1, effect: lose })
  t.equal(await raw(), 'end')
})

t.test('over a connection, a cut body ends before its announced length', async (t) => {
  const server = await listen(t)
  await make(server, { times: 1, effect: { kind: 'truncate', bytes: 7 } })
  const sent = server.send('/tavio/v1/acme/me', { headers: { connection: 'keep-alive' } })
  const [response] = await once(sent, 'response')
  let body = ''
  response.on('data', (part: Buffer) => {
    body += part
  })
  const [error] = await once(response, 'error')
  t.equal(error.code, 'ECONNRESET')
  t.equal(body, '{"statu')
  t.ok(Number(response.headers['content-length']) > 7)
})

t.test('nothing waits for a server that closes: what was delayed or slow is answered at once', async (t) => {
  const server = await listen(t)
  await make(server, { times: 1, effect: { kind: 'delay', ms: 3_600_000 } })
  await make(server, { times: 1, effect: { kind: 'slow-body', bytesPerSecond: 1 } })
  const delayed = server.send('/tavio/v1/acme/me')
  const answered = once(delayed, 'response')
  await once(server.app.server, 'request')
  const slow = server.send('/tavio/v1/acme/me')
  const [response] = await once(slow, 'response')
  let body = ''
  response.on('data', (part: Buffer) => {
    body += part
  })
  const ended = once(response, 'end')
  await server.app.close()
  t.equal((await answered)[0].statusCode, 401)
  await ended
  t.equal(JSON.parse(body).status, 401)
})

t.test('a client that goes away during a delay is not served', async (t) => {
  const server = await listen(t)
  const id = await make(server, { times: 1, effect: { kind: 'delay', ms: 3_600_000 } })
  const arrived = once(server.app.server, 'request')
  const sent = server.logIn()
  const failed = failureOf(sent)
  const [, response] = await arrived
  const closed = once(response, 'close')
  sent.destroy()
  await Promise.all([failed, closed])
  t.match(await faultsOf(server), [{ id, fired: 1 }])
  const bare = await emulate(t)
  t.equal((await logIn(server)).json().token, (await logIn(bare)).json().token, 'no token had been made')
})

t.test('a delayed request is answered as ever when its time has come', async (t) => {
  const emulator = await emulate(t)
  const bare = await emulate(t)
  await make(emulator, { effect: { kind: 'delay', minMs: 1, maxMs: 2 } })
  const { statusCode, payload } = await logIn(emulator)
  t.strictSame([statusCode, payload], [200, (await logIn(bare)).payload])
})

t.test('the journal says which fault befell a request, and what the vendor had answered', async (t) => {
  const emulator = await emulate(t)
  const effects = [{ kind: 'reset' }, lose, { kind: 'truncate', bytes: 3 }, unavailable, { kind: 'delay', ms: 0 }]
  for (const effect of effects) {
    await make(emulator, { times: 1, effect })
    await logIn(emulator).catch(() => 'lost')
  }
  await logIn(emulator)
  const { items } = (await emulator.get('/_understudy/requests')).json
  t.strictSame(
    items.map(({ fault, status }: { fault?: object; status?: number }) => [fault ?? null, status ?? null]),
    [
      [{ id: 'fault-1', kind: 'reset' }, null],
      [{ id: 'fault-2', kind: 'lose-response' }, 200],
      [{ id: 'fault-3', kind: 'truncate' }, 200],
      [{ id: 'fault-4', kind: 'respond' }, 503],
      [{ id: 'fault-5', kind: 'delay' }, 200],
      [null, 200],
    ],
  )
})
