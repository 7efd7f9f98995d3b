import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Refusal } from '../../src/core/refusal.js'
import { World } from '../../src/core/world.js'
import { openStore } from '../../src/store/database.js'
import { readFixture } from '../../src/vendors/load-fixture.js'
import { seedRealm } from '../../src/vendors/seed-realm.js'
import type { ThiioTypes } from '../../src/vendors/thiio/fixture.js'
import { thiio } from '../../src/vendors/thiio/index.js'
import { authenticate } from '../../src/vendors/thiio/session.js'
import { issue } from '../../src/vendors/thiio/tokens.js'
import type { VendorTypes } from '../../src/vendors/vendor.js'
import { type Ask, cheapFixtures, type Emulator, emulate, start } from '../support/emulate.js'
import { lastingFolder } from '../support/folder.js'
import { forge, hs256, publicPem, rs256, segments, signedBy, unsigned } from '../support/jwt.js'

const admin = { email: 'admin@thiio.com', password: '123456789' }
const current = readFileSync('fixtures/keys/current.pem', 'utf8')
const foreign = readFileSync('fixtures/keys/foreign.pem', 'utf8')
const header = { typ: 'JWT', alg: 'RS256' }
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const unauthenticated = '{"message":"Unauthenticated."}'
const badCredentials = '{"message":"These credentials do not match our records."}'
const bothMissing =
  '{"message":"The email field is required. (and 1 more error)","errors":{' +
  '"email":["The email field is required."],"password":["The password field is required."]}}'
const oneMissing = (name: string) =>
  `{"message":"The ${name} field is required.","errors":{"${name}":["The ${name} field is required."]}}`
const pretty = (message: string) => `{\n    "message": "${message}"\n}`

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

/** The next letter of base64url. */
function followingLetter(letter: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return letters.charAt(letters.indexOf(letter) + 1)
}

/** The user of the published page; `password` is the one member that differs. */
const printedUser = (password: string) =>
  '{"id":1,"uuid":"32ce1a5a-8e9c-4a20-afff-57c1deaee136","contact_id":1,"type":"customer_employee",' +
  `"email":"admin@thiio.com","email_verified_at":null,"password":"${password.replaceAll('/', '\\/')}",` +
  '"metadata":{"language":"en","dashboards":{"default":"set_up","favorites":["set_up","default"]},' +
  '"date_format":"DD\\/MM\\/YYYY","workspace_type":"advanced","test_token_time":30,"worker_attributes":' +
  '{"lucas_uri":"agent_1_admin","contact_uri":"client:1_admin","inbound_calls":0,"inbound_conversations":0}},' +
  '"integrations_meta":null,"dialer_extension":null,"dialer_worker_sid":"WK4a1887b78f41363a21d5e03f3171a873",' +
  '"dialer_activity_sid":"WA993d72c19cd2b35bfc6e2cc9b2690348","dialer_activity_name":"Idle","remember_token":null,' +
  '"welcome_email_sent":0,"two_factor_enabled":0,"two_factor_secret_key":null,"deactivated_at":null,' +
  '"created_at":"2024-06-21 00:23:02","updated_at":"2024-06-24 12:33:14","deleted_at":null,"uri":"client:1_admin"}'

async function login({ post }: Emulator, body: object = admin): Promise<string> {
  return (await post('/thiio/api/login', { body })).json.data.token
}

/** The shipped fixture with further accounts. */
function fixtureWith(...accounts: object[]): string {
  const fixture = JSON.parse(readFileSync(join(cheapFixtures(), 'thiio.json'), 'utf8'))
  fixture.accounts.push(...accounts)
  return lastingFolder({ 'thiio.json': JSON.stringify(fixture) })
}

const gone = { id: 3, email: 'gone@thiio.com', password: '123456789', deleted_at: '2025-01-01 00:00:00' }

t.test('check answers the user of the published page, hash included, with slashes escaped', async (t) => {
  const emulator = await emulate(t, { fixtures: 'fixtures' })
  const { status, headers, text } = await emulator.get('/thiio/api/check', bearer(await login(emulator)))
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/json')
  t.equal(headers['cache-control'], 'no-cache, private')
  t.equal(headers['x-understudy-evidence'], 'documented')
  t.equal(text, `{"user":${printedUser('$2y$10$GvKt2LbBsT0xUjoc5Qigoe4ebj9S7cApyxbdVA1RT0xukecuhUAbq')}}`)
})

