import { Value } from '@sinclair/typebox/value'
import t, { type Test } from 'tap'
import type { Account } from '../../src/core/account.js'
import { type PortsipTypes, type Profile, settings } from '../../src/vendors/portsip/fixture.js'
import { assertAcceptable } from '../../src/vendors/portsip/password-policy.js'
import { beginSignIn, redeemCode, sendCode } from '../../src/vendors/portsip/two-factor.js'
import { type Answer, type Ask, type Emulator, emulate, start } from '../support/emulate.js'
import { bench, refusalOf } from '../support/realm.js'

const base = '/portsip'
const auth = `${base}/api/auth`
const clientId = '9d806019-75b2-4b3d-bb8b-f5a3a412cc0a'
const admin = { username: 'admin', password: 'admin' }
const alice = { username: 'alice.w', password: 'Passw0rd!', domain: 'example.com' }
const aliceId = 'NzAwNTUxOTA5NzczMTQ4MTYy'
/** Signs in with a code. */
const grace = { ...alice, username: 'grace.m' }
const graceId = 'NzAwNTUxOTA5NzczMTQ4MTY0'
const forgotten = { username: 'alice.w', domain: 'example.com', callback_url: 'https://pbx.example.com/reset' }
const newPassword = 'c0rrect-Horse'

const errorBody = (code: string, message: string) => `{"errors":[{"code":"${code}","message":"${message}"}]}`
const loginFailed = errorBody('UNAUTHORIZED', 'Login failed, authentication error')
const unauthorized = errorBody('UNAUTHORIZED', 'Unauthorized')
const invalid = errorBody('VALIDATE_FAILED', 'field validation failed')
const unknown = errorBody('UNKNOWN', 'unknown error')

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const json = { 'content-type': 'application/json' }
const form = (fields: Record<string, string>) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})
const passwordGrant = (fields: Record<string, string>) =>
  form({ grant_type: 'password', scope: 'all', client_id: clientId, ...fields })
const refreshGrant = (refresh_token: string) =>
  form({ grant_type: 'refresh_token', refresh_token, client_id: clientId })

function refused(t: Test, answer: Answer, status: number, body: string, name = 'a refusal'): void {
  t.equal(answer.status, status, name)
  t.equal(answer.text, body, name)
  t.equal(answer.headers['content-type'], 'application/json', name)
}

/** 200 without a body. */
function done(t: Test, answer: Answer, name = 'done'): void {
  t.equal(answer.status, 200, name)
  t.equal(answer.text, '', name)
  t.equal(answer.headers['content-length'], '0', name)
  t.notOk(answer.headers['content-type'], name)
}

async function emulate22(t: Test): Promise<Emulator> {
  const emulator = await emulate(t)
  await emulator.set('portsip', { profile: '22.2' })
  return emulator
}

interface Pair {
  readonly access_token: string
  readonly refresh_token: string
}

const signIn = async ({ post }: Emulator, body: object = alice): Promise<Pair> =>
  (await post(`${auth}/sign_in`, { body })).json

/** The token of a sign-in that wants a code. */
const begin = async ({ post }: Emulator): Promise<string> => (await post(`${auth}/sign_in`, { body: grace })).json.token

interface Message {
  readonly kind: string
  readonly code: string
}

const messages = async ({ get }: Emulator, query = ''): Promise<Message[]> =>
  (await get(`/_understudy/outbox${query}`)).json.items

/** The code that was sent last. */
const lastCode = async (emulator: Emulator): Promise<string> => (await messages(emulator)).at(-1)?.code ?? ''

/** A code that is not that one. */
const otherThan = (code: string): string => `${code.startsWith('0') ? '1' : '0'}${code.slice(1)}`

const send = ({ post }: Emulator, token: string) => post(`${auth}/send_otp`, { body: { token } })
const verify = ({ post }: Emulator, token: string, code: string) =>
  post(`${auth}/verify_otp`, { body: { token, code } })

/** Asks for a token that sets a new password. */
async function resetToken(emulator: Emulator, body: object = forgotten): Promise<string> {
  await emulator.post(`${auth}/forget_password`, { body })
  return lastCode(emulator)
}
const reset = ({ post }: Emulator, token: string, new_password = newPassword) =>
  post(`${auth}/reset_password`, { body: { token, new_password } })
const refresh = ({ post }: Emulator, refresh_token: string) =>
  post(`${auth}/refresh_token`, { body: { refresh_token } })

const routes: [string, string][] = [
  ['POST', '/sign_in'],
  ['POST', '/send_otp'],
  ['POST', '/verify_otp'],
  ['POST', '/refresh_token'],
  ['POST', '/sign_out'],
  ['POST', '/forget_password'],
  ['POST', '/reset_password'],
  ['GET', '/user'],
]

