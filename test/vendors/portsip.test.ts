import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import t, { type Test } from 'tap'
import { type PortsipTypes, settings } from '../../src/vendors/portsip/fixture.js'
import { authenticate } from '../../src/vendors/portsip/session.js'
import { type Answer, type Ask, cheapFixtures, type Emulator, emulate, start } from '../support/emulate.js'
import { lastingFolder } from '../support/folder.js'
import { bench, refusalOf } from '../support/realm.js'

const base = '/portsip'
const clientId = '9d806019-75b2-4b3d-bb8b-f5a3a412cc0a'
const admin = { username: 'admin', password: 'admin' }
const alice = { username: 'alice.w', password: 'Passw0rd!', domain: 'example.com' }

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const cookie = (session: string, name = 'portsip_session') => ({ headers: { cookie: `${name}=${session}` } })
const form = (fields: Record<string, string> | string) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})
const passwordGrant = (fields: Record<string, string> = admin) =>
  form({ grant_type: 'password', scope: 'all', client_id: clientId, ...fields })
const refreshGrant = (refresh_token: string) =>
  form({ grant_type: 'refresh_token', refresh_token, client_id: clientId })

const errorBody = (code: string, message: string) => `{"errors":[{"code":"${code}","message":"${message}"}]}`
const loginFailed = errorBody('UNAUTHORIZED', 'Login failed, authentication error')
const unauthorized = errorBody('UNAUTHORIZED', 'Unauthorized')
const invalid = errorBody('VALIDATE_FAILED', 'field validation failed')
const unknown = errorBody('UNKNOWN', 'unknown error')
const blocked = (address: string, until: string) =>
  errorBody('DENIED', `the client IP address ${address} has been blocked until ${until}`)

function refused(t: Test, answer: Answer, status: number, body: string, name = 'a refusal'): void {
  t.equal(answer.status, status, name)
  t.equal(answer.text, body, name)
  t.equal(answer.headers['content-type'], 'application/json', name)
  t.notOk(answer.headers['set-cookie'], name)
  t.notOk(answer.headers['www-authenticate'], name)
}

const setCookie = ({ headers }: Answer): string => String(headers['set-cookie'])

/** Logs in and answers the text of the session cookie. */
async function session({ post }: Emulator, body: object = admin): Promise<string> {
  return /^portsip_session=([^;]+);/.exec(setCookie(await post(`${base}/api/login`, { body })))?.[1] ?? ''
}

async function sessionToken(emulator: Emulator, body: object = admin): Promise<string> {
  return (await emulator.get(`${base}/api/login`, cookie(await session(emulator, body)))).json.access_token
}

async function oauthPair({ post }: Emulator): Promise<{ access_token: string; refresh_token: string }> {
  return (await post(`${base}/api/login/oauth/token`, passwordGrant())).json
}

/** Fixtures with a changed `portsip.json`. */
function changedFixture(change: (fixture: ReturnType<typeof JSON.parse>) => void): string {
  const fixture = JSON.parse(readFileSync(join(cheapFixtures(), 'portsip.json'), 'utf8'))
  change(fixture)
  return lastingFolder({ 'portsip.json': JSON.stringify(fixture) })
}

t.test('POST /login answers 200 without a body and opens a session by cookie', async (t) => {
  const { post } = await emulate(t)
  const answer = await post(`${base}/api/login`, { body: admin })
  t.equal(answer.status, 200)
  t.equal(answer.text, '')
  t.equal(answer.headers['content-length'], '0')
  t.notOk(answer.headers['content-type'])
  t.match(setCookie(answer), /^portsip_session=[0-9A-F]{32}; Path=\/portsip; HttpOnly; SameSite=Lax$/)
})

t.test('the cookie’s path is where the client sees the vendor', async (t) => {
  const { post } = await emulate(t)
  const rows: [string, Record<string, string>, string][] = [
    ['/portsip', {}, '/portsip'],
    ['/@w7/portsip', {}, '/@w7/portsip'],
    ['', { host: 'portsip.localhost' }, '/'],
    ['/@w7', { host: 'portsip.localhost:8887' }, '/@w7'],
  ]
  for (const [mount, headers, path] of rows) {
    const login = await post(`${mount}/api/login`, { body: admin, headers })
    t.match(setCookie(login), /^portsip_session=[0-9A-F]{32}; /)
    t.equal(setCookie(login).replace(/=[^;]+/, '=X'), `portsip_session=X; Path=${path}; HttpOnly; SameSite=Lax`)
    const logout = await post(`${mount}/api/logout`, { headers })
    t.equal(setCookie(logout), `portsip_session=; Max-Age=0; Path=${path}; HttpOnly; SameSite=Lax`)
  }
})