t.test('login answers the same user, a token, the second it ends and the id of the integration', async (t) => {
  const emulator = await emulate(t)
  const { status, headers, json, text } = await emulator.post('/thiio/api/login', { body: admin })
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/json')
  const { token, user, integration_uuid } = json.data
  t.match(user.password, /^\$2y\$04\$.{53}$/)
  t.match(integration_uuid, uuid)
  t.equal(
    text,
    `{"data":{"user":${printedUser(user.password)},"token":"${token}","expires":1924991999,"setup_finished":true,` +
      `"integration_uuid":"${integration_uuid}"}}`,
  )
  t.equal((await emulator.post('/thiio/api/login', { body: admin })).json.data.integration_uuid, integration_uuid)
})

t.test('the token is the published one in header, claims, their order and types, and key length', async (t) => {
  const emulator = await emulate(t)
  const token = await login(emulator)
  t.equal(token.split('.')[0], 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9')
  t.equal(token.split('.')[2]?.length, 683)
  t.ok(signedBy(token, publicPem(current)))
  t.notOk(signedBy(token, publicPem(foreign)))
  const { payload, signature, claims } = segments(token)
  t.equal(signature.length, 512)
  t.match(claims.jti, /^[0-9a-f]{80}$/)
  t.equal(
    payload,
    `{"aud":"1","jti":"${claims.jti}","iat":1767225599.999995,"nbf":1767225600,"exp":1924991999.974,"sub":"1","scopes":[]}`,
  )
})

t.test('times have the fractions of the published token, and five years are five of the calendar', async (t) => {
  const emulator = await emulate(t)
  const rows: [string, string, string, string, number][] = [
    // The instant of the published token, whose exp is 1881345780.735343.
    ['2024-08-13T20:03:00.761Z', '1723579380.760995', '1723579380.761', '1881345780.735', 1881345780],
    ['2024-02-29T12:00:00.026Z', '1709208000.025995', '1709208000.026', '1867060800', 1867060800],
    ['2024-02-29T12:00:00.025Z', '1709208000.024995', '1709208000.025', '1867060799.999', 1867060799],
  ]
  for (const [at, iat, nbf, exp, expires] of rows) {
    emulator.clock.freeze(Date.parse(at))
    const { data } = (await emulator.post('/thiio/api/login', { body: admin })).json
    t.match(segments(data.token).payload, `"iat":${iat},"nbf":${nbf},"exp":${exp},"sub"`, at)
    t.equal(data.expires, expires, at)
  }
})

t.test('each login adds a token and ends none', async (t) => {
  const emulator = await emulate(t)
  const first = await login(emulator)
  const second = await login(emulator)
  t.not(first, second)
  for (const token of [first, second]) t.equal((await emulator.get('/thiio/api/check', bearer(token))).status, 200)
})

t.test('login reads what Laravel would take for the email and the password', async (t) => {
  const { post } = await emulate(t)
  const form = 'application/x-www-form-urlencoded'
  const multipart =
    '--x\r\ncontent-disposition: form-data; name="email"\r\n\r\nadmin@thiio.com\r\n' +
    '--x\r\ncontent-disposition: form-data; name="password"\r\n\r\n123456789\r\n--x--\r\n'
  const rows: [string, Ask, string?][] = [
    ['the names of later revisions', { body: { ...admin, integration: 'zapier' } }],
    ['another integration', { body: { ...admin, integration: 'other', domain: 5 } }],
    [
      'the names of the first revision',
      { body: { Email: admin.email, Password: admin.password, Domain: 'https://my-domain.thiio.io' } },
    ],
    ['both spellings, of which the lower case wins', { body: { ...admin, Email: 'x', Password: 'x' } }],
    [
      'a lower-case name that is empty',
      { body: { email: '', password: null, Email: admin.email, Password: admin.password } },
    ],
    ['an email in other letter case', { body: { ...admin, email: 'Admin@THIIO.com' } }],
    ['an email with blanks around it', { body: { ...admin, email: ' admin@thiio.com\t\u200b' } }],
    ['a password that is a number', { body: { ...admin, password: 123456789 } }],
    ['a form', { body: 'email=admin%40thiio.com&password=123456789', headers: { 'content-type': form } }],
    ['a multipart form', { body: multipart, headers: { 'content-type': 'multipart/form-data; boundary=x' } }],
    ['the query', {}, '?email=admin%40thiio.com&password=123456789'],
    ['a body over the query', { body: admin }, '?email=nobody&password=x'],
    ['any Accept', { body: admin, headers: { accept: 'text/html', 'content-type': 'application/json' } }],
  ]
  for (const [name, ask, query = ''] of rows) t.equal((await post(`/thiio/api/login${query}`, ask)).status, 200, name)
})

t.test('login is refused as Laravel would refuse it', async (t) => {
  const blank = { email: 'blank@thiio.com', password: '' }
  const { post } = await emulate(t, { fixtures: fixtureWith(gone, blank) })
  const json = { 'content-type': 'application/json' }
  const rows: [string, Ask, number, string][] = [
    ['nothing', {}, 422, bothMissing],
    ['an empty JSON body', { headers: json }, 422, bothMissing],
    ['JSON that cannot be read', { body: '{"email":', headers: json }, 422, bothMissing],
    [
      'JSON that is no UTF-8',
      { body: Buffer.from('{"email":"\xff","password":"x"}', 'latin1'), headers: json },
      422,
      bothMissing,
    ],
    ['a list', { body: [admin] }, 422, bothMissing],
    [
      'another media type',
      { body: JSON.stringify(admin), headers: { 'content-type': 'text/plain' } },
      422,
      bothMissing,
    ],
    ['nulls', { body: { email: null, password: null } }, 422, bothMissing],
    ['empty texts', { body: { email: '', password: '' } }, 422, bothMissing],
    ['blanks', { body: { email: ' \t', password: '  ' } }, 422, bothMissing],
    ['empty lists and objects', { body: { email: [], password: {} } }, 422, bothMissing],
    ['no email', { body: { password: 'x' } }, 422, oneMissing('email')],
    ['no password', { body: { email: 'x' } }, 422, oneMissing('password')],
    ['an empty password', { body: { ...admin, password: '' } }, 422, oneMissing('password')],
    ['a wrong password', { body: { ...admin, password: '12345678' } }, 401, badCredentials],
    ['a password with blanks around it', { body: { ...admin, password: ' 123456789 ' } }, 401, badCredentials],
    ['an unknown user', { body: { ...admin, email: 'nobody@thiio.com' } }, 401, badCredentials],
    ['a malformed email', { body: { ...admin, email: 'admin' } }, 401, badCredentials],
    ['a list for an email', { body: { ...admin, email: [admin.email] } }, 401, badCredentials],
    ['a list for a password', { body: { ...admin, password: [admin.password] } }, 401, badCredentials],
    ['an object for a password', { body: { ...admin, password: { a: 1 } } }, 401, badCredentials],
    ['a list where the password is empty', { body: { ...blank, password: ['x'] } }, 401, badCredentials],
    ['a number for an email', { body: { ...admin, email: 0 } }, 401, badCredentials],
    ['true and false', { body: { email: true, password: false } }, 401, badCredentials],
    ['a deactivated user', { body: { ...admin, email: 'deactivated@thiio.com' } }, 401, badCredentials],
    ['a deleted user', { body: { ...admin, email: gone.email } }, 401, badCredentials],
  ]
  for (const [name, ask, status, body] of rows) {
    const answer = await post('/thiio/api/login', ask)
    t.equal(answer.status, status, name)
    t.equal(answer.text, body, name)
    t.equal(answer.headers['content-type'], 'application/json', name)
    t.equal(answer.headers['cache-control'], 'no-cache, private', name)
    t.equal(answer.headers['x-understudy-evidence'], 'assumed', name)
  }
})

t.test('with badCredentials 422 a failed login has the form of a validation error', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('thiio', { badCredentials: 422 })
  for (const email of ['admin@thiio.com', 'nobody@thiio.com', 'deactivated@thiio.com']) {
    const password = email === admin.email ? 'x' : admin.password
    const { status, text } = await emulator.post('/thiio/api/login', { body: { email, password } })
    t.equal(status, 422, email)
    t.equal(
      text,
      '{"message":"These credentials do not match our records.",' +
        '"errors":{"email":["These credentials do not match our records."]}}',
      email,
    )
  }
})