t.test('the operations of 22.2 are there with profile 22.2 only, also in Allow', async (t) => {
  const emulator = await emulate22(t)
  const { ask, set } = emulator
  for (const [method, path] of routes) {
    const known = await ask(method, auth + path)
    t.not(known.status, 404, path)
    for (const other of ['GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS'].filter((candidate) => candidate !== method)) {
      const answer = await ask(other, auth + path)
      t.equal(answer.status, 405, `${other} ${path}`)
      t.equal(answer.headers.allow, method, `${other} ${path}`)
    }
    for (const candidate of ['GET', 'POST', 'DELETE']) {
      refused(t, await ask(candidate, `/@other${auth}${path}`), 404, unknown, `in another world: ${candidate} ${path}`)
    }
  }
  refused(t, await emulator.post(`${auth}/sign_in/microsoft`, { body: alice }), 404, unknown, 'which is not built')
  const pair = await signIn(emulator)
  await set('portsip', { profile: '22.1' })
  for (const [method, path] of routes) {
    for (const candidate of ['GET', 'POST', 'DELETE']) {
      const answer = await ask(candidate, auth + path, bearer(pair.access_token))
      refused(t, answer, 404, unknown, `${candidate} ${path}`)
      t.notOk(answer.headers.allow, method)
    }
  }
  t.equal((await emulator.get(`${base}/api/user`, bearer(pair.access_token))).status, 200, 'its tokens live on')
})

t.test('what 22.1 has is in 22.2 as well', async (t) => {
  const { get, post } = await emulate22(t)
  const login = await post(`${base}/api/login`, { body: alice })
  done(t, login)
  const cookie = /^[^;]+/.exec(String(login.headers['set-cookie']))?.[0] ?? ''
  t.equal((await get(`${base}/api/login`, { headers: { cookie } })).json.role, 'StandardUser')
  t.equal((await post(`${base}/api/logout`, { headers: { cookie } })).status, 204)
  t.equal((await post(`${base}/api/login/oauth/token`, passwordGrant(alice))).status, 200)
  t.equal((await get(`${base}/api/info`)).status, 200)
})

t.test('sign_in answers a pair of tokens of 48 letters and digits each', async (t) => {
  const emulator = await emulate22(t)
  for (const body of [alice, admin, { ...admin, domain: null }, { ...alice, domain: 'Example.COM' }]) {
    const { status, headers, json, text } = await emulator.post(`${auth}/sign_in`, { body })
    t.equal(status, 200)
    t.equal(headers['content-type'], 'application/json')
    t.notOk(headers['set-cookie'])
    t.match(json.access_token, /^[A-Z0-9]{48}$/)
    t.match(json.refresh_token, /^[A-Z0-9]{48}$/)
    t.equal(
      text,
      `{"token_type":"Bearer","access_token":"${json.access_token}","refresh_token":"${json.refresh_token}","expires_in":1800}`,
    )
  }
  t.strictSame(await messages(emulator), [], 'and mails nothing')
})

t.test('qr is a boolean and changes nothing', async (t) => {
  const { post } = await emulate22(t)
  for (const qr of ['true', 'false']) {
    t.match((await post(`${auth}/sign_in?qr=${qr}`, { body: alice })).json, { token_type: 'Bearer' })
  }
  for (const query of ['qr=', 'qr=1', 'qr=True', 'qr=true&qr=true']) {
    refused(t, await post(`${auth}/sign_in?${query}`, { body: alice }), 400, invalid, query)
  }
})

t.test('a token of sign_in is accepted wherever a token is, to the last second of its life', async (t) => {
  const emulator = await emulate22(t)
  const { get, clock } = emulator
  const { access_token } = await signIn(emulator)
  clock.freeze(start + 1_799_000)
  for (const path of ['/api/user', '/api/login', '/api/auth/user']) {
    t.equal((await get(base + path, bearer(access_token))).status, 200, path)
  }
  clock.freeze(start + 1_800_000)
  for (const path of ['/api/user', '/api/login', '/api/auth/user']) {
    refused(t, await get(base + path, bearer(access_token)), 401, unauthorized, path)
  }
})

t.test('a failed sign_in tells nobody why', async (t) => {
  const { post, set } = await emulate22(t)
  await set('portsip', { lockout: false })
  const rows: [string, object][] = [
    ['a wrong password', { ...alice, password: 'x' }],
    ['a wrong password where a code is wanted', { ...grace, password: 'x' }],
    ['an unknown user', { ...alice, username: 'nobody' }],
    ['a tenant user without domain', { ...alice, domain: null }],
    ['a system account with a domain', { ...admin, domain: 'example.com' }],
    ['an unknown domain', { ...alice, domain: 'nowhere.example' }],
  ]
  for (const [name, body] of rows) refused(t, await post(`${auth}/sign_in`, { body }), 400, loginFailed, name)
})