t.test('under https the cookie is Secure', async (t) => {
  const { app } = await emulate(t)
  const server = createServer((request, response) => {
    Object.assign(request.socket, { encrypted: true })
    app.routing(request, response)
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const login = await fetch(`http://127.0.0.1:${port}/portsip/api/login`, {
    method: 'POST',
    body: JSON.stringify(admin),
    headers: { 'content-type': 'application/json', connection: 'close' },
  })
  t.match(
    login.headers.get('set-cookie'),
    /^portsip_session=[0-9A-F]{32}; Path=\/portsip; HttpOnly; Secure; SameSite=Lax$/,
  )
})

t.test('GET /login shows the session’s access token, its expiry, the seconds left and the role', async (t) => {
  const emulator = await emulate(t)
  const { status, headers, json, text } = await emulator.get(
    `${base}/api/login`,
    cookie(await session(emulator, alice)),
  )
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/json')
  t.match(json.access_token, /^[0-9A-F]{32}$/)
  t.equal(
    text,
    `{"access_token":"${json.access_token}","expires_at":"2026-01-01T00:30:00Z","expires_in":1800,"role":"StandardUser"}`,
  )
})

t.test('the role is the account’s own, for accounts of the system and of a tenant', async (t) => {
  const emulator = await emulate(t)
  const rows: [object, string][] = [
    [admin, 'SystemAdmin'],
    [alice, 'StandardUser'],
    [{ ...alice, username: 'queue.lead' }, 'QueueManager'],
  ]
  for (const [body, role] of rows) {
    t.equal((await emulator.get(`${base}/api/login`, cookie(await session(emulator, body)))).json.role, role)
  }
})

t.test('GET /login takes a bearer token as well, and before the cookie', async (t) => {
  const emulator = await emulate(t)
  const { get } = emulator
  const token = await sessionToken(emulator)
  const { access_token: oauth } = await oauthPair(emulator)
  const other = await session(emulator, alice)
  t.equal((await get(`${base}/api/login`, bearer(token))).json.access_token, token)
  t.equal((await get(`${base}/api/login`, bearer(oauth))).json.access_token, oauth)
  const both = { headers: { ...bearer(token).headers, ...cookie(other).headers } }
  t.equal((await get(`${base}/api/login`, both)).json.role, 'SystemAdmin')
  const bad = { headers: { ...bearer('garbage').headers, ...cookie(other).headers } }
  refused(t, await get(`${base}/api/login`, bad), 401, unauthorized)
  const basic = { headers: { authorization: 'Basic YTpi', ...cookie(other).headers } }
  t.equal((await get(`${base}/api/login`, basic)).status, 200, 'another scheme is no bearer token')
})

t.test('a session does not slide: the same token and instant, with fewer seconds left', async (t) => {
  const emulator = await emulate(t)
  emulator.clock.freeze(start + 400)
  const mine = cookie(await session(emulator))
  const first = (await emulator.get(`${base}/api/login`, mine)).json
  t.equal(first.expires_at, '2026-01-01T00:30:00Z')
  t.equal(first.expires_in, 1800)
  emulator.clock.freeze(start + 60_000)
  const second = (await emulator.get(`${base}/api/login`, mine)).json
  t.strictSame(second, { ...first, expires_in: 1740 })
  emulator.clock.freeze(start + 1_799_999)
  t.equal((await emulator.get(`${base}/api/login`, mine)).json.expires_in, 1)
  t.equal((await emulator.get(`${base}/api/user`, bearer(first.access_token))).status, 200)
  emulator.clock.freeze(start + 1_800_000)
  refused(t, await emulator.get(`${base}/api/login`, mine), 401, unauthorized)
  refused(t, await emulator.get(`${base}/api/user`, bearer(first.access_token)), 401, unauthorized)
})

t.test('with sliding each successful call prolongs the session and its access token, but no OAuth token', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('portsip', { sliding: true })
  const mine = cookie(await session(emulator))
  const other = cookie(await session(emulator))
  const { access_token: oauth } = await oauthPair(emulator)
  const token: string = (await emulator.get(`${base}/api/login`, mine)).json.access_token
  emulator.clock.freeze(start + 1_000_000)
  t.equal((await emulator.get(`${base}/api/user`, bearer(token))).status, 200)
  t.equal((await emulator.get(`${base}/api/login`, bearer(oauth))).json.expires_in, 800)
  emulator.clock.freeze(start + 2_000_000)
  refused(t, await emulator.get(`${base}/api/login`, other), 401, unauthorized, 'the other session was not used')
  refused(t, await emulator.get(`${base}/api/user`, bearer(oauth)), 401, unauthorized)
  const { json } = await emulator.get(`${base}/api/login`, mine)
  t.equal(json.access_token, token)
  t.equal(json.expires_in, 1800)
  t.equal(json.expires_at, '2026-01-01T01:03:20Z')
  emulator.clock.freeze(start + 3_799_999)
  t.equal((await emulator.get(`${base}/api/user`, bearer(token))).status, 200)
})

t.test('every login opens a session of its own, and a failed one leaves the others alone', async (t) => {
  const emulator = await emulate(t)
  const { post, get } = emulator
  const first = await session(emulator)
  const again = await post(`${base}/api/login`, { body: admin, ...cookie(first) })
  const second = /=([^;]+);/.exec(setCookie(again))?.[1] ?? ''
  t.not(second, first)
  const tokens = [first, second].map(async (text) => (await get(`${base}/api/login`, cookie(text))).json.access_token)
  t.not(await tokens[0], await tokens[1])
  await post(`${base}/api/login`, { body: { ...admin, password: 'x' }, ...cookie(first) })
  t.equal((await get(`${base}/api/login`, cookie(first))).status, 200)
})

t.test('logout answers 204 and ends the session together with its access token, and no other', async (t) => {
  const emulator = await emulate(t)
  const { post, get } = emulator
  const mine = cookie(await session(emulator))
  const other = cookie(await session(emulator))
  const token: string = (await get(`${base}/api/login`, mine)).json.access_token
  const answer = await post(`${base}/api/logout`, mine)
  t.equal(answer.status, 204)
  t.equal(answer.text, '')
  t.notOk(answer.headers['content-type'])
  t.equal(setCookie(answer), 'portsip_session=; Max-Age=0; Path=/portsip; HttpOnly; SameSite=Lax')
  refused(t, await get(`${base}/api/login`, mine), 401, unauthorized)
  refused(t, await get(`${base}/api/user`, bearer(token)), 401, unauthorized)
  t.equal((await get(`${base}/api/login`, other)).status, 200)
})

t.test('logout by bearer token ends the session, the cookie’s included', async (t) => {
  const emulator = await emulate(t)
  const mine = cookie(await session(emulator))
  const token: string = (await emulator.get(`${base}/api/login`, mine)).json.access_token
  t.equal((await emulator.post(`${base}/api/logout`, bearer(token))).status, 204)
  refused(t, await emulator.get(`${base}/api/login`, mine), 401, unauthorized)
})

t.test('logout is 204 and clears the cookie whatever it is given', async (t) => {
  const emulator = await emulate(t)
  const { access_token: live, refresh_token: refresh } = await oauthPair(emulator)
  const mine = cookie(await session(emulator))
  await emulator.post(`${base}/api/logout`, mine)
  const rows: [string, Ask][] = [
    ['nothing', {}],
    ['an unknown session', cookie('0'.repeat(32))],
    ['an ended session', mine],
    ['garbage for a token', bearer('garbage')],
    ['a refresh token', bearer(refresh)],
    ['an access token for a cookie', cookie(live)],
    ['a JSON body', { body: {} }],
    ['a broken body', { body: '{', headers: { 'content-type': 'application/json' } }],
  ]
  for (const [name, ask] of rows) {
    const answer = await emulator.post(`${base}/api/logout`, ask)
    t.equal(answer.status, 204, name)
    t.match(setCookie(answer), /^portsip_session=; Max-Age=0; /, name)
  }
  t.equal((await emulator.get(`${base}/api/user`, bearer(live))).status, 200, 'neither of them ended the pair')
  t.equal((await emulator.post(`${base}/api/login/oauth/token`, refreshGrant(refresh))).status, 200)
})

t.test('logout by an access token that has expired ends nothing, its refresh token least of all', async (t) => {
  const emulator = await emulate(t)
  const pair = await oauthPair(emulator)
  emulator.clock.freeze(start + 1_800_000)
  t.equal((await emulator.post(`${base}/api/logout`, bearer(pair.access_token))).status, 204)
  t.equal((await emulator.post(`${base}/api/login/oauth/token`, refreshGrant(pair.refresh_token))).status, 200)
})

t.test('a login without domain is one of the system, a login with domain one of that tenant', async (t) => {
  const { post, set } = await emulate(t)
  await set('portsip', { lockout: false })
  const rows: [string, object, number][] = [
    ['the system administrator', admin, 200],
    ['a reserved name in any letter case', { ...admin, username: 'ADMIN' }, 200],
    ['a tenant user', alice, 200],
    ['a domain in any letter case', { ...alice, domain: 'EXAMPLE.Com' }, 200],
    ['members that nobody knows', { ...alice, remember: true, otp: null }, 200],
    ['a tenant user without domain', { username: 'alice.w', password: 'Passw0rd!' }, 400],
    ['a system account with a domain', { ...admin, domain: 'example.com' }, 400],
    ['a tenant user in another tenant', { ...alice, domain: 'example.org' }, 400],
    ['a tenant user in an unknown tenant', { ...alice, domain: 'nowhere.example' }, 400],
    ['a tenant user in another letter case', { ...alice, username: 'Alice.W' }, 400],
    ['an unknown user', { ...alice, username: 'nobody' }, 400],
    ['an unknown reserved name', { ...admin, username: 'root' }, 400],
    ['a wrong password', { ...admin, password: 'Admin' }, 400],
    ['an empty password', { ...admin, password: '' }, 400],
  ]
  for (const [name, body, status] of rows) {
    for (const answer of [
      await post(`${base}/api/login`, { body }),
      await post(`${base}/api/login/oauth/token`, passwordGrant({ ...body })),
    ]) {
      if (status === 200) t.equal(answer.status, 200, name)
      else refused(t, answer, 400, loginFailed, name)
    }
  }
})

t.test('a body of POST /login that breaks a rule fails validation', async (t) => {
  const { post } = await emulate(t)
  const json = { 'content-type': 'application/json' }
  const rows: [string, Ask][] = [
    ['nothing', {}],
    ['a type without a body', { headers: json }],
    ['no JSON', { body: '{"username":', headers: json }],
    ['bytes that are no UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]), headers: json }],
    ['null', { body: 'null', headers: json }],
    ['an array', { body: [admin] }],
    ['no username', { body: { password: 'admin' } }],
    ['no password', { body: { username: 'admin' } }],
    ['a number for a username', { body: { ...admin, username: 1 } }],
    ['a number for a password', { body: { ...admin, password: 1 } }],
    ['null for a password', { body: { ...admin, password: null } }],
    ['an empty username', { body: { ...admin, username: '' } }],
    ['65 characters', { body: { ...admin, username: 'a'.repeat(65) } }],
    ['a period in front', { body: { ...admin, username: '.admin' } }],
    ['a period at the end', { body: { ...admin, username: 'admin.' } }],
    ['nothing but a period', { body: { ...admin, username: '.' } }],
    ['a space', { body: { ...admin, username: 'ad min' } }],
    ['an at sign', { body: { ...admin, username: 'admin@example.com' } }],
    ['a letter that is not ASCII', { body: { ...admin, username: 'ädmin' } }],
    ['a line break', { body: { ...admin, username: 'admin\n' } }],
    ['an empty domain', { body: { ...alice, domain: '' } }],
    ['281 characters of domain', { body: { ...alice, domain: 'a'.repeat(281) } }],
    ['a form', form(admin)],
    ['JSON under another name', { body: JSON.stringify(admin), headers: { 'content-type': 'text/json' } }],
    ['JSON without a name', { body: Buffer.from(JSON.stringify(admin)) }],
  ]
  for (const [name, ask] of rows) refused(t, await post(`${base}/api/login`, ask), 400, invalid, name)
  const boundaries: [string, object][] = [
    ['one character', { ...admin, username: 'a' }],
    ['64 characters', { ...admin, username: 'a'.repeat(64) }],
    ['every special character', { ...admin, username: "_a-b'c.d_" }],
    ['280 characters of domain', { ...alice, domain: 'a'.repeat(280) }],
  ]
  for (const [name, body] of boundaries) refused(t, await post(`${base}/api/login`, { body }), 400, loginFailed, name)
  const charset = { body: JSON.stringify(admin), headers: { 'content-type': 'Application/JSON; charset=utf-8' } }
  t.equal((await post(`${base}/api/login`, charset)).status, 200)
})

t.test('six failed logins of an address, of either kind, block it for an hour', async (t) => {
  const { post, clock, get } = await emulate(t)
  const wrong = { ...admin, password: 'x' }
  const login = (body: object, remoteAddress = '192.0.2.7') => post(`${base}/api/login`, { body, remoteAddress })
  const grant = (fields: Record<string, string>, remoteAddress = '192.0.2.7') =>
    post(`${base}/api/login/oauth/token`, { ...passwordGrant(fields), remoteAddress })
  for (const attempt of [1, 2, 3]) {
    refused(t, await login(wrong), 400, loginFailed, `login ${attempt}`)
    refused(t, await grant({ ...alice, password: 'x' }), 400, loginFailed, `grant ${attempt}`)
    refused(t, await login({ username: '' }), 400, invalid, 'a failed validation does not count')
    refused(t, await grant({ ...admin, client_id: 'x' }), 400, invalid, 'nor this one')
  }
  const denied = blocked('192.0.2.7', '2026-01-01T01:00:00Z')
  refused(t, await login(wrong), 403, denied, 'the seventh')
  refused(t, await login(admin), 403, denied, 'the right password')
  refused(t, await grant(alice), 403, denied, 'another account')
  refused(t, await login({ username: '' }), 400, invalid)
  t.equal((await login(admin, '192.0.2.8')).status, 200, 'another address')
  t.equal((await get(`${base}/api/info`, { remoteAddress: '192.0.2.7' })).status, 200, 'other operations')
  clock.freeze(start + 3_599_999)
  refused(t, await login(admin), 403, denied, 'to the last millisecond, and not prolonged by attempts')
  clock.freeze(start + 3_600_000)
  refused(t, await login(wrong), 400, loginFailed, 'the count begins anew')
  t.equal((await login(admin)).status, 200)
})

t.test('a success sets the count of failures back', async (t) => {
  const { post } = await emulate(t)
  const fail = () => post(`${base}/api/login`, { body: { ...admin, password: 'x' } })
  for (let attempt = 0; attempt < 5; attempt++) t.equal((await fail()).status, 400)
  t.equal((await post(`${base}/api/login/oauth/token`, passwordGrant())).status, 200)
  for (let attempt = 0; attempt < 6; attempt++) t.equal((await fail()).status, 400)
  t.equal((await fail()).status, 403)
})

t.test('failures that are compared at the same time do not slip through', async (t) => {
  const { post } = await emulate(t)
  const attempts = Array.from({ length: 12 }, () => post(`${base}/api/login`, { body: { ...admin, password: 'x' } }))
  const statuses = (await Promise.all(attempts)).map(({ status }) => status).sort()
  t.strictSame(statuses, [400, 400, 400, 400, 400, 400, 403, 403, 403, 403, 403, 403])
})

t.test('without the setting lockout nobody is blocked', async (t) => {
  const { post, set } = await emulate(t)
  await set('portsip', { lockout: false })
  for (let attempt = 0; attempt < 8; attempt++) {
    refused(t, await post(`${base}/api/login`, { body: { ...admin, password: 'x' } }), 400, loginFailed)
  }
  t.equal((await post(`${base}/api/login`, { body: admin })).status, 200)
})

t.test('the password grant answers a pair of 48 letters and digits each', async (t) => {
  const { post } = await emulate(t)
  for (const fields of [admin, alice]) {
    const { status, headers, json, text } = await post(`${base}/api/login/oauth/token`, passwordGrant(fields))
    t.equal(status, 200)
    t.equal(headers['content-type'], 'application/json')
    t.notOk(headers['set-cookie'])
    t.match(json.access_token, /^[A-Z0-9]{48}$/)
    t.match(json.refresh_token, /^[A-Z0-9]{48}$/)
    t.equal(
      text,
      `{"access_token":"${json.access_token}","expires_in":1800,"refresh_token":"${json.refresh_token}","token_type":"Bearer"}`,
    )
  }
})

t.test('an OAuth token expires on the whole second, 1800 seconds after it was issued', async (t) => {
  const emulator = await emulate(t)
  emulator.clock.freeze(start + 999)
  const { json } = await emulator.post(`${base}/api/login/oauth/token`, passwordGrant())
  t.equal(json.expires_in, 1800)
  emulator.clock.freeze(start + 1_799_999)
  t.equal((await emulator.get(`${base}/api/user`, bearer(json.access_token))).status, 200)
  emulator.clock.freeze(start + 1_800_000)
  refused(t, await emulator.get(`${base}/api/user`, bearer(json.access_token)), 401, unauthorized)
})

t.test('a refresh answers a new pair and ends the old one', async (t) => {
  const emulator = await emulate(t)
  const { post, get } = emulator
  const old = await oauthPair(emulator)
  emulator.clock.freeze(start + 1_800_000)
  const { status, json, text } = await post(`${base}/api/login/oauth/token`, refreshGrant(old.refresh_token))
  t.equal(status, 200)
  t.equal(
    text,
    `{"access_token":"${json.access_token}","expires_in":1800,"refresh_token":"${json.refresh_token}","token_type":"Bearer"}`,
  )
  t.not(json.access_token, old.access_token)
  t.not(json.refresh_token, old.refresh_token)
  t.equal((await get(`${base}/api/user`, bearer(json.access_token))).json.name, 'admin')
  refused(t, await post(`${base}/api/login/oauth/token`, refreshGrant(old.refresh_token)), 400, unknown, 'one use')
  t.equal((await get(`${base}/api/user`, bearer(json.access_token))).status, 200, 'the new pair lives on')
  t.equal((await post(`${base}/api/login/oauth/token`, refreshGrant(json.refresh_token))).status, 200)
})

t.test('a refresh ends an old access token that had time left', async (t) => {
  const emulator = await emulate(t)
  const old = await oauthPair(emulator)
  await emulator.post(`${base}/api/login/oauth/token`, refreshGrant(old.refresh_token))
  refused(t, await emulator.get(`${base}/api/user`, bearer(old.access_token)), 401, unauthorized)
})

t.test('a refresh token that is none, or none any more, is an unknown error and no failed login', async (t) => {
  const emulator = await emulate(t)
  const { post, clock } = emulator
  const revoked = await oauthPair(emulator)
  const expiring = await oauthPair(emulator)
  await post(`${base}/api/login/oauth/revoke`, bearer(revoked.access_token))
  const token = await sessionToken(emulator)
  const rows: [string, string][] = [
    ['garbage', 'garbage'],
    ['a revoked one', revoked.refresh_token],
    ['an access token', expiring.access_token],
    ['a session’s token', token],
  ]
  for (const [name, text] of [...rows, ...rows]) {
    refused(t, await post(`${base}/api/login/oauth/token`, refreshGrant(text)), 400, unknown, name)
  }
  clock.freeze(start + 7 * 86_400_000)
  refused(t, await post(`${base}/api/login/oauth/token`, refreshGrant(expiring.refresh_token)), 400, unknown, 'expired')
  t.equal((await post(`${base}/api/login`, { body: admin })).status, 200)
})

t.test('an OAuth request that breaks a rule fails validation', async (t) => {
  const { post } = await emulate(t)
  const right = { grant_type: 'password', scope: 'all', client_id: clientId, ...admin }
  const without = (name: string) => Object.fromEntries(Object.entries(right).filter(([field]) => field !== name))
  const rows: [string, Ask][] = [
    ['nothing', {}],
    ['an empty form', form('')],
    ['JSON', { body: right }],
    ['a form without a type', { body: Buffer.from(new URLSearchParams(right).toString()) }],
    ['a multipart form', { ...form(right), headers: { 'content-type': 'multipart/form-data; boundary=x' } }],
    ['another client', form({ ...right, client_id: 'another' })],
    ['an unknown grant', form({ ...right, grant_type: 'client_credentials' })],
    ['another scope', form({ ...right, scope: 'some' })],
    ['a username with a space', form({ ...right, username: 'ad min' })],
    ['an empty domain', form({ ...right, domain: '' })],
    ['a field given twice', form(`${new URLSearchParams(right)}&username=admin`)],
    ['an unknown field given twice', form(`${new URLSearchParams(right)}&x=1&x=2`)],
    ['a refresh without token', form({ grant_type: 'refresh_token', client_id: clientId })],
    ['a refresh with an empty token', refreshGrant('')],
    ['a refresh by another client', form({ grant_type: 'refresh_token', refresh_token: 'x', client_id: 'another' })],
    ...Object.keys(right).map((name): [string, Ask] => [`no ${name}`, form(without(name))]),
  ]
  for (const [name, ask] of rows) refused(t, await post(`${base}/api/login/oauth/token`, ask), 400, invalid, name)
  t.equal((await post(`${base}/api/login/oauth/token`, form({ ...right, more: 'x' }))).status, 200)
})

t.test('revoke answers 200 without a body and ends the access token and what belongs to it', async (t) => {
  const emulator = await emulate(t)
  const { post, get } = emulator
  const pair = await oauthPair(emulator)
  const other = await oauthPair(emulator)
  const answer = await post(`${base}/api/login/oauth/revoke`, {
    headers: { ...bearer(pair.access_token).headers, 'content-type': 'application/json' },
  })
  t.equal(answer.status, 200)
  t.equal(answer.text, '')
  t.equal(answer.headers['content-length'], '0')
  t.notOk(answer.headers['content-type'])
  refused(t, await get(`${base}/api/user`, bearer(pair.access_token)), 401, unauthorized)
  refused(t, await post(`${base}/api/login/oauth/token`, refreshGrant(pair.refresh_token)), 400, unknown)
  t.equal((await get(`${base}/api/user`, bearer(other.access_token))).status, 200)
  refused(t, await post(`${base}/api/login/oauth/revoke`, bearer(pair.access_token)), 401, unauthorized)
})

t.test('GET /user answers the user behind a token of either kind, blanks as null', async (t) => {
  const emulator = await emulate(t)
  const { get } = emulator
  t.equal(
    (await get(`${base}/api/user`, bearer(await sessionToken(emulator, alice)))).text,
    '{"id":"NzAwNTUxOTA5NzczMTQ4MTYy","name":"alice.w","email":"alice.w@example.com","display_name":"Alice Wong","role":"StandardUser"}',
  )
  t.equal(
    (await get(`${base}/api/user`, bearer((await oauthPair(emulator)).access_token))).text,
    '{"id":"NzAwNTUxOTA5NzczMTQ4MTYx","name":"admin","email":null,"display_name":"System Administrator","role":"SystemAdmin"}',
  )
})

t.test('an operation that asks for a token refuses everything else', async (t) => {
  const emulator = await emulate(t)
  const mine = await session(emulator)
  const { access_token: oauth, refresh_token: refresh } = await oauthPair(emulator)
  const rows: [string, Record<string, string>][] = [
    ['nothing', {}],
    ['garbage', { authorization: 'Bearer garbage' }],
    ['the bare token', { authorization: oauth }],
    ['another scheme', { authorization: `Basic ${oauth}` }],
    ['the token in lower case', { authorization: `Bearer ${oauth.toLowerCase()}` }],
    ['a refresh token', { authorization: `Bearer ${refresh}` }],
    ['a session for a token', { authorization: `Bearer ${mine}` }],
    ['headers of former versions', { access_token: oauth, 'access-token': oauth }],
  ]
  for (const [name, headers] of [...rows, ['a cookie', cookie(mine).headers] as const]) {
    refused(t, await emulator.get(`${base}/api/user`, { headers }), 401, unauthorized, `user: ${name}`)
    const revoke = await emulator.post(`${base}/api/login/oauth/revoke`, { headers })
    refused(t, revoke, 401, unauthorized, `revoke: ${name}`)
  }
  const cookies: [string, Record<string, string>][] = [
    ['an unknown session', cookie('0'.repeat(32)).headers],
    ['an empty session', cookie('').headers],
    ['a cookie of another name', cookie(mine, 'session').headers],
    ['a token for a session', cookie(oauth).headers],
  ]
  for (const [name, headers] of [...rows, ...cookies]) {
    refused(t, await emulator.get(`${base}/api/login`, { headers }), 401, unauthorized, `login: ${name}`)
  }
  t.equal((await emulator.get(`${base}/api/user?access_token=${oauth}`)).status, 401)
  t.equal((await emulator.get(`${base}/api/user`, { headers: { authorization: `bearer ${oauth}` } })).status, 200)
  t.equal(
    (await emulator.get(`${base}/api/login`, { headers: { cookie: `a=b; portsip_session=${mine}` } })).status,
    200,
  )
})

t.test('a token of another tenant, or of an account that is gone, is none', async (t) => {
  const { realm } = bench<PortsipTypes>(t, { vendor: 'portsip' })
  realm.furnish({ facts: { system: {}, tenants: [] }, settings: Value.Create(settings) })
  const profile = {
    username: 'alice.w',
    domain: 'example.com',
    email: null,
    display_name: null,
    role: 'StandardUser',
    two_factor_enabled: false,
  }
  realm.accounts.create({ id: 'A', state: 'active', passwordHash: '', logins: [], profile })
  const rows: [string, string | null, string, string | undefined][] = [
    ['A', 'Example.com', 'own tenant', undefined],
    ['A', 'example.org', 'another tenant', 'token-wrong-tenant'],
    ['A', null, 'no tenant', 'token-wrong-tenant'],
    ['B', 'example.com', 'no account', 'token-account-gone'],
  ]
  for (const [account, tenant, text, code] of rows) {
    const facts = { accessToken: null }
    realm.tokens.issue(text, { kind: 'access', account, tenant, expiresAt: realm.clock.now() + 1000, facts })
    t.equal(refusalOf(() => authenticate(realm, { text, kinds: ['access'] }))?.code, code, text)
  }
})

t.test('GET /info tells of the system and, with a domain, of the tenant', async (t) => {
  const { get } = await emulate(t)
  const system =
    '"web_domain":"pbx.example.com","private_ipv4":"192.0.2.10","public_ipv4":"203.0.113.10","enable_ipv6":false,' +
    '"private_ipv6":null,"public_ipv6":null,"primary_dns_server":"192.0.2.53","secondary_dns_server":"192.0.2.54"'
  const tenant =
    '"name":"Example","domain":"example.com","website":"https://www.example.com","avatar_url":null,' +
    '"enable_ms365_integration":false,"ms365_authorization_endpoint":null'
  const answer = await get(`${base}/api/info`)
  t.equal(answer.status, 200)
  t.equal(answer.text, `{${system}}`)
  for (const domain of ['example.com', 'Example.COM']) {
    t.equal((await get(`${base}/api/info?domain=${domain}`)).text, `{${system},${tenant}}`)
  }
  refused(t, await get(`${base}/api/info?domain=nowhere.example`), 404, unknown)
  for (const query of ['domain=', `domain=${'a'.repeat(281)}`, 'domain=a&domain=b']) {
    refused(t, await get(`${base}/api/info?${query}`), 400, invalid, query.slice(0, 20))
  }
})

t.test('settings name the cookie, set both lifetimes and give POST /login a body', async (t) => {
  const emulator = await emulate(t)
  const { set, post, get, clock } = emulator
  await set('portsip', {
    sessionCookie: 'sid',
    tokenLifetimeSeconds: 60,
    refreshLifetimeSeconds: 120,
    loginBody: true,
  })
  const login = await post(`${base}/api/login`, { body: alice })
  t.match(setCookie(login), /^sid=[0-9A-F]{32}; Path=\/portsip; HttpOnly; SameSite=Lax$/)
  t.equal(login.headers['content-type'], 'application/json')
  t.equal(
    login.text,
    `{"access_token":"${login.json.access_token}","expires_at":"2026-01-01T00:01:00Z","expires_in":60,"role":"StandardUser"}`,
  )
  const sid = /=([^;]+);/.exec(setCookie(login))?.[1] ?? ''
  t.equal((await get(`${base}/api/login`, cookie(sid, 'sid'))).text, login.text)
  t.equal(
    setCookie(await post(`${base}/api/logout`, cookie(sid, 'sid'))),
    'sid=; Max-Age=0; Path=/portsip; HttpOnly; SameSite=Lax',
  )
  const pair = (await post(`${base}/api/login/oauth/token`, passwordGrant())).json
  t.equal(pair.expires_in, 60)
  clock.freeze(start + 60_000)
  refused(t, await get(`${base}/api/user`, bearer(pair.access_token)), 401, unauthorized)
  clock.freeze(start + 119_999)
  t.equal((await post(`${base}/api/login/oauth/token`, refreshGrant(pair.refresh_token))).status, 200)
  clock.freeze(start + 120_000)
  const late = (await post(`${base}/api/login/oauth/token`, passwordGrant())).json
  clock.freeze(start + 240_000)
  refused(t, await post(`${base}/api/login/oauth/token`, refreshGrant(late.refresh_token)), 400, unknown)
})

t.test('a setting that cannot be is refused', async (t) => {
  const { set } = await emulate(t)
  for (const settings of [
    { profile: '22.3' },
    { sessionCookie: '' },
    { sessionCookie: 'a b' },
    { sessionCookie: 'a;b' },
    { tokenLifetimeSeconds: 0 },
    { tokenLifetimeSeconds: 2 ** 31 },
    { tokenLifetimeSeconds: 1e300 },
    { refreshLifetimeSeconds: 1e300 },
    { refreshLifetimeSeconds: 1.5 },
    { sliding: 'yes' },
  ]) {
    await t.rejects(set('portsip', settings), { message: /invalid-input/ }, JSON.stringify(settings))
  }
})

t.test('a throttled client is told so in the envelope', async (t) => {
  const { get, set } = await emulate(t)
  await set('portsip', { throttle: { limit: 2, windowSeconds: 60 } })
  t.equal((await get(`${base}/api/info`)).status, 200)
  t.equal((await get(`${base}/api/info`)).status, 200)
  refused(t, await get(`${base}/api/info`), 429, unknown)
})

t.test('a body that is too large is 413 in the envelope', async (t) => {
  const { post } = await emulate(t)
  const body = { ...admin, password: 'x'.repeat(1_048_577) }
  refused(t, await post(`${base}/api/login`, { body }), 413, unknown)
})

t.test('an unknown route is 404, a wrong method 405 with Allow, HEAD and OPTIONS included', async (t) => {
  const { ask } = await emulate(t)
  for (const path of [
    '/',
    '/api',
    '/api/nothing',
    '/login',
    '/api/login/',
    '/api/Login',
    '/api/auth/sign_in',
    '/%zz',
  ]) {
    for (const method of ['GET', 'POST']) refused(t, await ask(method, base + path), 404, unknown, `${method} ${path}`)
  }
  const rows: [string, string, string][] = [
    ['DELETE', '/api/login', 'GET, POST'],
    ['OPTIONS', '/api/login', 'GET, POST'],
    ['GET', '/api/logout', 'POST'],
    ['POST', '/api/info', 'GET'],
    ['PUT', '/api/user', 'GET'],
    ['GET', '/api/login/oauth/token', 'POST'],
    ['GET', '/api/login/oauth/revoke', 'POST'],
  ]
  for (const [method, path, allow] of rows) {
    const answer = await ask(method, base + path)
    refused(t, answer, 405, unknown, `${method} ${path}`)
    t.equal(answer.headers.allow, allow, `${method} ${path}`)
  }
  for (const [path, allow] of [
    ['/api/login', 'GET, POST'],
    ['/api/user', 'GET'],
    ['/api/logout', 'POST'],
  ] as const) {
    const answer = await ask('HEAD', base + path)
    t.equal(answer.status, 405, path)
    t.equal(answer.headers.allow, allow, path)
  }
})

t.test('a fixture with an account that PortSIP cannot have is refused with the place and the reason', async (t) => {
  const rows: [object, RegExp][] = [
    [{ username: 'Root', domain: 'example.com' }, /\/accounts\/1: expected another username: Root is reserved/],
    [{ domain: 'nowhere.example' }, /\/accounts\/1: expected a domain that one of the tenants has: nowhere\.example/],
    [{ username: 'queue.lead', domain: 'EXAMPLE.com' }, /\/accounts\/2: expected a username that no other account has/],
    [{ username: 'alice.' }, /\/accounts\/1\/username: expected letters, digits, underscore/],
  ]
  for (const [change, message] of rows) {
    const fixtures = changedFixture(({ accounts }) => Object.assign(accounts[1], change))
    await t.rejects(emulate(t, { fixtures }), { message })
  }
})

t.test('a system account may have any name, and an account without id gets one like the vendor’s', async (t) => {
  const fixtures = changedFixture(({ accounts, settings }) => {
    settings.lockout = false
    accounts.push({ username: 'dealer.one', password: 'x', role: 'Dealer' })
  })
  const emulator = await emulate(t, { fixtures })
  const { post, get } = emulator
  const grant = await post(`${base}/api/login/oauth/token`, passwordGrant({ username: 'dealer.one', password: 'x' }))
  const { json } = await get(`${base}/api/user`, bearer(grant.json.access_token))
  t.match(atob(json.id), /^\d{18}$/)
  t.strictSame(json, { id: json.id, name: 'dealer.one', email: null, display_name: null, role: 'Dealer' })
})

t.test('a null domain is no domain, as the vendor sends blank fields', async (t) => {
  const { post } = await emulate(t)
  t.equal((await post(`${base}/api/login`, { body: { ...admin, domain: null } })).status, 200)
  const tenantUser = await post(`${base}/api/login`, { body: { ...alice, domain: null } })
  refused(t, tenantUser, 400, loginFailed)
})

t.test('a bearer that is no token wins over a good cookie too', async (t) => {
  const emulator = await emulate(t)
  const { headers } = cookie(await session(emulator))
  for (const authorization of ['Bearer garbage', 'Bearer a b', 'bearer x']) {
    refused(t, await emulator.get(`${base}/api/login`, { headers: { ...headers, authorization } }), 401, unauthorized)
  }
  t.equal((await emulator.get(`${base}/api/login`, { headers: { ...headers, authorization: 'Basic x' } })).status, 200)
})

t.test('each answer says on what evidence it rests', async (t) => {
  const emulator = await emulate(t)
  const { post, get } = emulator
  const mine = cookie(await session(emulator))
  const pair = await oauthPair(emulator)
  const wrong = { ...admin, password: 'x' }
  const rows: [string, Promise<Answer>][] = [
    ['seed', post(`${base}/api/login`, { body: admin })],
    ['seed', get(`${base}/api/login`, mine)],
    ['documented', get(`${base}/api/login`)],
    ['documented', get(`${base}/api/user`)],
    ['documented', get(`${base}/api/user`, bearer(pair.access_token))],
    ['documented', get(`${base}/api/info`)],
    ['documented', post(`${base}/api/login/oauth/token`, passwordGrant())],
    ['documented', post(`${base}/api/login/oauth/token`, passwordGrant(wrong))],
    ['documented', post(`${base}/api/login/oauth/token`, refreshGrant('garbage'))],
    ['assumed', post(`${base}/api/login`, { body: wrong })],
    ['assumed', post(`${base}/api/login`, { body: {} })],
    ['assumed', post(`${base}/api/login/oauth/token`, form('x=y'))],
    ['assumed', get(`${base}/api/info?domain=nowhere.example`)],
    ['assumed', get(`${base}/api/user`, bearer(pair.refresh_token))],
    ['assumed', get(`${base}/api/nothing`)],
  ]
  for (const [index, [level, answer]] of rows.entries()) {
    t.equal((await answer).headers['x-understudy-evidence'], level, `row ${index}`)
  }
  const logout = async (ask: Ask) => (await post(`${base}/api/logout`, ask)).headers['x-understudy-evidence']
  const other = cookie(await session(emulator))
  t.equal(await logout(mine), 'documented')
  t.equal(await logout(mine), 'assumed', 'a session that has ended is none')
  emulator.clock.freeze(start + 1_800_000)
  t.equal(await logout(other), 'assumed', 'nor is one that has expired')
  t.equal(await logout(bearer(await sessionToken(emulator))), 'assumed', 'nobody says that a bearer token names one')
})

t.test('the same seed, clock and requests give the same bytes', async (t) => {
  const run = async () => {
    const emulator = await emulate(t)
    return [await session(emulator), await sessionToken(emulator), await oauthPair(emulator)]
  }
  t.strictSame(await run(), await run())
})

t.test('a refresh token that is none is an unknown error, however the path of the grant is spelled', async (t) => {
  const { post } = await emulate(t)
  const { status, json } = await post('/portsip/api/login/%6fauth/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=refresh_token&refresh_token=none&client_id=9d806019-75b2-4b3d-bb8b-f5a3a412cc0a',
  })
  t.equal(status, 400)
  t.strictSame(json, { errors: [{ code: 'UNKNOWN', message: 'unknown error' }] })
})