t.test('with requireIntegration a login must name zapier', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('thiio', { requireIntegration: true })
  const invalid =
    '{"message":"The selected integration is invalid.","errors":{"integration":["The selected integration is invalid."]}}'
  const allMissing = bothMissing
    .replace('1 more error', '2 more errors')
    .replace(/\}\}$/, ',"integration":["The integration field is required."]}}')
  const rows: [string, object, number, string?][] = [
    ['zapier', { ...admin, integration: 'zapier' }, 200],
    ['zapier with blanks around it', { ...admin, integration: ' zapier ' }, 200],
    ['other letter case', { ...admin, integration: 'Zapier' }, 422, invalid],
    ['another', { ...admin, integration: 'other' }, 422, invalid],
    ['a list', { ...admin, integration: ['zapier'] }, 422, invalid],
    ['none', admin, 422, oneMissing('integration')],
    ['an empty one', { ...admin, integration: '' }, 422, oneMissing('integration')],
    ['none, and nothing else', {}, 422, allMissing],
  ]
  for (const [name, body, status, text] of rows) {
    const answer = await emulator.post('/thiio/api/login', { body })
    t.equal(answer.status, status, name)
    if (text) t.equal(answer.text, text, name)
    if (text) t.equal(answer.headers['x-understudy-evidence'], 'assumed', name)
  }
})