t.test('failed password logins of an address count together, wherever they are tried', async (t) => {
  const emulator = await emulate22(t)
  const { post, clock } = emulator
  const wrong = { ...alice, password: 'x' }
  for (const attempt of [1, 2]) {
    refused(t, await post(`${auth}/sign_in`, { body: wrong }), 400, loginFailed, `sign_in ${attempt}`)
    refused(t, await post(`${base}/api/login`, { body: wrong }), 400, loginFailed, `login ${attempt}`)
    refused(t, await post(`${base}/api/login/oauth/token`, passwordGrant(wrong)), 400, loginFailed, `grant ${attempt}`)
    refused(t, await post(`${auth}/sign_in`, { body: {} }), 400, invalid, 'a failed validation does not count')
  }
  const denied = errorBody('DENIED', 'the client IP address 127.0.0.1 has been blocked until 2026-01-01T01:00:00Z')
  for (const body of [wrong, alice, grace]) refused(t, await post(`${auth}/sign_in`, { body }), 403, denied)
  refused(t, await post(`${base}/api/login`, { body: alice }), 403, denied)
  t.equal((await post(`${auth}/sign_in`, { body: alice, remoteAddress: '192.0.2.7' })).status, 200)
  clock.freeze(start + 3_599_000)
  refused(t, await post(`${auth}/sign_in`, { body: alice }), 403, denied)
  clock.freeze(start + 3_600_000)
  t.equal((await post(`${auth}/sign_in`, { body: alice })).status, 200)
})

t.test('a right password sets the count back, a wrong code does not count', async (t) => {
  const emulator = await emulate22(t)
  const { post } = emulator
  const fail = () => post(`${auth}/sign_in`, { body: { ...grace, password: 'x' } })
  for (let attempt = 0; attempt < 5; attempt++) t.equal((await fail()).status, 400)
  const token = await begin(emulator)
  t.match(token, /^[A-Z0-9]{48}$/)
  for (let attempt = 0; attempt < 8; attempt++) refused(t, await verify(emulator, token, '000000'), 400, loginFailed)
  for (let attempt = 0; attempt < 6; attempt++) t.equal((await fail()).status, 400)
  t.equal((await fail()).status, 403)
})

t.test(
  'with two factors sign_in answers a token, send_otp mails a code, and verify_otp answers the pair',
  async (t) => {
    const emulator = await emulate22(t)
    const { post, get } = emulator
    const first = await post(`${auth}/sign_in`, { body: grace })
    t.equal(first.status, 200)
    t.match(first.json.token, /^[A-Z0-9]{48}$/)
    t.equal(first.text, `{"two_factor_enabled":true,"token":"${first.json.token}"}`)
    t.strictSame(await messages(emulator), [], 'no code before it is asked for')
    const { token } = first.json
    done(t, await send(emulator, token))
    const [message, ...more] = await messages(emulator)
    t.strictSame(more, [])
    t.match(message?.code, /^\d{6}$/)
    t.match(message, {
      at: '2026-01-01T00:00:00.000Z',
      vendor: 'portsip',
      account: graceId,
      kind: 'otp',
      expiresAt: '2026-01-01T00:05:00.000Z',
    })
    const second = await verify(emulator, token, message?.code ?? '')
    t.equal(second.status, 200)
    t.equal(
      second.text,
      `{"token_type":"Bearer","access_token":"${second.json.access_token}","refresh_token":"${second.json.refresh_token}","expires_in":1800}`,
    )
    t.equal((await get(`${base}/api/user`, bearer(second.json.access_token))).json.name, 'grace.m')
    t.equal((await refresh(emulator, second.json.refresh_token)).status, 200)
    refused(t, await verify(emulator, token, message?.code ?? ''), 400, loginFailed, 'a code is good once')
    refused(t, await send(emulator, token), 400, loginFailed, 'and the sign-in is over')
  },
)

t.test('the other logins of 22.2 ask for no code', async (t) => {
  const { post } = await emulate22(t)
  done(t, await post(`${base}/api/login`, { body: grace }))
  t.equal((await post(`${base}/api/login/oauth/token`, passwordGrant(grace))).status, 200)
})

t.test('a sign-in waits 300 seconds for its code, and again as long with each that is sent', async (t) => {
  const emulator = await emulate22(t)
  const { clock } = emulator
  const [late, early] = [await begin(emulator), await begin(emulator)]
  clock.freeze(start + 299_000)
  done(t, await send(emulator, early))
  const code = await lastCode(emulator)
  clock.freeze(start + 300_000)
  refused(t, await send(emulator, late), 400, loginFailed, 'too late to send one')
  clock.freeze(start + 598_000)
  refused(t, await verify(emulator, early, otherThan(code)), 400, loginFailed)
  t.equal((await verify(emulator, early, code)).status, 200, 'one second before the end')
  const again = await begin(emulator)
  await send(emulator, again)
  const [other] = [await lastCode(emulator)]
  clock.freeze(start + 898_000)
  refused(t, await verify(emulator, again, other), 400, loginFailed, 'at the end')
  refused(t, await send(emulator, again), 400, loginFailed)
})

