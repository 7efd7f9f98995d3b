import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cheapFixtures, type Emulator, emulate, start } from '../support/emulate.js'

const base = '/tavio/v1/acme'
const john = { username: 'john.doe@example.com', password: 'john.doe.password' }
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

async function login({ post }: Emulator, body: object = john): Promise<string> {
  return (await post(`${base}/auth/login`, { body })).json.token
}

async function connect({ post }: Emulator, token: string): Promise<string> {
  return (await post(`${base}/environments/acme-prod/connect`, bearer(token))).json.token
}

const errorBody = (status: number, error: string, message: string, path: string) =>
  `{"status":${status},"error":"${error}","message":"${message}","path":"${path}","timestamp":"2026-01-01T00:00:00Z"}`

const refusals = {
  malformed: (path: string) => errorBody(400, 'Bad Request', 'Invalid request parameters', path),
  denied: (path: string) => errorBody(401, 'Unauthorized', 'Invalid or expired credentials', path),
  missing: (path: string) => errorBody(404, 'Not Found', 'Resource not found', path),
}

t.test('login answers a UUID, its life in seconds and the user, in the order of the documentation', async (t) => {
  const { post } = await emulate(t)
  const { status, headers, json, text } = await post(`${base}/auth/login`, { body: john })
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/json')
  t.match(json.token, uuid)
  t.equal(
    text,
    `{"token":"${json.token}","expires_in":3600,"user":{"id":"6f1e7f53-6a0c-4b7e-9d0f-2f4b7a1c9e01",` +
      '"username":"john.doe","email":"john.doe@example.com","firstName":"John","lastName":"Doe","status":"active",' +
      '"mfaRequired":false,"mfaConfigured":false,"changePassword":false,"invite_expired":false,"favorite":[]}}',
  )
})

t.test('a user logs in by user name as well as by e-mail in any letter case', async (t) => {
  const { post } = await emulate(t)
  for (const username of ['john.doe', 'john.doe@example.com', 'John.Doe@EXAMPLE.com']) {
    t.equal((await post(`${base}/auth/login`, { body: { ...john, username } })).status, 200, username)
  }
  t.equal((await post(`${base}/auth/login`, { body: { ...john, username: 'JOHN.DOE' } })).status, 401)
})