t.test('a login of a million blanks between two letters is answered', async (t) => {
  const { post } = await emulate(t)
  const long = `a${' '.repeat(1_000_000)}b`
  for (const body of [
    { email: long, password: 'x' },
    { email: 'x', password: long },
  ]) {
    t.equal((await post('/thiio/api/login', { body })).text, badCredentials)
  }
})

t.test('a life that no clock can count is refused', async (t) => {
  const { set } = await emulate(t)
  await t.rejects(set('thiio', { tokenLifetimeYears: 1e300 }), { message: /invalid-input/ })
})

t.test('with tokenLifetimeYears a token lives as many calendar years', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('thiio', { tokenLifetimeYears: 1 })
  const { data } = (await emulator.post('/thiio/api/login', { body: admin })).json
  t.equal(data.expires, Date.parse('2026-12-31T23:59:59Z') / 1000)
  emulator.clock.freeze(Date.parse('2026-12-31T23:59:59.974Z'))
  t.equal((await emulator.get('/thiio/api/check', bearer(data.token))).status, 401)
})

t.test('check refuses whatever is not a live token of this installation, always with the same answer', async (t) => {
  const emulator = await emulate(t, { fixtures: fixtureWith(gone) })
  const token = await login(emulator)
  const { claims } = segments(token)
  const [head, body, signature] = token.split('.')
  const forged = (changes: object, signer = rs256(current)) => forge(header, { ...claims, ...changes }, signer)
  const { jti: _, ...withoutId } = claims
  const other = await emulator.post('/tavio/v1/acme/auth/login', {
    body: { username: 'john.doe', password: 'john.doe.password' },
  })
  const soon = start / 1000 + 0.000_001

  const good: [string, string][] = [
    ['the token', `Bearer ${token}`],
    ['blanks after the scheme', `Bearer   ${token}`],
    ['a forgery that is wrong in nothing', `Bearer ${forged({})}`],
    ['one that is valid from this instant on', `Bearer ${forged({ iat: start / 1000, nbf: start / 1000 })}`],
    ['that of a deactivated user', `Bearer ${forged({ sub: '2' })}`],
  ]
  for (const [name, authorization] of good) {
    t.equal((await emulator.get('/thiio/api/check', { headers: { authorization } })).status, 200, name)
  }

  const bad: [string, string?][] = [
    ['no header'],
    ['an empty header', ''],
    ['no token', 'Bearer'],
    ['garbage', 'Bearer garbage'],
    ['three segments of garbage', 'Bearer a.b.c'],
    ['the bare token', token],
    ['the scheme in lower case', `bearer ${token}`],
    ['another scheme', `Basic ${token}`],
    ['a word before the scheme', `Token Bearer ${token}`],
    ['two tokens', `Bearer ${token}, Bearer ${token}`],
    ['a tab for the blank', `Bearer\t${token}`],
    ['alg none', `Bearer ${forge({ typ: 'JWT', alg: 'none' }, claims, unsigned)}`],
    [
      'HS256 with the public key as its secret',
      `Bearer ${forge({ typ: 'JWT', alg: 'HS256' }, claims, hs256(publicPem(current)))}`,
    ],
    ['a foreign key', `Bearer ${forged({}, rs256(foreign))}`],
    [
      'another payload',
      `Bearer ${head}.${Buffer.from(JSON.stringify({ ...claims, sub: '2' })).toString('base64url')}.${signature}`,
    ],
    ['another header', `Bearer ${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${body}.${signature}`],
    ['half a signature', `Bearer ${token.slice(0, -300)}`],
    ['no signature', `Bearer ${head}.${body}.`],
    // Of the last letter two bits of six belong to the signature; the others are none in a token that was issued.
    ['another spelling of the signature', `Bearer ${token.slice(0, -1)}${followingLetter(token.slice(-1))}`],
    ['a payload that is no object', `Bearer ${forge(header, '"x"', rs256(current))}`],
    ['expired', `Bearer ${forged({ exp: start / 1000 })}`],
    ['nbf in the future', `Bearer ${forged({ nbf: soon })}`],
    ['iat in the future', `Bearer ${forged({ iat: soon })}`],
    ['exp that is a text', `Bearer ${forged({ exp: 'never' })}`],
    ['an unknown jti', `Bearer ${forged({ jti: '0'.repeat(80) })}`],
    ['no jti', `Bearer ${forge(header, withoutId, rs256(current))}`],
    ['another client', `Bearer ${forged({ aud: '2' })}`],
    ['an unknown user', `Bearer ${forged({ sub: '999' })}`],
    ['a deleted user', `Bearer ${forged({ sub: '3' })}`],
    ['a token of another vendor', `Bearer ${other.json.token}`],
  ]
  for (const [name, authorization] of bad) {
    const headers = authorization === undefined ? {} : { authorization }
    const answer = await emulator.get('/thiio/api/check', { headers })
    t.equal(answer.status, 401, name)
    t.equal(answer.text, unauthenticated, name)
    t.equal(answer.headers['content-type'], 'application/json', name)
    t.equal(answer.headers['x-understudy-evidence'], 'framework', name)
    t.notOk(answer.headers['www-authenticate'], name)
  }
  t.equal((await emulator.get(`/thiio/api/check?token=${token}&access_token=${token}`)).status, 401, 'the query')
  t.equal((await emulator.get('/thiio/api/check', { headers: { accept: 'text/html' } })).text, unauthenticated)
})