t.test('a code is good for five attempts', async (t) => {
  const emulator = await emulate22(t)
  const attempts = async (wrong: number) => {
    const token = await begin(emulator)
    await send(emulator, token)
    const code = await lastCode(emulator)
    for (let attempt = 0; attempt < wrong; attempt++) {
      refused(t, await verify(emulator, token, otherThan(code)), 400, loginFailed, `attempt ${attempt + 1} of ${wrong}`)
    }
    return { token, code }
  }
  const fifth = await attempts(4)
  t.equal((await verify(emulator, fifth.token, fifth.code)).status, 200, 'the fifth may be right')
  for (const wrong of [5, 7]) {
    const { token, code } = await attempts(wrong)
    refused(t, await verify(emulator, token, code), 400, loginFailed, `after ${wrong}`)
    done(t, await send(emulator, token), 'but another can be sent')
    t.equal((await verify(emulator, token, await lastCode(emulator))).status, 200)
  }
})

t.test('a new code takes the place of the one before, and no sign-in takes the code of another', async (t) => {
  const emulator = await emulate22(t)
  const [one, other] = [await begin(emulator), await begin(emulator)]
  t.not(one, other)
  refused(t, await verify(emulator, one, '000000'), 400, loginFailed, 'no code was sent yet')
  refused(t, await verify(emulator, one, 'undefined'), 400, loginFailed)
  for (const token of [one, one, other]) await send(emulator, token)
  const [first = '', second = '', third = ''] = (await messages(emulator)).map(({ code }) => code)
  t.equal(new Set([first, second, third]).size, 3, 'of this seed')
  refused(t, await verify(emulator, one, first), 400, loginFailed, 'the one before')
  refused(t, await verify(emulator, one, third), 400, loginFailed, 'that of the other')
  t.equal((await verify(emulator, one, second)).status, 200)
  t.equal((await verify(emulator, other, third)).status, 200)
})

t.test('a code that is read and cleared from the outbox stays good', async (t) => {
  const emulator = await emulate22(t)
  const token = await begin(emulator)
  await send(emulator, token)
  const code = await lastCode(emulator)
  t.equal((await emulator.ask('DELETE', '/_understudy/outbox')).status, 204)
  t.equal((await verify(emulator, token, code)).status, 200)
})

t.test(
  'forget_password is 200 without a body for everybody, and mails a token to an account that exists',
  async (t) => {
    const emulator = await emulate22(t)
    const rows: [string, object, number][] = [
      ['an account', forgotten, 1],
      ['again', forgotten, 2],
      ['a domain in another letter case', { ...forgotten, domain: 'EXAMPLE.com' }, 3],
      ['an unknown user', { ...forgotten, username: 'nobody' }, 3],
      ['an unknown domain', { ...forgotten, domain: 'nowhere.example' }, 3],
      ['a user of another tenant', { ...forgotten, domain: 'example.org' }, 3],
      ['a system account', { ...forgotten, username: 'admin' }, 3],
    ]
    for (const [name, body, sent] of rows) {
      done(t, await emulator.post(`${auth}/forget_password`, { body }), name)
      t.equal((await messages(emulator)).length, sent, name)
    }
    const [message] = await messages(emulator)
    t.match(message?.code, /^[A-Z0-9]{48}$/)
    t.match(message, {
      at: '2026-01-01T00:00:00.000Z',
      vendor: 'portsip',
      account: aliceId,
      kind: 'password-reset',
      expiresAt: '2026-01-01T01:00:00.000Z',
    })
  },
)

t.test('reset_password sets the password once, and ends the other tokens that could', async (t) => {
  const emulator = await emulate22(t)
  const { post, get } = emulator
  const pair = await signIn(emulator)
  const [other, token] = [await resetToken(emulator), await resetToken(emulator)]
  const ofGrace = await resetToken(emulator, { ...forgotten, username: 'grace.m' })
  emulator.clock.freeze(start + 5000)
  done(t, await reset(emulator, token))
  for (const path of ['/api/login', '/api/auth/sign_in']) {
    refused(t, await post(base + path, { body: alice }), 400, loginFailed, `the old one: ${path}`)
    t.equal(
      (await post(base + path, { body: { ...alice, password: newPassword } })).status,
      200,
      `the new one: ${path}`,
    )
  }
  t.equal((await post(`${base}/api/login`, { body: grace })).status, 200, 'nobody else’s')
  t.equal((await get(`${base}/api/user`, bearer(pair.access_token))).status, 200, 'tokens live on')
  for (const used of [token, other]) refused(t, await reset(emulator, used, 'An0ther-0ne'), 400, loginFailed)
  t.equal((await post(`${base}/api/login`, { body: { ...alice, password: newPassword } })).status, 200)
  done(t, await reset(emulator, ofGrace), 'that of another account')
  done(t, await reset(emulator, await resetToken(emulator), 'An0ther-0ne'), 'a later one')
})

