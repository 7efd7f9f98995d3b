import t, { type Test } from 'tap'
import type { AppOptions } from '../src/app.js'
import { createUnderstudy } from '../src/create.js'
import type { Evidence } from '../src/vendors/vendor.js'
import { type Ask, cheapFixtures, type Emulator, emulate } from './support/emulate.js'

const strictly = (t: Test, strictEvidence: Evidence, options: AppOptions = {}): Promise<Emulator> =>
  emulate(t, { ...options, strictEvidence })

const john = { username: 'john.doe@example.com', password: 'john.doe.password' }
const admin = { username: 'admin', password: 'admin' }
const demo = { username: 'demoadmin', password: 'demopass' }
const byKey: Ask = { headers: { 'x-api-key': 'api_demoadminkey000000000015' } }
const bearer = (token: string): Ask => ({ headers: { authorization: `Bearer ${token}` } })

const loginAt = async ({ post }: Emulator): Promise<string> =>
  (await post('/tavio/v1/acme/auth/login', { body: john })).json.token

const mint = async ({ post }: Emulator, vendor: string, account: string): Promise<string> =>
  (await post('/_understudy/tokens', { body: { vendor, account } })).json.token

const tokensOf = async ({ get }: Emulator, vendor: string): Promise<unknown[]> =>
  (await get(`/_understudy/tokens?vendor=${vendor}`)).json.items

const lastRequest = async ({ get }: Emulator) => {
  const { items } = (await get('/_understudy/requests')).json
  return (await get(`/_understudy/requests/${items.at(-1).id}`)).json
}

t.test('what rests on enough is answered as ever: a login or a token use of each vendor', async (t) => {
  const emulator = await strictly(t, 'documented')
  const { post, get, ask } = emulator
  const token = await loginAt(emulator)
  t.equal((await post('/tavio/v1/acme/auth/token/renew', bearer(token))).status, 200)

  const { token: jwt } = (await post('/babelfor/v1/auth/login', { body: admin })).json
  t.equal((await get('/babelfor/v1/auth/user', bearer(jwt))).json.user.userName, 'admin')
  t.equal((await post('/babelfor/v1/auth/logout', bearer(jwt))).status, 200)

  const cookie = String((await post('/portsip/api/login', { body: admin })).headers['set-cookie']).split(';')[0] ?? ''
  t.equal((await get('/portsip/api/login', { headers: { cookie } })).status, 200)

  const faveo = (await post('/faveo/api/v1/authenticate', { body: demo })).json.token
  t.equal((await get('/faveo/api/v1/authenticate/user', bearer(faveo))).json.user.id, 1)
  t.equal((await get('/faveo/api/v1/authenticate/user', { body: { token: faveo } })).json.user.id, 1, 'a body on GET')

  const thiio = await mint(emulator, 'thiio', 'admin@thiio.com')
  t.equal((await get('/thiio/api/check', bearer(thiio))).status, 200)
  t.equal((await ask('HEAD', '/thiio/api/check', bearer(thiio))).status, 200)
})

t.test('what rests on less is 501 and names itself, in the shape of the control plane', async (t) => {
  const emulator = await strictly(t, 'documented')
  const { status, headers, json } = await emulator.get('/tavio/v1/acme/me', bearer(await loginAt(emulator)))
  t.equal(status, 501)
  t.equal(headers['content-type'], 'application/json')
  t.equal(headers['x-understudy-evidence'], 'assumed')
  t.strictSame(Object.keys(json), ['error'])
  t.equal(json.error.code, 'weak-evidence')
  t.strictSame(json.error.details, {
    vendor: 'tavio',
    operation: 'me',
    case: 'success',
    status: 200,
    evidence: 'assumed',
    required: 'documented',
    reference: 'src/vendors/README.md#tavio',
    assumed: [
      'that this is the answer',
      'path',
      'the object is not wrapped',
      'changePassword and favorite are present',
    ],
  })
  for (const part of ['me of tavio', '200', 'assumed', 'documented', 'the object is not wrapped', 'README.md#tavio']) {
    t.ok(json.error.message.includes(part), `the message says ${part}`)
  }
})