t.test('a token is accepted one second before its expiry and refused from it on', async (t) => {
  const emulator = await emulate(t)
  const token = await login(emulator)
  const end = Date.parse('2030-12-31T23:59:59.974Z')
  for (const [at, status] of [
    [start, 200],
    [end - 1000, 200],
    [end - 1, 200],
    [end, 401],
    [end + 1000, 401],
    [start - 1, 401],
  ] as const) {
    emulator.clock.freeze(at)
    t.equal((await emulator.get('/thiio/api/check', bearer(token))).status, status, new Date(at).toISOString())
  }
})

t.test('the one answer hides a reason, which the emulator itself knows', async (t) => {
  const world = new World({ name: 'reasons', seed: 1, store: openStore() })
  t.teardown(() => world.close())
  world.clock.freeze(start)
  await seedRealm(await readFixture(thiio, join(fixtureWith(gone), 'thiio.json')), world.realm<VendorTypes>('thiio'))
  const realm = world.realm<ThiioTypes>('thiio')
  const account = realm.accounts.find('1')
  if (!account) throw new Error('the fixture has no account 1')
  const { token } = await issue(realm, account)
  const { claims } = segments(token)
  const { sub: _, ...withoutSub } = claims
  const forged = (changes: object, signer = rs256(current)) => forge(header, { ...claims, ...changes }, signer)
  const reason = (authorization: string) => {
    try {
      authenticate(realm, { authorization })
      return 'none'
    } catch (error) {
      return error instanceof Refusal ? error.code : error
    }
  }
  const rows: [string, string][] = [
    ['', 'token-missing'],
    ['x', 'token-malformed'],
    [forged({}, rs256(foreign)), 'token-bad-signature'],
    [forge({ alg: 'HS256' }, claims, hs256(publicPem(current))), 'token-bad-signature'],
    [forged({ exp: 1 }), 'token-expired'],
    [forged({ nbf: 9e9 }), 'token-not-yet-valid'],
    [forged({ iat: 9e9 }), 'token-claim-invalid'],
    [forged({ aud: '2' }), 'token-claim-invalid'],
    [forge(header, withoutSub, rs256(current)), 'token-claim-missing'],
    [forged({ jti: 'x' }), 'token-unknown'],
    [forged({ sub: '3' }), 'token-account-gone'],
    [token, 'none'],
  ]
  for (const [text, code] of rows) t.equal(reason(text && `Bearer ${text}`), code, code)

  const row = realm.tokens.find(claims.jti)
  t.match(row, { kind: 'access', account: '1', issuedAt: start, expiresAt: Date.parse('2030-12-31T23:59:59.974Z') })
  if (row) realm.tokens.revoke(row)
  t.equal(reason(`Bearer ${token}`), 'token-revoked')
})