t.test('a reset token lives 3600 seconds', async (t) => {
  const emulator = await emulate22(t)
  emulator.clock.freeze(start + 400)
  const early = await resetToken(emulator, { ...forgotten, username: 'queue.lead' })
  const late = await resetToken(emulator)
  emulator.clock.freeze(start + 3_599_400)
  done(t, await reset(emulator, early))
  emulator.clock.freeze(start + 3_600_399)
  refused(t, await reset(emulator, late, 'short'), 400, invalid, 'to the last millisecond')
  emulator.clock.freeze(start + 3_600_400)
  refused(t, await reset(emulator, late), 400, loginFailed)
})

t.test('a token that is used twice at the same time sets one password', async (t) => {
  const emulator = await emulate22(t)
  const token = await resetToken(emulator)
  const passwords = ['c0rrect-Horse', 'An0ther-0ne']
  const answers = await Promise.all(passwords.map((password) => reset(emulator, token, password)))
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 400])
  for (const [index, password] of passwords.entries()) {
    const { status } = await emulator.post(`${base}/api/login`, { body: { ...alice, password } })
    t.equal(status, answers[index]?.status)
  }
})

t.test('a new password that breaks the policy fails validation and leaves the token good', async (t) => {
  const emulator = await emulate22(t)
  const token = await resetToken(emulator)
  const broken: [string, string][] = [
    ['empty', ''],
    ['five characters', 'aZ-5q'],
    ['33 characters', `aZ-5${'qx'.repeat(14)}q`],
    ['no letter', '2-7+4!9'],
    ['no digit', 'horse-Zebra'],
    ['nothing but letters and digits', 'h0rseZebra'],
    ['three digits upward', 'horse-123'],
    ['three digits downward', 'horse-987'],
    ['three letters upward', '7-xabcx'],
    ['in any letter case', '7-xFeDx'],
    ['three alike', 'h0rse---Zebra'],
    ['the user name', 'my-Alice.W-0'],
    ['the e-mail address', '0alice.w@example.com'],
    ['the display name', 'x0-ALICE WONG'],
  ]
  for (const [name, password] of broken) refused(t, await reset(emulator, token, password), 400, invalid, name)
  t.equal((await emulator.post(`${base}/api/login`, { body: alice })).status, 200, 'the old one is good')
  const fine: [string, string][] = [
    ['six characters', 'aZ-5qx'],
    ['32 characters', `aZ-5${'qx'.repeat(14)}`],
    ['two alike, two in sequence', 'aab-b9-8'],
    ['neighbours of letters and digits that are neither', 'yZ{-89:q'],
    ['a part of the name', 'alice-7-Moss'],
    ['letters beyond ASCII', 'ümläut-7é'],
  ]
  for (const [name, password] of fine) {
    done(t, await reset(emulator, await resetToken(emulator), password), name)
    t.equal((await emulator.post(`${base}/api/login`, { body: { ...alice, password } })).status, 200, name)
  }
})

t.test('a name of one or two letters, or none, forbids no password', async (t) => {
  const profile = {
    username: 'al',
    domain: null,
    email: '',
    display_name: null,
    role: 'Dealer',
    two_factor_enabled: false,
  }
  const account = { id: 'A', state: 'active', passwordHash: '', createdAt: 0, updatedAt: 0, profile } as const
  t.equal(
    refusalOf(() => assertAcceptable('al-c0rrect', account, '/new_password')),
    null,
  )
  const carl = { ...account, profile: { ...profile, username: 'carl' } }
  t.strictSame(
    refusalOf(() => assertAcceptable('Carl', carl, '/new_password')),
    {
      code: 'invalid-input',
      facts: {
        problems: [
          { pointer: '/new_password', expected: 'at least 6 characters (min_length)' },
          { pointer: '/new_password', expected: 'a digit (contains_numbers)' },
          { pointer: '/new_password', expected: 'neither letter nor digit (contains_special_letters)' },
          { pointer: '/new_password', expected: 'nothing of the account (disable_account_information)' },
        ],
      },
    },
    'and all that is wrong is told to the journal',
  )
})