t.test('the header of a vendor is left off what stands in for its answer; with plain ours are, too', async (t) => {
  const emulator = await strictly(t, 'source', { plain: true })
  const { status, headers } = await emulator.get('/thiio/nowhere')
  t.equal(status, 501)
  t.equal(headers['cache-control'], undefined)
  t.strictSame(
    Object.keys(headers).filter((name) => name.startsWith('x-understudy')),
    [],
  )
})

t.test('each refusal and each weaker case is judged by its own level', async (t) => {
  const emulator = await strictly(t, 'documented')
  const thiio = await mint(emulator, 'thiio', 'deactivated@thiio.com')
  const text: Ask = { headers: { 'content-type': 'text/plain' }, body: 'x' }
  const rows: [string, string, Ask, string, string | null, number, string][] = [
    [
      'POST',
      '/thiio/api/login',
      { body: { email: 'admin@thiio.com', password: '123456789' } },
      'assumed',
      'login',
      200,
      'success',
    ],
    ['GET', '/thiio/api/check', bearer('x'), 'framework', 'check', 401, 'token-malformed'],
    ['GET', '/thiio/api/check', bearer(thiio), 'assumed', 'check', 200, 'a deactivated user'],
    ['GET', '/thiio/nowhere', {}, 'framework', null, 404, 'unknown-route'],
    ['GET', '/thiio/%ff', {}, 'framework', null, 404, 'unknown-route'],
    ['DELETE', '/thiio/api/login', {}, 'framework', null, 405, 'wrong-method'],
    ['POST', '/tavio/v1/acme/auth/login', text, 'assumed', 'login', 400, 'unsupported-media-type'],
    [
      'POST',
      '/tavio/v1/acme/auth/login',
      { body: { ...john, username: 'john.doe' } },
      'assumed',
      'login',
      200,
      'a user name instead of an e-mail address',
    ],
    [
      'POST',
      '/babelfor/v1/auth/login',
      { body: { ...admin, password: 'x' } },
      'assumed',
      'login',
      200,
      'wrong-password',
    ],
    ['GET', '/babelfor/v1/auth/user', {}, 'framework', 'getUser', 401, 'token-missing'],
    [
      'POST',
      '/faveo/api/v1/authenticate',
      { body: { ...demo, password: 'x' } },
      'source',
      'authenticate',
      200,
      'wrong-password',
    ],
    [
      'POST',
      '/faveo/api/v1/authenticate',
      { body: { ...demo, username: 'banned' } },
      'source',
      'authenticate',
      200,
      'a banned or deleted user',
    ],
    ['POST', '/portsip/api/login', { body: { ...admin, password: 'x' } }, 'assumed', 'login', 400, 'wrong-password'],
  ]
  for (const [method, path, ask, evidence, operation, status, name] of rows) {
    const answer = await emulator.ask(method, path, ask)
    const what = `${method} ${path}: ${name}`
    t.equal(answer.status, 501, what)
    t.match(answer.json.error.details, { evidence, operation, status, case: name }, what)
    t.match(
      await lastRequest(emulator),
      { status: 501, evidence, reference: answer.json.error.details.reference },
      what,
    )
  }
  t.equal((await emulator.post('/tavio/v1/acme/auth/login', { body: { ...john, password: 'x' } })).status, 401)
})

t.test('the journal says what would have been answered, the reason of a refusal included', async (t) => {
  const emulator = await strictly(t, 'documented')
  await emulator.post('/portsip/api/login', { body: { ...admin, password: 'x' } })
  const entry = await lastRequest(emulator)
  t.match(entry, { status: 501, event: 'login', evidence: 'assumed', reference: 'src/vendors/README.md#portsip-pbx' })
  t.equal(entry.refusal.code, 'wrong-password')
  t.match(JSON.parse(entry.response.body).error.details, { operation: 'login', case: 'wrong-password', status: 400 })
})

