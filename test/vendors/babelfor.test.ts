import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { type Ask, type Emulator, emulate, start } from '../support/emulate.js'

const base = '/babelfor/v1'
const admin = { username: 'admin', password: 'admin' }
const sales = { username: 'sales', password: 'sales' }
const adminId = '2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101'
const adminKey = 'api_demoadminkey000000000015'
const salesKey = 'api_demosaleskey000000000001'
const revokedKey = 'api_demosalesrevoked00000000'
const expiredKey = 'api_demosalesexpired00000000'

const json = 'application/json; charset=utf-8'
const problemJson = 'application/problem+json; charset=utf-8'
const loginFailed = '{"success":false,"code":16,"message":"Invalid username or password."}'
const invalidToken = 'Bearer error="invalid_token"'
const noKey = `${invalidToken}, error_description="The signature key was not found"`
const noSignature = `${invalidToken}, error_description="The signature is invalid"`
const noExpiry = `${invalidToken}, error_description="The token has no expiration"`
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const traceId = /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const key = (value: string) => ({ 'x-api-key': value })

async function login({ post }: Emulator, body: object = admin): Promise<string> {
  return (await post(`${base}/auth/login`, { body })).json.token
}

const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const decoded = (token: string, index: number) => Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()

function forge(header: object, claims: object, secret: string): string {
  const signed = `${segment(header)}.${segment(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

const hs256 = { alg: 'HS256', typ: 'JWT' }
const now = start / 1000
const claims = {
  sub: adminId,
  unique_name: 'admin',
  role: 'Administrator',
  jti: 'forged',
  nbf: now,
  iat: now,
  exp: now + 1800,
}

/** The shipped fixture, with passwords that are cheap to compare. */
function shipped() {
  const fixture = JSON.parse(readFileSync('fixtures/babelfor.json', 'utf8'))
  for (const account of fixture.accounts) delete account.passwordHash
  return { ...fixture, settings: { passwordCost: 4 } }
}

/** A server whose secret the test knows, so that it can sign what the server never would. */
function emulateWithSecret(t: Test, secret: string): Promise<Emulator> {
  const fixture = JSON.stringify({ ...shipped(), signingKey: 'secret' })
  return emulate(t, { fixtures: t.testdir({ secret, 'babelfor.json': fixture }) })
}

t.test('login answers the envelope with a JWT and its life in seconds', async (t) => {
  const { post } = await emulate(t)
  const { status, headers, json: body, text } = await post(`${base}/auth/login`, { body: admin })
  t.equal(status, 200)
  t.equal(headers['content-type'], json)
  t.equal(text, `{"success":true,"code":0,"message":null,"token":"${body.token}","expiresIn":1800}`)
  t.equal(headers['x-understudy-evidence'], 'seed')
})

t.test('the token is HS256 over the documented claims, in their order and in whole seconds', async (t) => {
  const emulator = await emulate(t)
  emulator.clock.freeze(start + 999)
  const token = await login(emulator)
  t.equal(token.split('.').length, 3)
  t.equal(decoded(token, 0), '{"alg":"HS256","typ":"JWT"}')
  const payload = decoded(token, 1)
  const { jti } = JSON.parse(payload)
  t.match(jti, uuid)
  t.equal(
    payload,
    `{"sub":"${adminId}","unique_name":"admin","role":"Administrator","jti":"${jti}",` +
      `"nbf":1767225600,"iat":1767225600,"exp":1767227400}`,
  )
  t.equal(Buffer.from(token.split('.')[2] ?? '', 'base64url').length, 32)
})

t.test('the signature is the HMAC of the fixture’s own secret', async (t) => {
  const emulator = await emulateWithSecret(t, 'a secret of the team')
  const token = await login(emulator)
  const signed = token.slice(0, token.lastIndexOf('.'))
  const expected = createHmac('sha256', 'a secret of the team').update(signed).digest('base64url')
  t.equal(token, `${signed}.${expected}`)
})

t.test('a user of several roles has them as an array in the token, a user of none no role claim', async (t) => {
  const fixture = shipped()
  fixture.accounts[0].roles = ['Administrator', 'Sales']
  delete fixture.accounts[1].roles
  const emulator = await emulate(t, { fixtures: t.testdir({ 'babelfor.json': JSON.stringify(fixture) }) })
  t.strictSame(JSON.parse(decoded(await login(emulator), 1)).role, ['Administrator', 'Sales'])
  t.notOk('role' in JSON.parse(decoded(await login(emulator, sales), 1)))
})

t.test('login reads every JSON type of MVC, member names and the user name in any letter case', async (t) => {
  const { post } = await emulate(t)
  const body = JSON.stringify(admin)
  const rows: [string, Ask][] = [
    ['application/json', { body, headers: { 'content-type': 'application/json' } }],
    ['a charset', { body, headers: { 'content-type': 'application/json; charset=utf-8' } }],
    ['text/json', { body, headers: { 'content-type': 'text/json' } }],
    ['application/*+json', { body, headers: { 'content-type': 'application/vnd.acme.v1+json' } }],
    ['application/json-patch+json', { body, headers: { 'content-type': 'application/json-patch+json' } }],
    ['upper case in the type', { body, headers: { 'content-type': 'Application/JSON' } }],
    ['Accept: text/plain', { body: admin, headers: { accept: 'text/plain' } }],
    ['Pascal case', { body: { Username: 'admin', Password: 'admin' } }],
    ['upper case', { body: { USERNAME: 'admin', PASSWORD: 'admin' } }],
    ['the user name in upper case', { body: { ...admin, username: 'ADMIN' } }],
    ['unknown members', { body: { ...admin, remember: true } }],
    ['the last of two spellings', { body: '{"username":"x","Username":"admin","password":"admin"}' }],
    ['a key that is not valid', { body: admin, headers: key('API_KEY') }],
    ['a bearer that is not valid', { body: admin, headers: bearer('x') }],
  ]
  for (const [name, ask] of rows) {
    const headers = { 'content-type': 'application/json', ...ask.headers }
    const answer = await post(`${base}/auth/login`, { ...ask, headers })
    t.equal(answer.status, 200, name)
    t.equal(answer.json.success, true, name)
    t.equal(answer.headers['content-type'], json, name)
  }
})

t.test('a failed login is a 200 that tells nothing of what was wrong', async (t) => {
  const rows: [string, object][] = [
    ['an unknown user', { ...admin, username: 'nobody' }],
    ['a wrong password', { ...admin, password: 'x' }],
    ['a password in other letter case', { ...admin, password: 'ADMIN' }],
    ['the e-mail address', { ...admin, username: 'admin@email.com' }],
    ['no password', { username: 'admin' }],
    ['a null password', { ...admin, password: null }],
    ['no username', { password: 'admin' }],
    ['a null username', { ...admin, username: null }],
    ['nothing', {}],
    ['a number, which is as good as a string', { username: 'admin', password: 1 }],
  ]
  const { post } = await emulate(t)
  for (const [index, [name, body]] of rows.entries()) {
    const answer = await post(`${base}/auth/login`, { body, remoteAddress: `10.0.0.${index}` })
    t.equal(answer.status, 200, name)
    t.equal(answer.text, loginFailed, name)
    t.equal(answer.headers['content-type'], json, name)
    t.equal(answer.headers['x-understudy-evidence'], 'assumed', name)
    t.notOk(answer.headers['www-authenticate'], name)
  }
})

t.test('with failureStatus 401 a failed login says so in its status too', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('babelfor', { failureStatus: 401 })
  const answer = await emulator.post(`${base}/auth/login`, { body: { ...admin, password: 'x' } })
  t.equal(answer.status, 401)
  t.equal(answer.text, loginFailed)
})

const errorsOf = (errors: object) => ({
  type: 'https://tools.ietf.org/html/rfc9110#section-15.5.1',
  title: 'One or more validation errors occurred.',
  status: 400,
  errors,
})
const needed = errorsOf({ '': ['A non-empty request body is required.'] })
const unsupported = {
  type: 'https://tools.ietf.org/html/rfc9110#section-15.5.16',
  title: 'Unsupported Media Type',
  status: 415,
}
const invalid = (...keys: string[]) =>
  errorsOf(Object.fromEntries(keys.map((at) => [at, ['The input was not valid.']])))

t.test('a body that cannot be read is a ProblemDetails with a trace', async (t) => {
  const emulator = await emulate(t)
  const typed = (type: string, body?: string): Ask => ({
    ...(body !== undefined && { body }),
    headers: { 'content-type': type, ...key(adminKey) },
  })
  const valid = JSON.stringify(admin)
  const rows: [string, string, Ask, object, string][] = [
    ['no body', 'auth/login', typed('application/json'), needed, 'assumed'],
    ['white space', 'auth/login', typed('application/json', ' \r\n'), needed, 'assumed'],
    ['a literal null', 'auth/login', typed('application/json', 'null'), needed, 'assumed'],
    ['no body to update with', 'auth/user', typed('application/json-patch+json'), needed, 'assumed'],
    ['no JSON', 'auth/login', typed('application/json', '{"username":'), invalid(''), 'framework'],
    [
      'no UTF-8',
      'auth/login',
      { ...typed('application/json'), body: Buffer.from('"\xff"', 'latin1') },
      invalid(''),
      'framework',
    ],
    ['no JSON to log out with', 'auth/logout', typed('application/json', '{'), invalid(''), 'framework'],
    ['a JSON Patch', 'auth/login', typed('application/json-patch+json', '[{"op":"add"}]'), invalid(''), 'framework'],
    ['a string', 'auth/login', typed('application/json', '"admin"'), invalid(''), 'framework'],
    [
      'an object for a name',
      'auth/login',
      typed('application/json', '{"Username":{}}'),
      invalid('username'),
      'framework',
    ],
    [
      'types that do not fit',
      'auth/user',
      typed('application/json', '{"user":{"birthDate":"soon","rank":1.5,"image":"?","settings":[{"id":"x"}]}}'),
      invalid('user.birthDate', 'user.rank', 'user.image', 'user.settings[0].id'),
      'framework',
    ],
    [
      'days and hours that the calendar does not have',
      'auth/user',
      typed('application/json', '{"user":{"birthDate":"2020-02-31T25:61:00Z","lastDismissMessages":"2023-02-29"}}'),
      invalid('user.birthDate', 'user.lastDismissMessages'),
      'framework',
    ],
    [
      'a day that the calendar does not have',
      'api-keys',
      typed('application/json', '{"apiKey":{"expireDate":"2020-02-30T00:00:00Z"}}'),
      invalid('apiKey.expireDate'),
      'framework',
    ],
    ['a user that is none', 'auth/user', typed('application/json', '{"user":5}'), invalid('user'), 'framework'],
    [
      'a key that is none',
      'api-keys',
      typed('application/json', '{"apiKey":{"permissions":3e9}}'),
      invalid('apiKey.permissions'),
      'framework',
    ],
    ['a form', 'auth/login', typed('application/x-www-form-urlencoded', 'username=admin'), unsupported, 'framework'],
    ['plain text', 'auth/login', typed('text/plain', valid), unsupported, 'framework'],
    ['text/*+json', 'auth/login', typed('text/x+json', valid), unsupported, 'framework'],
    ['a type that is none', 'auth/login', typed('json', valid), unsupported, 'framework'],
    ['a form without body', 'auth/login', typed('application/x-www-form-urlencoded'), unsupported, 'framework'],
    ['neither type nor body', 'auth/login', {}, unsupported, 'framework'],
    [
      'a form to log out with',
      'auth/logout',
      typed('application/x-www-form-urlencoded', 'x=y'),
      unsupported,
      'framework',
    ],
  ]
  for (const [name, path, ask, problem, evidence] of rows) {
    const answer = await emulator.post(`${base}/${path}`, ask)
    t.equal(answer.headers['content-type'], problemJson, name)
    const { traceId: trace, ...rest } = answer.json
    t.strictSame(rest, problem, name)
    t.equal(answer.status, rest.status, name)
    t.match(trace, traceId, name)
    t.equal(Object.keys(answer.json).at(-1), 'traceId', name)
    t.equal(answer.headers['x-understudy-evidence'], path === 'api-keys' ? 'framework' : evidence, name)
  }
})

t.test('the same request at the same instant has the same trace, at another instant another', async (t) => {
  const emulator = await emulate(t)
  const trace = async () => (await emulator.post(`${base}/auth/login`)).json.traceId
  const first = await trace()
  t.equal(await trace(), first)
  emulator.clock.advance(1)
  t.not(await trace(), first)
})

t.test('a body beyond the limit is a 413 without a word', async (t) => {
  const { post } = await emulate(t)
  const answer = await post(`${base}/auth/login`, { body: { username: 'x'.repeat(1_100_000) } })
  t.equal(answer.status, 413)
  t.equal(answer.text, '')
})

const wrong = (remoteAddress: string): Ask => ({ body: { ...admin, password: 'x' }, remoteAddress })

t.test('five failures block the address for 300 seconds, for the right password too', async (t) => {
  const { clock, post } = await emulate(t)
  for (let failure = 1; failure <= 5; failure++) {
    t.equal((await post(`${base}/auth/login`, wrong('10.0.0.1'))).text, loginFailed, `failure ${failure}`)
  }
  const right = (remoteAddress: string) => post(`${base}/auth/login`, { body: admin, remoteAddress })
  const blocked = await right('10.0.0.1')
  t.equal(blocked.status, 403)
  t.equal(blocked.text, '')
  t.notOk(blocked.headers['content-type'])
  t.equal(blocked.headers['x-understudy-evidence'], 'assumed')
  t.equal((await right('10.0.0.2')).json.success, true, 'another address')
  clock.freeze(start + 299_999)
  t.equal((await right('10.0.0.1')).status, 403)
  clock.freeze(start + 300_000)
  t.equal((await right('10.0.0.1')).json.success, true)
})

t.test('a success forgets the failures before it, and X-Forwarded-For is not looked at', async (t) => {
  const { post } = await emulate(t)
  const forwarded = (n: number) => ({ 'x-forwarded-for': `10.9.9.${n}` })
  for (let n = 0; n < 4; n++) await post(`${base}/auth/login`, { ...wrong('10.0.0.1'), headers: forwarded(n) })
  t.equal((await post(`${base}/auth/login`, { body: admin, remoteAddress: '10.0.0.1' })).json.success, true)
  for (let n = 0; n < 5; n++) {
    const answer = await post(`${base}/auth/login`, {
      ...wrong('10.0.0.1'),
      headers: { 'content-type': 'application/json', ...forwarded(n) },
    })
    t.equal(answer.status, 200)
  }
  t.equal((await post(`${base}/auth/login`, { body: admin, remoteAddress: '10.0.0.1' })).status, 403)
})

t.test('failures that arrive together do not slip past the lock-out', async (t) => {
  const { post } = await emulate(t)
  const all = await Promise.all(Array.from({ length: 12 }, () => post(`${base}/auth/login`, wrong('10.0.0.1'))))
  t.equal(all.filter(({ status }) => status === 200).length, 5)
  t.equal(all.filter(({ status }) => status === 403).length, 7)
})

t.test('a right password whose comparison ends within a block is refused', async (t) => {
  const fixture = shipped()
  // Cost 12: the comparison that is asked for last also ends last.
  fixture.accounts[1].passwordHash = '$2b$12$/uaF/uaF/uaF/uaF/uaF/uKeeSmBiAH9qBy6fuA79bw/PREIMHkKq'
  const { post } = await emulate(t, { fixtures: t.testdir({ 'babelfor.json': JSON.stringify(fixture) }) })
  const failures = Array.from({ length: 5 }, () => post(`${base}/auth/login`, wrong('10.0.0.1')))
  const right = post(`${base}/auth/login`, { body: sales, remoteAddress: '10.0.0.1' })
  for (const failure of failures) t.equal((await failure).text, loginFailed)
  t.equal((await right).status, 403)
})

t.test('a fresh administrator is what the vendor’s database holds, member by member in order', async (t) => {
  const { get } = await emulate(t)
  const { status, headers, text } = await get(`${base}/auth/user?request=x`, { headers: key(adminKey) })
  t.equal(status, 200)
  t.equal(headers['content-type'], json)
  t.equal(headers['x-understudy-evidence'], 'seed')
  t.equal(
    text,
    `{"success":true,"code":0,"message":null,"user":{"id":"${adminId}","userName":"admin","email":"admin@email.com",` +
      '"phoneNumber":null,"title":null,"firstName":null,"lastName":null,"department":null,"birthDate":null,' +
      '"createdAt":null,"updatedAt":null,"lastDismissMessages":null,"lastLogIn":null,"rank":null,"image":null,' +
      '"address":null,"postalCode":null,"region":null,"city":null,"country":null,"countryCode":null,"mobile":null,' +
      '"notes":null,"customerId":null,"roles":["Administrator"],"apiKeys":[{"id":1,"name":"admin API Key",' +
      `"key":"${adminKey}","clientSecret":null,"createdDate":"2025-01-01T00:00:00Z","expireDate":null,` +
      `"ownerId":"${adminId}","revoked":false,"permissions":15,"description":null}],"settings":[]}}`,
  )
})

t.test('the keys of a user are all shown, with what became of each', async (t) => {
  const emulator = await emulate(t)
  const { user } = (await emulator.get(`${base}/auth/user`, { headers: key(salesKey) })).json
  t.strictSame(
    user.apiKeys.map(({ id, key, revoked, expireDate, permissions }: Record<string, unknown>) => [
      id,
      key,
      revoked,
      expireDate,
      permissions,
    ]),
    [
      [2, salesKey, false, null, 1],
      [3, revokedKey, true, null, 1],
      [4, expiredKey, false, '2025-01-01T00:00:00Z', 1],
    ],
  )
  t.equal(user.userName, 'sales')
})

t.test('a login is remembered as lastLogIn, a fraction of a second without trailing zeros', async (t) => {
  const emulator = await emulate(t)
  const lastLogIn = async () => {
    const token = await login(emulator)
    return (await emulator.get(`${base}/auth/user`, { headers: bearer(token) })).json.user.lastLogIn
  }
  t.equal(await lastLogIn(), '2026-01-01T00:00:00Z')
  emulator.clock.freeze(start + 10_120)
  t.equal(await lastLogIn(), '2026-01-01T00:00:10.12Z')
})

t.test('every protected operation refuses a caller without credentials', async (t) => {
  const { ask } = await emulate(t)
  const operations: [string, string][] = [
    ['GET', 'auth/user'],
    ['POST', 'auth/user'],
    ['POST', 'auth/logout'],
    ['GET', 'roles'],
    ['GET', 'api-keys'],
    ['POST', 'api-keys'],
  ]
  for (const [method, path] of operations) {
    const answer = await ask(method, `${base}/${path}`)
    t.equal(answer.status, 401, `${method} ${path}`)
    t.equal(answer.text, '')
    t.equal(answer.headers['www-authenticate'], 'Bearer')
    t.notOk(answer.headers['content-type'])
  }
})

t.test('401 and 403 go before anything that is wrong with the body', async (t) => {
  const { post } = await emulate(t)
  const body = { body: '{', headers: { 'content-type': 'text/plain' } }
  t.equal((await post(`${base}/auth/user`, body)).status, 401)
  t.equal((await post(`${base}/api-keys`, { ...body, headers: { ...body.headers, ...key(salesKey) } })).status, 403)
})

t.test('a credential is refused in the words of JwtBearer', async (t) => {
  const secret = 'known to the test'
  const emulator = await emulateWithSecret(t, secret)
  const good = await login(emulator)
  const past = { ...claims, nbf: now - 1800, iat: now - 1800, exp: now }
  const { sub: _, ...anonymous } = claims
  const { exp: __, ...endless } = claims
  const [head, payload] = good.split('.')
  const none = `${segment({ alg: 'none', typ: 'JWT' })}.${segment(claims)}.`
  const rows: [string, Record<string, string>, string, string][] = [
    ['another scheme', { authorization: `Basic ${good}` }, 'Bearer', 'framework'],
    ['the bare token', { authorization: good }, 'Bearer', 'framework'],
    ['an empty bearer', { authorization: 'Bearer ' }, 'Bearer', 'framework'],
    ['an empty key', key(''), 'Bearer', 'framework'],
    ['garbage', bearer('garbage'), invalidToken, 'framework'],
    ['two words', bearer(`${good} ${good}`), invalidToken, 'framework'],
    ['a token with a changed signature', bearer(`${head}.${payload}.${'A'.repeat(43)}`), noKey, 'framework'],
    ['a token without signature', bearer(`${head}.${payload}.`), noSignature, 'framework'],
    ['another secret', bearer(forge(hs256, claims, 'another')), noKey, 'framework'],
    ['alg none', bearer(none), noSignature, 'framework'],
    ['alg none over a signature', bearer(forge({ alg: 'none', typ: 'JWT' }, claims, secret)), noKey, 'framework'],
    ['alg HS512', bearer(forge({ alg: 'HS512', typ: 'JWT' }, claims, secret)), noKey, 'framework'],
    ['no sub', bearer(forge(hs256, anonymous, secret)), invalidToken, 'assumed'],
    ['no exp', bearer(forge(hs256, endless, secret)), noExpiry, 'framework'],
    ['no exp, and of the future', bearer(forge(hs256, { ...endless, nbf: now + 1 }, secret)), noExpiry, 'framework'],
    ['an exp that is no number', bearer(forge(hs256, { ...claims, exp: 'x' }, secret)), invalidToken, 'framework'],
    ['a user that is gone', bearer(forge(hs256, { ...claims, sub: 'gone' }, secret)), invalidToken, 'assumed'],
    [
      'an expired token',
      bearer(forge(hs256, past, secret)),
      `${invalidToken}, error_description="The token expired at '01/01/2026 00:00:00'"`,
      'framework',
    ],
    [
      'a token of the future',
      bearer(forge(hs256, { ...claims, nbf: now + 1 }, secret)),
      `${invalidToken}, error_description="The token is not valid before '01/01/2026 00:00:01'"`,
      'framework',
    ],
    ['an unknown key', key('api_000000000000000000000000'), 'Bearer', 'assumed'],
    ['a revoked key', key(revokedKey), 'Bearer', 'assumed'],
    ['an expired key', key(expiredKey), 'Bearer', 'assumed'],
    ['a key in upper case', key(adminKey.toUpperCase()), 'Bearer', 'assumed'],
    ['a bearer for a key', key(good), 'Bearer', 'assumed'],
    ['a key for a bearer', bearer(adminKey), invalidToken, 'framework'],
    ['neither of two', { ...bearer('garbage'), ...key(expiredKey) }, invalidToken, 'framework'],
  ]
  for (const [name, headers, authenticate, evidence] of rows) {
    const answer = await emulator.get(`${base}/auth/user`, { headers })
    t.equal(answer.status, 401, name)
    t.equal(answer.text, '', name)
    t.equal(answer.headers['www-authenticate'], authenticate, name)
    t.equal(answer.headers['x-understudy-evidence'], evidence, name)
  }
  const signed = await emulator.get(`${base}/auth/user`, { headers: bearer(forge(hs256, claims, secret)) })
  t.equal(signed.status, 200, 'a correct signature is enough, as for JwtBearer')
})

t.test('a token is accepted one second before its expiry and refused from it on', async (t) => {
  const emulator = await emulate(t)
  const token = await login(emulator)
  emulator.clock.freeze(start + 1_799_000)
  t.equal((await emulator.get(`${base}/auth/user`, { headers: bearer(token) })).status, 200)
  emulator.clock.freeze(start + 1_800_000)
  const expired = await emulator.get(`${base}/auth/user`, { headers: bearer(token) })
  t.equal(expired.status, 401)
  t.equal(
    expired.headers['www-authenticate'],
    `${invalidToken}, error_description="The token expired at '01/01/2026 00:30:00'"`,
  )
})

t.test('the instant of expiry is written month first', async (t) => {
  const emulator = await emulate(t)
  emulator.clock.freeze(Date.parse('2026-03-25T13:45:06Z'))
  const token = await login(emulator)
  emulator.clock.advance(1_800_000)
  const { headers } = await emulator.get(`${base}/auth/user`, { headers: bearer(token) })
  t.equal(
    headers['www-authenticate'],
    `${invalidToken}, error_description="The token expired at '03/25/2026 14:15:06'"`,
  )
})

t.test('tokenLifetimeSeconds decides how long a token lives', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('babelfor', { tokenLifetimeSeconds: 60 })
  const { json: body } = await emulator.post(`${base}/auth/login`, { body: admin })
  t.equal(body.expiresIn, 60)
  t.equal(JSON.parse(decoded(body.token, 1)).exp, now + 60)
  emulator.clock.freeze(start + 60_000)
  t.equal((await emulator.get(`${base}/auth/user`, { headers: bearer(body.token) })).status, 401)
})

t.test('of two credentials a valid bearer wins, and a valid key makes up for an invalid bearer', async (t) => {
  const emulator = await emulate(t)
  const who = async (headers: Record<string, string>) =>
    (await emulator.get(`${base}/auth/user`, { headers })).json.user.userName
  const token = await login(emulator, sales)
  t.equal(await who({ ...bearer(token), ...key(adminKey) }), 'sales')
  t.equal(await who({ ...bearer(token), ...key(expiredKey) }), 'sales')
  t.equal(await who({ ...bearer('garbage'), ...key(adminKey) }), 'admin')
  t.equal(await who({ authorization: 'Basic x', ...key(adminKey) }), 'admin')
  t.equal(await who({ authorization: `bearer ${token}` }), 'sales', 'the scheme in lower case')
})

t.test('a key permits what its bits say, a bearer what the user’s roles say', async (t) => {
  const emulator = await emulate(t)
  const adminToken = await login(emulator)
  const salesToken = await login(emulator, sales)
  const make = async (permissions: number): Promise<string> => {
    const body = { apiKey: { name: 'k', permissions } }
    return (await emulator.post(`${base}/api-keys`, { body, headers: bearer(adminToken) })).json.apiKey.key
  }
  const [none, read, write, remove, create] = [
    await make(0),
    await make(1),
    await make(2),
    await make(4),
    await make(8),
  ]
  const rows: [string, string, Record<string, string>, number][] = [
    ['GET', 'auth/user', key(read), 200],
    ['GET', 'auth/user', key(none), 403],
    ['GET', 'auth/user', key(write), 403],
    ['GET', 'auth/user', bearer(salesToken), 200],
    ['POST', 'auth/user', key(write), 200],
    ['POST', 'auth/user', key(salesKey), 403],
    ['POST', 'auth/user', key(create), 403],
    ['POST', 'auth/user', bearer(salesToken), 200],
    ['GET', 'roles', key(salesKey), 200],
    ['GET', 'roles', key(remove), 403],
    ['GET', 'roles', bearer(salesToken), 200],
    ['GET', 'api-keys', key(read), 200],
    ['GET', 'api-keys', key(create), 403],
    ['GET', 'api-keys', key(salesKey), 403],
    ['GET', 'api-keys', bearer(salesToken), 403],
    ['POST', 'api-keys', key(create), 200],
    ['POST', 'api-keys', key(read), 403],
    ['POST', 'api-keys', key(write), 403],
    ['POST', 'api-keys', bearer(salesToken), 403],
    ['POST', 'auth/logout', key(none), 200],
  ]
  for (const [method, path, headers, status] of rows) {
    const body = method === 'POST' ? { body: { user: {}, apiKey: {} } } : {}
    const answer = await emulator.ask(method, `${base}/${path}`, { headers, ...body })
    t.equal(answer.status, status, `${method} ${path} ${JSON.stringify(headers)}`)
    if (status === 403) {
      t.equal(answer.text, '')
      t.equal(answer.headers['x-understudy-evidence'], 'assumed', 'no page says what an operation needs')
      t.notOk(answer.headers['www-authenticate'])
    }
  }
})

t.test('an update writes what a user may write and answers the user', async (t) => {
  const emulator = await emulate(t)
  emulator.clock.freeze(start + 5000)
  const writable = {
    email: 'new@example.com',
    phoneNumber: '1',
    title: 'Dr.',
    firstName: 'Ada',
    lastName: 'Lovelace',
    department: 'IT',
    birthDate: '1990-12-10T00:00:00Z',
    lastDismissMessages: '2020-01-01T00:00:00.5Z',
    image: 'AAEC',
    address: 'Street 1',
    postalCode: '10115',
    region: 'R',
    city: 'Berlin',
    country: 'Germany',
    countryCode: 'DE',
    mobile: '2',
    notes: '\u2028',
  }
  const fixed = {
    id: 'x',
    userName: 'root',
    createdAt: '2020-01-01T00:00:00Z',
    updatedAt: '2020-01-01T00:00:00Z',
    lastLogIn: '2020-01-01T00:00:00Z',
    rank: 9,
    customerId: 9,
    roles: ['Administrator', 'Sales'],
    apiKeys: [{ key: 'api_x', permissions: 15 }],
  }
  const before = (await emulator.get(`${base}/auth/user`, { headers: key(adminKey) })).json.user
  const answer = await emulator.post(`${base}/auth/user`, {
    headers: key(adminKey),
    body: { USER: { ...writable, ...fixed } },
  })
  t.equal(answer.status, 200)
  t.strictSame(answer.json, {
    success: true,
    code: 0,
    message: null,
    user: { ...before, ...writable, updatedAt: '2026-01-01T00:00:05Z' },
  })
  t.match(answer.text, /"notes":"\\u2028"/, 'as Newtonsoft escapes it')
  const after = await emulator.get(`${base}/auth/user`, { headers: key(adminKey) })
  t.strictSame(after.json, answer.json)
})

t.test('what an update leaves out or sends as null stays, and dates come back in UTC', async (t) => {
  const emulator = await emulate(t)
  const update = async (user: object) =>
    (await emulator.post(`${base}/auth/user`, { headers: key(adminKey), body: { user } })).json.user
  await update({ firstName: 'Ada', birthDate: '1990-12-10T02:00:00+02:00' })
  const { firstName, birthDate, email, city } = await update({ firstName: null, CITY: 'Berlin' })
  t.strictSame([firstName, birthDate, email, city], ['Ada', '1990-12-10T00:00:00Z', 'admin@email.com', 'Berlin'])
  t.equal((await update({ birthDate: '2000-01-02', postalCode: 10115, rank: '7' })).birthDate, '2000-01-02T00:00:00Z')
  t.equal((await update({})).postalCode, '10115', 'a number is good enough for a string')
})

t.test('settings are found by id and otherwise by category, group and name; read-only ones stay', async (t) => {
  const emulator = await emulate(t)
  const update = async (...settings: object[]) =>
    (await emulator.post(`${base}/auth/user`, { headers: key(adminKey), body: { user: { settings } } })).json.user
      .settings
  const theme = {
    id: 1,
    category: 'ui',
    group: null,
    name: 'theme',
    value: 'dark',
    type: null,
    description: null,
    readOnly: false,
    userId: adminId,
  }
  const added = await update({ id: 77, category: 'ui', name: 'theme', value: 'dark', userId: 'someone' })
  t.strictSame(added, [theme])
  t.strictSame(await update({ id: 1, value: 'light' }), [{ ...theme, value: 'light' }])
  t.strictSame(await update({ category: 'ui', name: 'theme', value: 5 }), [{ ...theme, value: '5' }])
  const second = { ...theme, id: 2, name: 'fixed', value: 'a', readOnly: true }
  t.strictSame(await update({ category: 'ui', name: 'fixed', value: 'a', readOnly: 'True' }), [
    { ...theme, value: '5' },
    second,
  ])
  t.strictSame((await update({ id: 2, value: 'b', readOnly: false }))[1], second)
  t.equal((await update()).length, 2)
})

t.test('several entries for one setting update it one after the other, whatever it is called by then', async (t) => {
  const emulator = await emulate(t)
  const update = async (...settings: object[]) =>
    (await emulator.post(`${base}/auth/user`, { headers: key(adminKey), body: { user: { settings } } })).json.user
      .settings
  const short = async (...settings: object[]) =>
    (await update(...settings)).map(({ id, name, value }: { [name: string]: unknown }) => [id, name, value])
  const [a, b] = [{ name: 'a' }, { name: 'b' }]
  t.strictSame(
    await short({ ...a, value: '1' }, b, { ...a, value: '2' }, { id: 1, value: '3' }),
    [
      [1, 'a', '3'],
      [2, 'b', null],
    ],
    'a setting that the same request adds is known at once',
  )
  t.strictSame(
    await short({ id: 1, name: 'b' }, { ...b, value: '4' }, { id: 2, name: 'c' }, { ...b, value: '5' }, a),
    [
      [1, 'b', '5'],
      [2, 'c', '4'],
      [3, 'a', null],
    ],
    'of two of one name the first to have it is meant, and a name that is given up is free',
  )
  t.strictSame(
    await short({ id: 3, readOnly: true, value: 'x' }, { ...a, value: 'y' }, { id: 3, name: 'z' }),
    [
      [1, 'b', '5'],
      [2, 'c', '4'],
      [3, 'a', 'x'],
    ],
    'one that became read-only stays',
  )
})

// Quadratic work would take longer than the runner lets a test file live.
t.test('twenty thousand settings in one update are answered', async (t) => {
  const emulator = await emulate(t)
  const settings = Array.from({ length: 20_000 }, (_, n) => ({ name: `s${n}` }))
  const update = async (user: object) =>
    (await emulator.post(`${base}/auth/user`, { headers: key(adminKey), body: { user } })).json.user.settings
  t.equal((await update({ settings })).length, 20_000)
  const again = await update({ settings: settings.map((setting) => ({ ...setting, value: 'x' })) })
  t.equal(again.length, 20_000)
  t.strictSame([again[0].value, again[19_999].name, again[19_999].value], ['x', 's19999', 'x'])
})

t.test('a name that is too long for its column is nobody’s, however hard it is to normalise', async (t) => {
  const emulator = await emulate(t)
  const username = '\u0345\u0301'.repeat(100_000)
  const answer = await emulator.post(`${base}/auth/login`, { body: { ...admin, username } })
  t.equal(answer.text, loginFailed)
})

t.test('a fixture has names of 256 characters at most', async (t) => {
  const named = (length: number) => {
    const fixture = shipped()
    fixture.accounts[0].userName = 'n'.repeat(length)
    return emulate(t, { fixtures: t.testdir({ 'babelfor.json': JSON.stringify(fixture) }) })
  }
  const { post } = await named(256)
  const answer = await post(`${base}/auth/login`, { body: { ...admin, username: 'N'.repeat(256) } })
  t.equal(answer.json.success, true)
  await t.rejects(named(257), { message: /\/accounts\/0\/userName/ })
})

t.test('a fixture account with an impossible date is refused', async (t) => {
  const impossible = '2020-02-30T00:00:00Z'
  const rows = [
    ...['birthDate', 'createdAt', 'updatedAt', 'lastDismissMessages', 'lastLogIn'].map((name) => ({
      [name]: impossible,
    })),
    { apiKeys: [{ expireDate: impossible }] },
    { apiKeys: [{ createdDate: impossible }] },
  ]
  for (const given of rows) {
    const fixture = shipped()
    Object.assign(fixture.accounts[1], given)
    const fixtures = t.testdir({ 'babelfor.json': JSON.stringify(fixture) })
    const message = /\/accounts\/1: expected a day of the calendar, not 2020-02-30/
    await t.rejects(emulate(t, { fixtures }), { message }, JSON.stringify(given))
  }
})

t.test('an update without a user, an insert without a key or for nobody fails inside a 200', async (t) => {
  const emulator = await emulate(t)
  const rows: [string, object, string][] = [
    ['auth/user', {}, '{"success":false,"code":3,"message":"The user is required."}'],
    ['auth/user', { user: null }, '{"success":false,"code":3,"message":"The user is required."}'],
    ['api-keys', {}, '{"success":false,"code":3,"message":"The apiKey is required."}'],
    ['api-keys', { apiKey: { ownerId: 'gone' } }, '{"success":false,"code":5,"message":"User not found."}'],
  ]
  for (const [path, body, text] of rows) {
    const answer = await emulator.post(`${base}/${path}`, { headers: key(adminKey), body })
    t.equal(answer.status, 200)
    t.equal(answer.text, text)
    t.equal(answer.headers['x-understudy-evidence'], 'assumed')
  }
})

t.test('logout ends the bearer token that was presented and no other', async (t) => {
  const emulator = await emulate(t)
  const [first, second] = [await login(emulator), await login(emulator)]
  t.not(first, second)
  const answer = await emulator.post(`${base}/auth/logout`, {
    headers: { ...bearer(first), ...key(adminKey) },
    body: {},
  })
  t.equal(answer.status, 200)
  t.equal(answer.text, '{"success":true,"code":0,"message":null}')
  const refused = await emulator.get(`${base}/auth/user`, { headers: bearer(first) })
  t.equal(refused.status, 401)
  t.equal(refused.headers['www-authenticate'], invalidToken)
  t.equal(refused.headers['x-understudy-evidence'], 'assumed')
  t.equal((await emulator.post(`${base}/auth/logout`, { headers: bearer(first) })).status, 401)
  t.equal((await emulator.get(`${base}/auth/user`, { headers: bearer(second) })).status, 200)
  t.equal((await emulator.get(`${base}/auth/user`, { headers: key(adminKey) })).status, 200)
})

t.test('logout takes an empty body of any type, and with a key it changes nothing', async (t) => {
  const emulator = await emulate(t)
  const types = [{}, { 'content-type': 'application/json' }, { 'content-type': 'application/json-patch+json' }]
  for (const type of types) {
    const answer = await emulator.post(`${base}/auth/logout`, { headers: { ...key(adminKey), ...type } })
    t.equal(answer.text, '{"success":true,"code":0,"message":null}')
  }
  t.equal((await emulator.get(`${base}/auth/user`, { headers: key(adminKey) })).status, 200)
})

t.test('with statelessLogout a token is honoured to its expiry', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('babelfor', { statelessLogout: true })
  const token = await login(emulator)
  t.equal((await emulator.post(`${base}/auth/logout`, { headers: bearer(token) })).json.success, true)
  t.equal((await emulator.get(`${base}/auth/user`, { headers: bearer(token) })).status, 200)
})

t.test('roles are listed with their number, and take and skip cut a page out', async (t) => {
  const { get } = await emulate(t)
  const list = async (query: string) => {
    const { json: body } = await get(`${base}/roles${query}`, { headers: key(salesKey) })
    return [body.roles.map(({ name }: { name: string }) => name), body.totalRolesCount]
  }
  const names = ['Administrator', 'Application', 'Customer', 'LicenseManager', 'Sales']
  t.strictSame(await list(''), [names, 5])
  t.strictSame(await list('?take=2&skip=1&filter=x&sort=y&select=z'), [['Application', 'Customer'], 5])
  t.strictSame(await list('?take=0'), [names, 5])
  const first = await get(`${base}/roles?take=1`, { headers: key(salesKey) })
  t.equal(
    first.text,
    '{"success":true,"code":0,"message":null,"roles":[{"id":"b1f0c2d4-1a3e-4c57-8e90-7d2b6a5f4c01",' +
      '"name":"Administrator"}],"totalRolesCount":5}',
  )
  t.equal(first.headers['x-understudy-evidence'], 'documented')
  const refused = await get(`${base}/roles?take=some`, { headers: key(salesKey) })
  t.equal(refused.status, 400)
  t.strictSame(Object.keys(refused.json.errors), ['take'])
})

t.test('a key whose owner is gone is challenged like any bad key, and no bearer is blamed', async (t) => {
  const emulator = await emulate(t)
  const token = await login(emulator)
  t.equal((await emulator.ask('DELETE', `/_understudy/accounts/babelfor/${adminId}`)).status, 204)
  for (const [headers, authenticate] of [
    [key(adminKey), 'Bearer'],
    [bearer(token), invalidToken],
    [{ ...key(adminKey), ...bearer(token) }, invalidToken],
  ] as const) {
    const { status, text, headers: sent } = await emulator.get(`${base}/auth/user`, { headers })
    t.strictSame([status, text, sent['www-authenticate']], [401, '', authenticate])
    t.equal(sent['x-understudy-evidence'], 'assumed')
  }
})

t.test('an administrator lists all keys and makes new ones that work at once', async (t) => {
  const emulator = await emulate(t)
  const headers = key(adminKey)
  const salesId = (await emulator.get(`${base}/auth/user`, { headers: key(salesKey) })).json.user.id
  const given = { name: 'ci', ownerId: salesId, permissions: 1, description: 'd', expireDate: '2026-01-01T01:00:00Z' }
  const made = await emulator.post(`${base}/api-keys`, {
    headers,
    body: { apiKey: { ...given, id: 1, key: 'api_mine', revoked: true, createdDate: '2000-01-01T00:00:00Z' } },
  })
  t.equal(made.status, 200)
  const { key: secret, ...rest } = made.json.apiKey
  t.match(secret, /^api_[a-z0-9]{24}$/)
  t.strictSame(rest, { ...given, id: 5, clientSecret: null, createdDate: '2026-01-01T00:00:00Z', revoked: false })
  t.strictSame(Object.keys(made.json), ['success', 'code', 'message', 'apiKey'])
  t.equal((await emulator.get(`${base}/auth/user`, { headers: key(secret) })).json.user.userName, 'sales')

  const list = (await emulator.get(`${base}/api-keys`, { headers })).json
  t.strictSame(Object.keys(list), ['success', 'code', 'message', 'apiKeys', 'totalApiKeysCount'])
  t.equal(list.totalApiKeysCount, 5)
  t.strictSame(list.apiKeys[4], made.json.apiKey)
  const page = (await emulator.get(`${base}/api-keys?skip=4&take=9`, { headers })).json
  t.strictSame([page.apiKeys.length, page.totalApiKeysCount], [1, 5])

  emulator.clock.freeze(start + 3_600_000)
  t.equal((await emulator.get(`${base}/auth/user`, { headers: key(secret) })).status, 401, 'it expires')

  const own = await emulator.post(`${base}/api-keys`, { headers, body: { apiKey: {} } })
  t.match(own.json.apiKey, { ownerId: adminId, permissions: 0, name: null, expireDate: null })
})

t.test('ignoreDefaultValues and indent write as the shipped server does', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('babelfor', { ignoreDefaultValues: true, indent: true })
  const { text } = await emulator.get(`${base}/auth/user`, { headers: key(adminKey) })
  t.equal(
    text,
    `{
  "success": true,
  "user": {
    "id": "${adminId}",
    "userName": "admin",
    "email": "admin@email.com",
    "roles": [
      "Administrator"
    ],
    "apiKeys": [
      {
        "id": 1,
        "name": "admin API Key",
        "key": "${adminKey}",
        "createdDate": "2025-01-01T00:00:00Z",
        "ownerId": "${adminId}",
        "permissions": 15
      }
    ],
    "settings": []
  }
}`,
  )
  const failed = await emulator.post(`${base}/auth/login`, { body: { ...admin, password: 'x' } })
  t.equal(failed.text, '{\n  "code": 16,\n  "message": "Invalid username or password."\n}')
  t.match((await emulator.post(`${base}/auth/login`)).text, /^\{\n {2}"type": "https/)
})

t.test('paths match in any letter case and without one trailing slash', async (t) => {
  const { get, post } = await emulate(t)
  t.equal((await get('/babelfor/V1/Auth/User/', { headers: key(adminKey) })).status, 200)
  t.equal((await post('/babelfor/v1/AUTH/LOGIN/', { body: admin })).json.success, true)
  t.equal((await get(`${base}/auth/user//`, { headers: key(adminKey) })).status, 404)
})