t.test('refresh_token answers a new pair and ends the old one', async (t) => {
  const emulator = await emulate22(t)
  const { get, post, clock } = emulator
  const old = await signIn(emulator)
  clock.freeze(start + 1_800_000)
  const { status, json, text } = await refresh(emulator, old.refresh_token)
  t.equal(status, 200)
  t.equal(
    text,
    `{"token_type":"Bearer","access_token":"${json.access_token}","refresh_token":"${json.refresh_token}","expires_in":1800}`,
  )
  t.not(json.access_token, old.access_token)
  t.not(json.refresh_token, old.refresh_token)
  t.equal((await get(`${base}/api/user`, bearer(json.access_token))).json.name, 'alice.w')
  refused(t, await refresh(emulator, old.refresh_token), 400, loginFailed, 'one use')
  const next: Pair = (await refresh(emulator, json.refresh_token)).json
  refused(t, await get(`${base}/api/user`, bearer(json.access_token)), 401, unauthorized, 'though it had time left')
  const byGrant = (await post(`${base}/api/login/oauth/token`, refreshGrant(next.refresh_token))).json
  t.equal((await refresh(emulator, byGrant.refresh_token)).status, 200, 'one kind of token for both ways')
})

t.test('a refresh token lives seven days', async (t) => {
  const emulator = await emulate22(t)
  const week = 7 * 86_400_000
  const [early, late] = [await signIn(emulator), await signIn(emulator)]
  emulator.clock.freeze(start + week - 1000)
  t.equal((await refresh(emulator, early.refresh_token)).status, 200)
  emulator.clock.freeze(start + week)
  refused(t, await refresh(emulator, late.refresh_token), 400, loginFailed)
})

t.test('sign_out is 200 without a body and ends the pair, and no other', async (t) => {
  const emulator = await emulate22(t)
  const { post, get } = emulator
  const [pair, other] = [await signIn(emulator), await signIn(emulator)]
  const answer = await post(`${auth}/sign_out`, { headers: { ...bearer(pair.access_token).headers, ...json } })
  done(t, answer)
  t.notOk(answer.headers['set-cookie'])
  refused(t, await get(`${auth}/user`, bearer(pair.access_token)), 401, unauthorized)
  refused(t, await refresh(emulator, pair.refresh_token), 400, loginFailed)
  refused(t, await post(`${auth}/sign_out`, bearer(pair.access_token)), 401, unauthorized, 'a second time')
  t.equal((await get(`${auth}/user`, bearer(other.access_token))).status, 200)
})

t.test('sign_out ends a session of POST /login as well, cookie and token', async (t) => {
  const { post, get } = await emulate22(t)
  const login = await post(`${base}/api/login`, { body: alice })
  const headers = { cookie: /^[^;]+/.exec(String(login.headers['set-cookie']))?.[0] ?? '' }
  const { access_token } = (await get(`${base}/api/login`, { headers })).json
  refused(t, await post(`${auth}/sign_out`, { headers }), 401, unauthorized, 'a cookie is no bearer token')
  done(t, await post(`${auth}/sign_out`, bearer(access_token)))
  refused(t, await get(`${base}/api/login`, { headers }), 401, unauthorized)
})

t.test('GET /auth/user answers the role and the state of the password', async (t) => {
  const emulator = await emulate22(t)
  for (const [body, role] of [
    [alice, 'StandardUser'],
    [admin, 'SystemAdmin'],
    [{ ...alice, username: 'queue.lead' }, 'QueueManager'],
  ] as const) {
    const { access_token } = await signIn(emulator, body)
    const answer = await emulator.get(`${auth}/user`, bearer(access_token))
    t.equal(answer.status, 200)
    t.equal(answer.headers['content-type'], 'application/json')
    t.equal(answer.text, `{"role":"${role}","password_verified":true,"password_force_reset":false}`)
  }
})

t.test('each token is good for what it was given for, and for nothing else', async (t) => {
  const emulator = await emulate22(t)
  const { ask } = emulator
  const pair = await signIn(emulator)
  const flow = await begin(emulator)
  const reset = await resetToken(emulator)
  const ended = await signIn(emulator)
  await emulator.post(`${auth}/sign_out`, bearer(ended.access_token))
  const given = { access: pair.access_token, refresh: pair.refresh_token, flow, reset }
  const rows: [string, string, keyof typeof given, (token: string) => Ask, number, string][] = [
    ['POST', '/send_otp', 'flow', (token) => ({ body: { token } }), 400, loginFailed],
    ['POST', '/verify_otp', 'flow', (token) => ({ body: { token, code: '000000' } }), 400, loginFailed],
    ['POST', '/reset_password', 'reset', (token) => ({ body: { token, new_password: newPassword } }), 400, loginFailed],
    ['POST', '/refresh_token', 'refresh', (refresh_token) => ({ body: { refresh_token } }), 400, loginFailed],
    ['POST', '/sign_out', 'access', bearer, 401, unauthorized],
    ['GET', '/user', 'access', bearer, 401, unauthorized],
  ]
  for (const [method, path, kind, present, status, body] of rows) {
    const others = Object.entries(given).filter(([name]) => name !== kind)
    const tokens: [string, string][] = [
      ...others,
      ['garbage', 'garbage'],
      ['the same in lower case', given[kind].toLowerCase()],
      ['an ended access token', ended.access_token],
      ['an ended refresh token', ended.refresh_token],
    ]
    for (const [name, token] of tokens) {
      refused(t, await ask(method, auth + path, present(token)), status, body, `${path} with ${name}`)
    }
  }
  for (const path of ['/sign_out', '/user']) {
    const [method = ''] = routes.find(([, route]) => route === path) ?? []
    for (const headers of [{}, { authorization: pair.access_token }, { authorization: `Basic ${pair.access_token}` }]) {
      refused(t, await ask(method, auth + path, { headers }), 401, unauthorized, path)
    }
  }
  done(t, await send(emulator, flow), 'and none was used up')
  t.equal((await refresh(emulator, pair.refresh_token)).status, 200)
})

