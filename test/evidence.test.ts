import t from 'tap'
import { type Ask, type Emulator, emulate } from './support/emulate.js'
import { forge, hs256 } from './support/jwt.js'

const login = async ({ post }: Emulator, path: string, body: object): Promise<string> => {
  const { json } = await post(path, { body })
  return json.token ?? json.data.token
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const john = { username: 'john.doe@example.com', password: 'john.doe.password' }
const admin = { username: 'admin', password: 'admin' }
const demo = { username: 'demoadmin', password: 'demopass' }
const key = 'api_demoadminkey000000000015'

t.test('an answer has the level of its case, not of its operation alone', async (t) => {
  const emulator = await emulate(t)
  const token = await login(emulator, '/babelfor/v1/auth/login', admin)
  const session = /^[^;]+/.exec(
    String((await emulator.post('/portsip/api/login', { body: admin })).headers['set-cookie']),
  )
  const cookie = session?.[0] ?? ''
  const { access_token } = (await emulator.get('/portsip/api/login', { headers: { cookie } })).json
  const none = forge({ typ: 'JWT', alg: 'none' }, { sub: 1 }, hs256('any'))
  const rows: [string, string, string, Ask, number, string][] = [
    ['babelfor: a logout by bearer', 'POST', '/babelfor/v1/auth/logout', { headers: bearer(token) }, 200, 'seed'],
    [
      'babelfor: a logout by key',
      'POST',
      '/babelfor/v1/auth/logout',
      { headers: { 'x-api-key': key } },
      200,
      'assumed',
    ],
    ['babelfor: a key', 'GET', '/babelfor/v1/auth/user', { headers: { 'x-api-key': key } }, 200, 'seed'],
    [
      'babelfor: a key beside a bad bearer',
      'GET',
      '/babelfor/v1/auth/user',
      { headers: { 'x-api-key': key, ...bearer('x') } },
      200,
      'assumed',
    ],
    ['portsip: a status by cookie', 'GET', '/portsip/api/login', { headers: { cookie } }, 200, 'seed'],
    ['portsip: a status by bearer', 'GET', '/portsip/api/login', { headers: bearer(access_token) }, 200, 'assumed'],
    ['portsip: a logout', 'POST', '/portsip/api/logout', { headers: { cookie } }, 204, 'documented'],
    ['portsip: a logout of nobody', 'POST', '/portsip/api/logout', {}, 204, 'assumed'],
    ['faveo: a login', 'POST', '/faveo/api/v1/authenticate', { body: demo }, 200, 'seed'],
    [
      'faveo: a login of a banned user',
      'POST',
      '/faveo/api/v1/authenticate',
      { body: { ...demo, username: 'banned' } },
      200,
      'source',
    ],
    ['faveo: another algorithm', 'GET', '/faveo/api/v1/authenticate/user', { headers: bearer(none) }, 401, 'assumed'],
    ['tavio: a login by e-mail', 'POST', '/tavio/v1/acme/auth/login', { body: john }, 200, 'seed'],
    [
      'tavio: a login by user name',
      'POST',
      '/tavio/v1/acme/auth/login',
      { body: { ...john, username: 'john.doe' } },
      200,
      'assumed',
    ],
    [
      'tavio: an unknown organization at login',
      'POST',
      '/tavio/v1/nowhere/auth/login',
      { body: john },
      404,
      'documented',
    ],
  ]
  for (const [what, method, path, ask, status, level] of rows) {
    const answer = await emulator.ask(method, path, ask)
    t.equal(answer.status, status, what)
    t.equal(answer.headers['x-understudy-evidence'], level, what)
  }
})

t.test('a body that only a setting brings is no better than assumed', async (t) => {
  const { post, set } = await emulate(t)
  t.equal((await post('/portsip/api/login', { body: admin })).headers['x-understudy-evidence'], 'seed')
  await set('portsip', { loginBody: true })
  t.equal((await post('/portsip/api/login', { body: admin })).headers['x-understudy-evidence'], 'assumed')
})

t.test('a preflight, which no vendor knows of, is assumed', async (t) => {
  const { ask } = await emulate(t)
  const headers = { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' }
  t.equal((await ask('OPTIONS', '/tavio/v1/acme/auth/login', { headers })).headers['x-understudy-evidence'], 'assumed')
})

t.test('the journal says where the evidence of an answer stands: in a list, whole, and in a snapshot', async (t) => {
  const emulator = await emulate(t)
  const { get, post, ask } = emulator
  const token = await login(emulator, '/tavio/v1/acme/auth/login', john)
  await get('/tavio/v1/acme/me', { headers: bearer(token) })
  await post('/tavio/v1/acme/auth/login', { body: { ...john, password: 'x' } })
  await post('/tavio/v1/acme/auth/login', { body: { ...john, username: 'john.doe' } })
  await get('/tavio/v1/acme/me')
  const page = 'https://docs.tavio.io/authenticates-a-user-within-the-context-of-a-specific-organization'
  const renewal = 'https://docs.tavio.io/renews-an-existing-access-token-returning-a-new-token-with-extended-validity'
  const decision = 'src/vendors/README.md#tavio'
  const expected = [
    { evidence: 'seed', reference: page },
    { evidence: 'assumed', reference: decision },
    { evidence: 'documented', reference: renewal },
    { evidence: 'assumed', reference: decision },
    // The refusal itself is documented, the path is not.
    { evidence: 'assumed', reference: decision },
  ]
  t.match((await get('/_understudy/requests')).json.items, expected)
  t.match((await get('/_understudy/requests/default-1')).json, expected[0])
  await post('/_understudy/snapshots', { body: { name: 's' } })
  await ask('DELETE', '/_understudy/requests')
  await post('/_understudy/snapshots/s/restore')
  t.match((await get('/_understudy/requests')).json.items, expected)
})

t.test('the list of vendors says of each response what it rests on, and counts them', async (t) => {
  const { get } = await emulate(t)
  const { vendors } = (await get('/_understudy/vendors')).json
  for (const { name, operations, counts } of vendors) {
    for (const { id, responses } of operations) {
      for (const { evidence, reference } of responses) {
        const isDecided = evidence === 'assumed'
        t.match(reference, isDecided ? /^src\/vendors\/README\.md#/ : /^https:/, `${name} ${id}`)
      }
    }
    t.ok(counts.length > 0, name)
  }
  const named = (name: string) => vendors.find((vendor: { name: string }) => vendor.name === name)
  const tavio = named('tavio')
  const responses = tavio.operations.flatMap((operation: { responses: object[] }) => operation.responses)
  const { seed, documented, source, framework, assumed } = tavio.counts[0]
  t.equal(seed + documented + source + framework + assumed, responses.length)
  t.match(
    tavio.operations[0].responses.filter(({ status }: { status: number }) => status === 200),
    [
      { case: 'success', evidence: 'seed' },
      { case: 'a user name instead of an e-mail address', evidence: 'assumed' },
    ],
  )
  t.strictSame(
    named('faveo').counts.map(({ profile }: { profile: string }) => profile),
    ['1.10', '1.9', '2'],
  )
  t.match(
    named('portsip').operations.find(({ id }: { id: string }) => id === 'signIn').responses[0],
    { status: 200, case: 'success', evidence: 'documented' },
    'an operation of another profile than the default one',
  )
})