t.test('an unknown route is an empty 404, a wrong method an empty 405 with what is allowed', async (t) => {
  const { ask } = await emulate(t)
  const rows: [string, string, number, string | undefined, string][] = [
    ['GET', '/v1/auth/nothing', 404, undefined, 'assumed'],
    ['GET', '/', 404, undefined, 'assumed'],
    ['GET', '/v1/auth/login', 405, 'POST', 'framework'],
    ['DELETE', '/v1/auth/user', 405, 'GET, POST', 'framework'],
    ['HEAD', '/v1/auth/user', 405, 'GET, POST', 'framework'],
    ['OPTIONS', '/v1/auth/logout', 405, 'POST', 'framework'],
    ['HEAD', '/v1/roles', 405, 'GET', 'framework'],
  ]
  for (const [method, path, status, allow, evidence] of rows) {
    const answer = await ask(method, `/babelfor${path}`)
    t.equal(answer.status, status, `${method} ${path}`)
    t.equal(answer.text, '', `${method} ${path}`)
    t.equal(answer.headers.allow, allow, `${method} ${path}`)
    t.equal(answer.headers['x-understudy-evidence'], evidence, `${method} ${path}`)
    t.notOk(answer.headers['content-type'], `${method} ${path}`)
  }
})

t.test('a throttled address is shut out without a word', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('babelfor', { throttle: { limit: 1, windowSeconds: 60 } })
  t.equal((await emulator.get(`${base}/roles`, { headers: key(adminKey) })).status, 200)
  const answer = await emulator.get(`${base}/roles`, { headers: key(adminKey) })
  t.equal(answer.status, 403)
  t.equal(answer.text, '')
})

t.test('two servers of one seed answer the same bytes', async (t) => {
  const first = await emulate(t)
  const second = await emulate(t)
  t.equal(await login(first), await login(second))
  const made = ({ post }: Emulator) => post(`${base}/api-keys`, { headers: key(adminKey), body: { apiKey: {} } })
  t.equal((await made(first)).text, (await made(second)).text)
})

t.test('a life that no clock can count is refused', async (t) => {
  const { set } = await emulate(t)
  await t.rejects(set('babelfor', { tokenLifetimeSeconds: 1e300 }), { message: /invalid-input/ })
})