t.test('a body that breaks a rule fails validation', async (t) => {
  const emulator = await emulate22(t)
  const token = await begin(emulator)
  const bodies: Record<string, object> = {
    '/sign_in': alice,
    '/send_otp': { token },
    '/verify_otp': { token, code: '000000' },
    '/refresh_token': { refresh_token: token },
    '/forget_password': forgotten,
    '/reset_password': { token, new_password: newPassword },
  }
  for (const [path, body] of Object.entries(bodies)) {
    const rows: [string, Ask][] = [
      ['nothing', {}],
      ['a type without a body', { headers: json }],
      ['no JSON', { body: '{"token":', headers: json }],
      ['null', { body: 'null', headers: json }],
      ['an array', { body: [body] }],
      ['a form', form({ token: 'x' })],
      ['JSON under another name', { body: JSON.stringify(body), headers: { 'content-type': 'text/json' } }],
    ]
    for (const name of Object.keys(body)) {
      if (path === '/sign_in' && name === 'domain') continue
      rows.push([`no ${name}`, { body: Object.fromEntries(Object.entries(body).filter(([key]) => key !== name)) }])
      rows.push([`null for ${name}`, { body: { ...body, [name]: null } }])
      rows.push([`a number for ${name}`, { body: { ...body, [name]: 123_456 } }])
      if (!/password$/.test(name)) rows.push([`an empty ${name}`, { body: { ...body, [name]: '' } }])
    }
    for (const [name, ask] of rows) refused(t, await emulator.post(auth + path, ask), 400, invalid, `${path}: ${name}`)
  }
  for (const path of ['/sign_in', '/forget_password']) {
    for (const change of [{ username: '.alice' }, { username: 'a'.repeat(65) }, { domain: 'a'.repeat(281) }]) {
      refused(t, await emulator.post(auth + path, { body: { ...bodies[path], ...change } }), 400, invalid, path)
    }
  }
  done(t, await emulator.post(`${auth}/send_otp`, { body: { token, more: 1 } }), 'members that nobody knows')
})

t.test('a body that is too large is 413, a throttled client 429', async (t) => {
  const { post, get, set } = await emulate22(t)
  for (const [method, path] of routes.filter(([, path]) => path !== '/user' && path !== '/sign_out')) {
    const body = ' '.repeat(1_048_577)
    refused(t, await post(auth + path, { body, headers: json }), 413, unknown, `${method} ${path}`)
  }
  await set('portsip', { throttle: { limit: 1, windowSeconds: 60 } })
  refused(t, await get(`${auth}/user`), 401, unauthorized)
  refused(t, await get(`${auth}/user`), 429, unknown)
})

t.test('codes and tokens of one world are nothing in another', async (t) => {
  const emulator = await emulate22(t)
  const { post, get, ask } = emulator
  await ask('PATCH', '/@w7/_understudy/settings/portsip', { body: { profile: '22.2' } })
  const elsewhere = `/@w7${auth}`
  const pair = await signIn(emulator)
  const flow = await begin(emulator)
  const token = await resetToken(emulator)
  await send(emulator, flow)
  const code = await lastCode(emulator)
  t.strictSame((await get('/@w7/_understudy/outbox')).json, { items: [] })
  const rows: [string, object][] = [
    ['/send_otp', { token: flow }],
    ['/verify_otp', { token: flow, code }],
    ['/reset_password', { token, new_password: newPassword }],
    ['/refresh_token', { refresh_token: pair.refresh_token }],
  ]
  for (const [path, body] of rows) refused(t, await post(elsewhere + path, { body }), 400, loginFailed, path)
  refused(t, await get(`${elsewhere}/user`, bearer(pair.access_token)), 401, unauthorized)
  refused(t, await post(`${elsewhere}/sign_out`, bearer(pair.access_token)), 401, unauthorized)
  for (const [path, body] of rows.slice(1)) t.equal((await post(auth + path, { body })).status, 200, path)
})

