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