t.test('a request whose answer was kept back says what it would have been, and what was asked for', async (t) => {
  const emulator = await strictly(t, 'documented')
  await emulator.get('/tavio/v1/acme/me', bearer(await loginAt(emulator)))
  const kept = await lastRequest(emulator)
  const { withheld, why } = kept
  t.strictSame(withheld, { case: 'success', status: 200, required: 'documented' })
  t.strictSame(why.withheld, withheld)
  t.equal(why.rule, null, 'the vendor would have said yes')
  t.equal(
    why.summary,
    'me of tavio was kept back: it would have been 200 (success) on evidence that is assumed, and documented is asked for.',
  )
  t.strictSame(why.details, ['Where that stands, or was decided: src/vendors/README.md#tavio.'])
  t.match(why.instead, [{ do: 'mend', text: /--strict-evidence assumed/ }])

  await emulator.get('/tavio/v1/acme/me')
  const refused = (await lastRequest(emulator)).why
  t.match(refused, { withheld: { case: 'token-missing', status: 401 }, rule: { code: 'token-missing' } })
  t.match(refused.details.at(-1), /^No token is presented/)
  t.equal(refused.instead.length, 1, 'what the vendor would accept is kept back, too')

  await emulator.post('/_understudy/snapshots', { body: { name: 'all' } })
  await emulator.post('/_understudy/reset')
  await emulator.post('/_understudy/snapshots/all/restore')
  const again = (await emulator.get(`/_understudy/requests/${kept.id}`)).json
  t.strictSame([again.withheld, again.why], [withheld, why], 'after a snapshot as well')
})

t.test('after a 501 the world is as it was: no token, no counter, no drawn id', async (t) => {
  const emulator = await strictly(t, 'documented')
  const undisturbed = await emulate(t)
  const [token, same] = [await loginAt(emulator), await loginAt(undisturbed)]
  t.equal(token, same)
  const before = await tokensOf(emulator, 'tavio')
  const connect = await emulator.post('/tavio/v1/acme/environments/acme-prod/connect', bearer(token))
  t.equal(connect.status, 501)
  t.strictSame(await tokensOf(emulator, 'tavio'), before)
  const renew = '/tavio/v1/acme/auth/token/renew'
  t.equal((await emulator.post(renew, bearer(token))).text, (await undisturbed.post(renew, bearer(token))).text)

  const { token: jwt } = (await emulator.post('/babelfor/v1/auth/login', { body: admin })).json
  t.equal((await emulator.post('/babelfor/v1/auth/logout', byKey)).status, 501)
  t.equal((await emulator.get('/babelfor/v1/auth/user', bearer(jwt))).status, 200)

  for (let attempt = 1; attempt <= 8; attempt++) {
    t.equal(
      (await emulator.post('/portsip/api/login', { body: { ...admin, password: 'x' } })).json.error.details.status,
      400,
    )
  }
  t.equal((await emulator.post('/portsip/api/login', { body: admin })).status, 200, 'no failure was counted')
})

t.test(
  'a request that is kept back does not count against a throttle, and the last one that is left may be made',
  async (t) => {
    const emulator = await strictly(t, 'documented')
    const { token } = (await emulator.post('/babelfor/v1/auth/login', { body: admin })).json
    await emulator.set('babelfor', { throttle: { limit: 2, windowSeconds: 60 } })
    const use = () => emulator.get('/babelfor/v1/auth/user', bearer(token))
    t.equal((await emulator.post('/babelfor/v1/auth/logout', byKey)).status, 501)
    t.equal((await use()).status, 200)
    t.equal((await emulator.get('/babelfor/v1/auth/user')).json.error.details.case, 'token-missing')
    t.equal((await emulator.post('/babelfor/v1/auth/logout', byKey)).status, 501)
    t.equal((await use()).status, 200)
    t.match((await use()).json.error.details, { case: 'throttled', status: 403 })
  },
)

t.test('assumed lets everything pass', async (t) => {
  const emulator = await strictly(t, 'assumed')
  t.equal((await emulator.get('/tavio/v1/acme/me', bearer(await loginAt(emulator)))).status, 200)
  t.equal((await emulator.get('/tavio/v1/acme/me')).status, 401)
  t.equal((await emulator.post('/portsip/api/login', { body: { ...admin, password: 'x' } })).status, 400)
})