t.test('a token of an account that is gone, or of another tenant, is none', async (t) => {
  const { realm } = bench<PortsipTypes>(t, { vendor: 'portsip' })
  realm.furnish({ facts: { system: {}, tenants: [] }, settings: Value.Create(settings) })
  const profile: Profile = {
    username: 'alice.w',
    domain: 'example.com',
    email: null,
    display_name: null,
    role: 'StandardUser',
    two_factor_enabled: true,
  }
  const account: Account<Profile> = { id: 'A', state: 'active', passwordHash: '', createdAt: 0, updatedAt: 0, profile }
  realm.accounts.create({ ...account, logins: [] })
  const rows: [string, Account<Profile>, string | undefined][] = [
    ['the account', account, undefined],
    ['an account that is gone', { ...account, id: 'B' }, 'token-account-gone'],
    ['another tenant', { ...account, profile: { ...profile, domain: 'example.org' } }, 'token-wrong-tenant'],
  ]
  for (const [name, of, code] of rows) {
    const token = beginSignIn(realm, of)
    t.equal(refusalOf(() => sendCode(realm, token))?.code, code, name)
    t.equal(refusalOf(() => redeemCode(realm, { token, code: 'x' }))?.code, code ?? 'wrong-password', name)
  }
})

t.test('each answer says on what evidence it rests', async (t) => {
  const emulator = await emulate22(t)
  const { post, get } = emulator
  const flow = await begin(emulator)
  const sent = await send(emulator, flow)
  const verified = await verify(emulator, flow, await lastCode(emulator))
  const pair = await signIn(emulator)
  const token = await resetToken(emulator)
  const rows: [string, number, Answer][] = [
    ['documented', 200, await post(`${auth}/sign_in`, { body: alice })],
    ['documented', 200, await post(`${auth}/sign_in`, { body: grace })],
    ['assumed', 400, await post(`${auth}/sign_in`, { body: { ...alice, password: 'x' } })],
    ['assumed', 400, await post(`${auth}/sign_in`, { body: {} })],
    ['documented', 200, sent],
    ['assumed', 400, await send(emulator, flow)],
    ['assumed', 200, verified],
    ['assumed', 400, await verify(emulator, flow, '0')],
    ['documented', 200, await post(`${auth}/forget_password`, { body: forgotten })],
    ['assumed', 200, await post(`${auth}/forget_password`, { body: { ...forgotten, username: 'nobody' } })],
    ['assumed', 400, await reset(emulator, token, 'x')],
    ['documented', 200, await reset(emulator, token)],
    ['assumed', 400, await reset(emulator, token)],
    ['documented', 200, await get(`${auth}/user`, bearer(pair.access_token))],
    ['documented', 401, await get(`${auth}/user`)],
    ['assumed', 401, await get(`${auth}/user`, bearer(pair.refresh_token))],
    ['assumed', 400, await refresh(emulator, 'x')],
    ['documented', 200, await refresh(emulator, pair.refresh_token)],
    ['documented', 200, await post(`${auth}/sign_out`, bearer((await signIn(emulator, admin)).access_token))],
    ['assumed', 405, await get(`${auth}/sign_in`)],
  ]
  for (const [index, [level, status, answer]] of rows.entries()) {
    t.equal(answer.status, status, `row ${index}`)
    t.equal(answer.headers['x-understudy-evidence'], level, `row ${index}`)
  }
})

t.test('the operations say what happens in them, and that they are of 22.2', async (t) => {
  const { get } = await emulate(t)
  const { vendors } = (await get('/_understudy/vendors')).json
  const { operations } = vendors.find(({ name }: { name: string }) => name === 'portsip')
  const rows = operations
    .filter(({ path }: { path: string }) => path.startsWith('/api/auth/'))
    .map(({ id, event, profiles }: Record<string, unknown>) => [id, event, profiles])
  t.strictSame(
    new Map(rows.map(([id, event]: [string, string]) => [id, event])),
    new Map([
      ['signIn', 'login'],
      ['sendOtp', undefined],
      ['verifyOtp', 'login'],
      ['forgetPassword', undefined],
      ['resetPassword', undefined],
      ['refreshToken', 'renew'],
      ['signOut', 'logout'],
      ['getAuthUser', 'token-use'],
    ]),
  )
  for (const [id, , profiles] of rows) t.strictSame(profiles, ['22.2'], id)
})

t.test('the same seed, clock and requests give the same codes and tokens', async (t) => {
  const run = async () => {
    const emulator = await emulate22(t)
    const flow = await begin(emulator)
    await send(emulator, flow)
    await resetToken(emulator)
    const outbox = await messages(emulator)
    return [flow, outbox, (await verify(emulator, flow, outbox[0]?.code ?? '')).text]
  }
  t.strictSame(await run(), await run())
})