t.test('login is refused as the documentation groups it', async (t) => {
  const { post } = await emulate(t)
  const path = '/v1/acme/auth/login'
  const rows: [string, string, object, number, string][] = [
    [
      'no JSON',
      path,
      { body: 'username=x', headers: { 'content-type': 'application/json' } },
      400,
      refusals.malformed(path),
    ],
    ['an empty body', path, { headers: { 'content-type': 'application/json' } }, 400, refusals.malformed(path)],
    ['an array', path, { body: [] }, 400, refusals.malformed(path)],
    [
      'a form',
      path,
      { body: 'username=x&password=y', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      400,
      refusals.malformed(path),
    ],
    [
      'JSON that calls itself text',
      path,
      { body: JSON.stringify(john), headers: { 'content-type': 'text/plain' } },
      400,
      refusals.malformed(path),
    ],
    ['no password', path, { body: { username: 'x' } }, 400, refusals.malformed(path)],
    ['a null password', path, { body: { username: 'x', password: null } }, 400, refusals.malformed(path)],
    ['an empty username', path, { body: { username: '', password: 'x' } }, 400, refusals.malformed(path)],
    ['a number for a password', path, { body: { username: 'x', password: 1 } }, 400, refusals.malformed(path)],
    ['an unknown user', path, { body: { username: 'nobody', password: 'x' } }, 401, refusals.denied(path)],
    ['a wrong password', path, { body: { ...john, password: 'x' } }, 401, refusals.denied(path)],
    [
      'an invited user',
      path,
      { body: { username: 'invited@example.com', password: 'invited.password' } },
      401,
      refusals.denied(path),
    ],
    [
      'an unknown organization',
      '/v1/nowhere/auth/login',
      { body: john },
      404,
      refusals.missing('/v1/nowhere/auth/login'),
    ],
    ['another organization', '/v1/globex/auth/login', { body: john }, 404, refusals.missing('/v1/globex/auth/login')],
    [
      'another organization and a wrong password',
      '/v1/globex/auth/login',
      { body: { ...john, password: 'x' } },
      401,
      refusals.denied('/v1/globex/auth/login'),
    ],
    [
      'an unknown organization and no body',
      '/v1/nowhere/auth/login',
      { body: {} },
      400,
      refusals.malformed('/v1/nowhere/auth/login'),
    ],
  ]
  for (const [name, at, ask, status, body] of rows) {
    const answer = await post(`/tavio${at}`, ask)
    t.equal(answer.status, status, name)
    t.equal(answer.text, body, name)
    t.equal(answer.headers['content-type'], 'application/json', name)
    t.notOk(answer.headers['www-authenticate'], name)
  }
})

t.test('renew exchanges a token for a fresh one of the same kind and leaves the old one alive', async (t) => {
  const emulator = await emulate(t)
  const { post, get } = emulator
  const token = await login(emulator)
  const renewed = await post(`${base}/auth/token/renew`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  t.equal(renewed.status, 200)
  t.match(renewed.json.token, uuid)
  t.not(renewed.json.token, token)
  t.equal(renewed.text, `{"token":"${renewed.json.token}","expires_in":3600}`)
  t.equal((await get(`${base}/me`, bearer(token))).status, 200)
  t.equal((await get(`${base}/me`, bearer(renewed.json.token))).status, 200)
  t.equal(
    (await post(`${base}/environments/acme-prod/connect`, bearer(renewed.json.token))).status,
    200,
    'still orgAuth',
  )

  const environment = await connect(emulator, token)
  const again = (await post(`${base}/auth/token/renew`, bearer(environment))).json.token
  t.equal((await post(`${base}/environments/acme-prod/connect`, bearer(again))).status, 401, 'still envAuth')
})

t.test('with renewRevokes a renewed token ends the one it was renewed from', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('tavio', { renewRevokes: true })
  const token = await login(emulator)
  t.equal((await emulator.post(`${base}/auth/token/renew`, bearer(token))).status, 200)
  t.equal((await emulator.post(`${base}/auth/token/renew`, bearer(token))).status, 401)
})

t.test('connect answers an envAuth token with the environment as its context', async (t) => {
  const emulator = await emulate(t)
  const { status, json, text } = await emulator.post(
    `${base}/environments/acme-prod/connect`,
    bearer(await login(emulator)),
  )
  t.equal(status, 200)
  t.match(json.token, uuid)
  t.equal(text, `{"token":"${json.token}","context":"acme-prod","expires_in":3600,"message":"Connected"}`)
})

t.test('connect knows no environment that the membership lists and the organization does not have', async (t) => {
  const fixture = JSON.parse(readFileSync(join(cheapFixtures(), 'tavio.json'), 'utf8'))
  fixture.organizations[0].environments = ['acme-prod']
  fixture.accounts[0].memberships = [
    { orgDomain: 'acme', roles: [], environments: ['acme-prod', 'acme-gone', 'globex-prod'] },
  ]
  const emulator = await emulate(t, { fixtures: t.testdir({ 'tavio.json': JSON.stringify(fixture) }) })
  const token = await login(emulator)
  const rows: [string, number][] = [
    ['acme-prod', 200],
    ['acme-gone', 404],
    ['globex-prod', 404],
  ]
  for (const [environment, status] of rows) {
    const path = `/v1/acme/environments/${environment}/connect`
    const answer = await emulator.post(`/tavio${path}`, bearer(token))
    t.equal(answer.status, status, environment)
    if (status === 404) t.equal(answer.text, refusals.missing(path), environment)
  }
})

t.test('me answers the bare user with roles, users a plain array of the organization’s users', async (t) => {
  const emulator = await emulate(t)
  const token = await login(emulator)
  const me = await emulator.get(`${base}/me`, bearer(token))
  t.equal(me.status, 200)
  t.strictSame(me.json.roles, ['Organization Administrator'])
  t.equal(me.json.email, 'john.doe@example.com')
  const users = await emulator.get(`${base}/users?filters=x&sort=y`, bearer(token))
  t.strictSame(
    users.json.map((user: { email: string }) => user.email),
    ['john.doe@example.com', 'invited@example.com'],
  )
  t.equal(users.json[1].status, 'invited')
  t.equal(users.json[1].invite_expired, true)
})

t.test('a protected operation refuses every credential that is not a live token of this organization', async (t) => {
  const emulator = await emulate(t)
  const { get, post } = emulator
  const token = await login(emulator)
  const environment = await connect(emulator, token)
  const rows: [string, string, string, Record<string, string>, number][] = [
    ['nothing', 'GET', '/v1/acme/me', {}, 401],
    ['garbage', 'GET', '/v1/acme/me', { authorization: 'Bearer garbage' }, 401],
    ['another scheme', 'GET', '/v1/acme/me', { authorization: `Basic ${token}` }, 401],
    ['the bare token', 'GET', '/v1/acme/me', { authorization: token }, 401],
    ['a token in upper case', 'GET', '/v1/acme/me', { authorization: `Bearer ${token.toUpperCase()}` }, 401],
    ['a token of another organization', 'GET', '/v1/globex/me', { authorization: `Bearer ${token}` }, 401],
    [
      'a token of another organization',
      'POST',
      '/v1/globex/auth/token/renew',
      { authorization: `Bearer ${token}` },
      401,
    ],
    ['nothing, at an unknown organization', 'GET', '/v1/nowhere/me', {}, 401],
    ['an unknown organization', 'GET', '/v1/nowhere/me', { authorization: `Bearer ${token}` }, 404],
    [
      'an envAuth token to connect with',
      'POST',
      '/v1/acme/environments/acme-prod/connect',
      { authorization: `Bearer ${environment}` },
      401,
    ],
    [
      'an environment without access',
      'POST',
      '/v1/acme/environments/acme-test/connect',
      { authorization: `Bearer ${token}` },
      404,
    ],
    [
      'an unknown environment',
      'POST',
      '/v1/acme/environments/nowhere/connect',
      { authorization: `Bearer ${token}` },
      404,
    ],
    ['nothing to list with', 'GET', '/v1/acme/users', {}, 401],
    ['nothing to renew with', 'POST', '/v1/acme/auth/token/renew', {}, 401],
  ]
  for (const [name, method, path, headers, status] of rows) {
    const answer = await emulator.ask(method, `/tavio${path}`, { headers })
    t.equal(answer.status, status, name)
    t.equal(answer.text, status === 401 ? refusals.denied(path) : refusals.missing(path), name)
  }
  t.equal((await get(`${base}/me`, bearer(environment))).status, 200, 'me takes envAuth')
  t.equal((await get(`${base}/me?token=${token}`)).status, 401, 'no token in the query')
  t.equal((await post(`${base}/auth/token/renew`, bearer(token))).status, 200)
})

t.test('a token is accepted one second before its expiry and refused from it on', async (t) => {
  const emulator = await emulate(t)
  const token = await login(emulator)
  const environment = await connect(emulator, token)
  emulator.clock.freeze(start + 3_599_000)
  t.equal((await emulator.get(`${base}/me`, bearer(token))).status, 200)
  t.equal((await emulator.get(`${base}/me`, bearer(environment))).status, 200)
  emulator.clock.freeze(start + 3_600_000)
  t.equal((await emulator.get(`${base}/me`, bearer(token))).status, 401)
  t.equal((await emulator.get(`${base}/me`, bearer(environment))).status, 401)
  t.equal(
    (await emulator.post(`${base}/auth/token/renew`, bearer(token))).status,
    401,
    'an expired token is not renewed',
  )
})

t.test('settings decide how long a token lives and how a status is spelled', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('tavio', { tokenLifetimeSeconds: 60, statusCase: 'upper' })
  const { json } = await emulator.post(`${base}/auth/login`, { body: john })
  t.equal(json.expires_in, 60)
  t.equal(json.user.status, 'ACTIVE')
  emulator.clock.freeze(start + 60_000)
  t.equal((await emulator.get(`${base}/me`, bearer(json.token))).status, 401)
})

t.test('an unknown route and a wrong method are not found, HEAD and OPTIONS included', async (t) => {
  const { ask } = await emulate(t)
  for (const [method, path] of [
    ['GET', '/v1/acme/nothing'],
    ['GET', '/v1/acme/auth/login'],
    ['OPTIONS', '/v1/acme/auth/login'],
    ['DELETE', '/v1/acme/me'],
    ['GET', '/v1/acme/me/'],
    ['GET', '/'],
  ] as const) {
    const answer = await ask(method, `/tavio${path}`)
    t.equal(answer.status, 404, `${method} ${path}`)
    t.equal(answer.text, refusals.missing(path), `${method} ${path}`)
    t.notOk(answer.headers.allow)
  }
  t.equal((await ask('HEAD', '/tavio/v1/acme/me')).status, 404)
})

t.test('a life that no clock can count is refused', async (t) => {
  const { set } = await emulate(t)
  await t.rejects(set('tavio', { tokenLifetimeSeconds: 1e300 }), { message: /invalid-input/ })
})