t.test('an unknown route, a wrong method, OPTIONS and HEAD are answered as Laravel does', async (t) => {
  const emulator = await emulate(t)
  const { ask } = emulator
  const notAllowed = (method: string, route: string, methods: string) =>
    pretty(`The ${method} method is not supported for route ${route}. Supported methods: ${methods}.`)
  const rows: [string, string, number, string, string?][] = [
    ['GET', '/thiio/api/xyz', 404, pretty('The route api/xyz could not be found.')],
    ['POST', '/@w7/thiio/api/xyz/?a=1', 404, pretty('The route api/xyz could not be found.')],
    ['GET', '/thiio', 404, pretty('The route / could not be found.')],
    ['GET', '/thiio/API/check', 404, pretty('The route API/check could not be found.')],
    ['OPTIONS', '/thiio/api/xyz', 404, pretty('The route api/xyz could not be found.')],
    ['GET', '/thiio/api/login', 405, notAllowed('GET', 'api/login', 'POST'), 'POST'],
    ['DELETE', '/thiio/api/login/', 405, notAllowed('DELETE', 'api/login', 'POST'), 'POST'],
    ['POST', '/thiio/api/check', 405, notAllowed('POST', 'api/check', 'GET, HEAD'), 'GET, HEAD'],
    ['OPTIONS', '/thiio/api/login', 200, '', 'POST'],
    ['OPTIONS', '/thiio/api/check', 200, '', 'GET,HEAD'],
    ['HEAD', '/thiio/api/check', 401, ''],
    ['GET', '/thiio/api/check/', 401, unauthenticated],
  ]
  for (const [method, path, status, body, allow] of rows) {
    const answer = await ask(method, path)
    t.equal(answer.status, status, `${method} ${path}`)
    if (method !== 'HEAD') t.equal(answer.text, body, `${method} ${path}`)
    t.equal(answer.headers.allow, allow, `${method} ${path}`)
    t.equal(answer.headers['cache-control'], 'no-cache, private', `${method} ${path}`)
    t.equal(answer.headers['x-understudy-evidence'], 'framework', `${method} ${path}`)
    const type = body === '' && status === 200 ? 'text/html; charset=UTF-8' : 'application/json'
    t.equal(answer.headers['content-type'], type, `${method} ${path}`)
  }
  t.equal((await ask('HEAD', '/thiio/api/check', bearer(await login(emulator)))).status, 200)
})