t.test(
  'a preflight and an answer that a fault makes up pass; a refusal that a fault asks for is the vendor’s own',
  async (t) => {
    const emulator = await strictly(t, 'documented')
    const { ask, post } = emulator
    const headers = { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' }
    const path = '/tavio/v1/acme/auth/login'
    t.equal((await ask('OPTIONS', path, { headers })).status, 204)
    const fault = (effect: object) =>
      post('/_understudy/faults', { body: { match: { vendor: 'tavio' }, times: 1, effect } })
    await fault({ kind: 'respond', status: 418, body: 'teapot' })
    t.equal((await emulator.app.inject({ method: 'POST', url: path, payload: john })).statusCode, 418)
    await fault({ kind: 'refuse', refusal: 'token-expired' })
    t.equal((await post(path, { body: john })).json.error.details.case, 'token-expired', 'not one of this operation')
    await fault({ kind: 'refuse', refusal: 'wrong-password' })
    t.equal((await post(path, { body: john })).status, 401)
    await fault({ kind: 'refuse', refusal: 'account-inactive' })
    t.match((await post(path, { body: john })).json.error.details, { case: 'account-inactive', evidence: 'assumed' })
  },
)

t.test('requests that come together are answered one after the other', async (t) => {
  const alice = { username: 'alice.w', password: 'Passw0rd!', domain: 'example.com' }
  const session = async ({ post }: Emulator, body: object) =>
    String((await post('/portsip/api/login', { body })).headers['set-cookie'])
  const emulator = await strictly(t, 'documented', { fixtures: 'fixtures' })
  const known = await session(emulator, alice)
  // The first password takes long to compare, the second is remembered, so that it could be done first.
  const together = await Promise.all([session(emulator, admin), session(emulator, alice)])

  const undisturbed = await emulate(t, { fixtures: 'fixtures' })
  t.equal(await session(undisturbed, alice), known)
  const first = await session(undisturbed, admin)
  t.strictSame(together, [first, await session(undisturbed, alice)])
})

t.test('an answer that has become weak since it was rehearsed does not leave', async (t) => {
  // Passwords that take long enough to compare for a setting to be changed meanwhile.
  const emulator = await strictly(t, 'documented', { fixtures: 'fixtures' })
  const [{ status, headers }] = await Promise.all([
    emulator.post('/portsip/api/login', {
      body: { username: 'queue.lead', password: 'Passw0rd!', domain: 'example.com' },
    }),
    emulator.set('portsip', { loginBody: true }),
  ])
  t.equal(status, 501)
  t.equal(headers['set-cookie'], undefined)
})

t.test('over a socket, and through the library: a body in chunks is rehearsed like any other', async (t) => {
  const understudy = await createUnderstudy({ strictEvidence: 'documented', fixtures: cheapFixtures() })
  t.teardown(() => understudy.close())
  const world = await understudy.world()
  const send = (path: string, body: object) =>
    fetch(`${world.url('tavio')}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([JSON.stringify(body)]).stream(),
      duplex: 'half',
    })
  t.equal((await send('/v1/acme/auth/login', john)).status, 200)
  t.equal((await send('/v1/acme/auth/login', { ...john, username: 'john.doe' })).status, 501)
})

t.test('what is withheld is not done either where a fault loses the answer', async (t) => {
  const emulator = await strictly(t, 'documented')
  const token = await loginAt(emulator)
  await emulator.app.listen({ port: 0, host: '127.0.0.1' })
  const address = emulator.app.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await emulator.post('/_understudy/faults', { body: { match: {}, effect: { kind: 'lose-response' } } })
  const before = await tokensOf(emulator, 'tavio')
  const url = `http://127.0.0.1:${port}/tavio/v1/acme/environments/acme-prod/connect`
  await t.rejects(fetch(url, { method: 'POST', headers: bearer(token).headers ?? {} }))
  t.match((await emulator.get('/_understudy/requests')).json.items.at(-1), {
    operation: 'connect',
    status: 501,
    fault: { kind: 'lose-response' },
  })
  t.strictSame(await tokensOf(emulator, 'tavio'), before)
})