t.test('every host of a customer is this vendor', async (t) => {
  const { ask } = await emulate(t)
  const { status, text } = await ask('GET', '/api/xyz', { headers: { host: 'my-domain.thiio.io' } })
  t.equal(status, 404)
  t.equal(text, pretty('The route api/xyz could not be found.'))
})

t.test('a body beyond the limit is 413 with an empty message', async (t) => {
  const { post } = await emulate(t)
  const { status, text } = await post('/thiio/api/login', { body: { ...admin, domain: 'x'.repeat(1_048_576) } })
  t.equal(status, 413)
  t.equal(text, pretty(''))
})

t.test('a body shorter than its declared length is an empty one', async (t) => {
  const { post, set } = await emulate(t)
  const short = { body: '{"email":"x"}', headers: { 'content-type': 'application/json', 'content-length': '40' } }
  const { status, text } = await post('/thiio/api/login', short)
  t.equal(status, 422)
  t.equal(text, bothMissing)
  await set('thiio', { requireIntegration: true })
  t.match((await post('/thiio/api/login', short)).text, '"integration":["The integration field is required."]')
})

t.test('a failure of the emulator itself is Laravel’s 500, which tells nothing', async (t) => {
  const settings: VendorTypes['settings'] = { passwordCost: 10, hosts: [], cors: 'off', throttle: false }
  const scene = { method: 'GET', path: '/api/check', operation: 'check', now: start, settings }
  const { status, body } = thiio.refuse.internal({ message: 'secret' }, scene)
  t.equal(status, 500)
  t.equal(body, pretty('Server Error'))
})

t.test('with a throttle the request beyond the limit is 429 and says when to come back', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('thiio', { throttle: { limit: 2, windowSeconds: 60 } })
  const first = await emulator.get('/thiio/api/check')
  t.equal(first.status, 401)
  t.match(first.headers, { 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' })
  await emulator.get('/thiio/api/check')
  emulator.clock.freeze(start + 20_500)
  const { status, text, headers } = await emulator.get('/thiio/api/check')
  t.equal(status, 429)
  t.equal(text, pretty('Too Many Attempts.'))
  t.match(headers, {
    'retry-after': '40',
    'x-ratelimit-limit': '2',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(start / 1000 + 60),
  })
})

t.test('an account needs no more than an email and a password', async (t) => {
  const fixtures = fixtureWith({ email: 'ann.lee@example.com', password: 'x' })
  const body = { email: 'ann.lee@example.com', password: 'x' }
  const emulator = await emulate(t, { fixtures })
  const { user } = (await emulator.post('/thiio/api/login', { body })).json.data
  t.match(user, { id: 3, contact_id: 3, type: 'customer_employee', uri: 'client:3_ann.lee' })
  t.match(user.uuid, uuid)
  t.match(user.dialer_worker_sid, /^WK[0-9a-f]{32}$/)
  t.match(user.dialer_activity_sid, /^WA[0-9a-f]{32}$/)
  t.match(user.metadata.worker_attributes, { lucas_uri: 'agent_3_ann.lee', contact_uri: 'client:3_ann.lee' })
  t.equal(user.created_at, '2026-01-01 00:00:00')
  t.equal(user.updated_at, '2026-01-01 00:00:00')
  const again = await emulate(t, { fixtures })
  t.strictSame((await again.post('/thiio/api/login', { body })).json.data.user, user, 'the same in every run of a seed')
})

t.test('a fixture account with an impossible date is refused, and so is an email that is taken', async (t) => {
  const refused = (account: object, message: RegExp) =>
    t.rejects(emulate(t, { fixtures: fixtureWith({ password: 'x', ...account }) }), { message })
  await refused({ email: 'a@b.c', created_at: '2025-02-30 00:00:00' }, /\/accounts\/2: .*2025-02-30/)
  await refused({ email: 'a@b.c', created_at: '2025-01-01T00:00:00Z' }, /\/accounts\/2\/created_at/)
  await refused({ email: 'ADMIN@thiio.com' }, /\/accounts\/2: .*email/)
})
