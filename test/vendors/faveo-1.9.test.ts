import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { type Ask, type Emulator, emulate } from '../support/emulate.js'
import {
  base64url,
  bearer,
  claims,
  demo,
  demoColumns,
  emulateWithSecret,
  fixtureOf,
  forged,
  iat,
  keyUrl,
  login,
  me,
  parts,
  seedHeader,
  signed,
  tokenOf,
  without,
} from '../support/faveo.js'

// Expected values: https://github.com/ladybirdweb/faveo-helpdesk/tree/v1.9.6, TokenAuthController, Handler, and the
// vendored jwt-auth 0.5 and namshi/jose.

const error = (message: string) => JSON.stringify({ error: message }).replaceAll('/', '\\/')
const page =
  "<!DOCTYPE html>\n<h2>Sorry, something went wrong</h2>\n<p>We're working on it and we'll get it fixed as soon as we can.</p>\n"

/** A server of release 1.9. */
async function older(t: Test, start: (t: Test) => Promise<Emulator> = emulate): Promise<Emulator> {
  const emulator = await start(t)
  await emulator.set('faveo', { profile: '1.9' })
  return emulator
}

t.test('1.9: authenticate answers a token and the bare id of the user', async (t) => {
  const { post } = await older(t)
  const { status, text, json, headers } = await post(login, { body: demo })
  t.equal(status, 200)
  t.equal(text, `{"token":"${json.token}","user_id":1}`)
  t.equal(headers['x-understudy-evidence'], 'source')
})

t.test('1.9: a token begins with the subject, names no model, and its jti is a hash of user and second', async (t) => {
  const { post } = await older(t)
  const { json } = await post(login, { body: demo, headers: { host: 'productdemourl.com' } })
  const { header, signature, decoded } = parts(json.token)
  t.equal(header, seedHeader)
  t.match(signature, /^[\w-]{43}$/)
  t.equal(
    decoded,
    `{"sub":1,"iss":"http:\\/\\/productdemourl.com\\/faveo\\/api\\/v1\\/authenticate","iat":${iat},"exp":${iat + 240},` +
      `"nbf":${iat},"jti":"${createHash('md5').update(`jti.1.${iat}`).digest('hex')}"}`,
  )
})

t.test('1.9: two logins within a second give one token, a login of the next second another', async (t) => {
  const emulator = await older(t)
  const first = await tokenOf(emulator)
  t.equal(await tokenOf(emulator), first)
  emulator.clock.advance(1000)
  const next = await tokenOf(emulator)
  t.not(next, first)
  for (const token of [first, next]) t.equal((await emulator.get(me, bearer(token))).json.user.id, 1)
})

t.test('1.9: authenticate/user shows the user without a language', async (t) => {
  const emulator = await older(t)
  const { status, text, headers } = await emulator.get(me, bearer(await tokenOf(emulator)))
  t.equal(status, 200)
  t.equal(text, `{"user":{${demoColumns},"created_at":"2018-08-13 14:22:49","updated_at":"2018-08-13 14:23:14"}}`)
  t.equal(headers['x-understudy-evidence'], 'source')
})

t.test('1.9: a token stands in a header that begins with Bearer, or else in the query', async (t) => {
  const emulator = await older(t)
  const token = await tokenOf(emulator)
  const header = (authorization: string): Ask => ({ headers: { authorization } })
  const rows: [string, string, Ask, boolean][] = [
    ['header', '', header(`Bearer ${token}`), true],
    ['header in lower case', '', header(`bearer ${token}`), true],
    ['header without a blank', '', header(`BEARER${token}`), true],
    ['bearer after something else', '', header(`x Bearer ${token}`), false],
    ['query', `?token=${token}`, {}, true],
    ['a header of another scheme, a query', `?token=${token}`, header('Basic x'), true],
    ['an empty bearer, a query', `?token=${token}`, header('Bearer'), true],
    ['a wrong header over a right query', `?token=${token}`, header('Bearer x'), false],
    ['JSON on GET', '', { body: { token } }, false],
    ['cookie', '', { headers: { cookie: `token=${token}` } }, false],
  ]
  for (const [what, search, ask, works] of rows) {
    const { status, json } = await emulator.get(me + search, ask)
    t.equal(status, 200, what)
    t.equal('user' in json, works, what)
  }
})

const payload = base64url(JSON.stringify(claims).replaceAll('/', '\\/'))
const unsigned = forged(claims, '{"typ":"JWT","alg":"none"}')
const capitals = forged(claims, '{"typ":"JWT","alg":"NONE"}')
const invalidJws = (token: string) => `Could not decode token: The token "${token}" is an invalid JWS`
const insecure = (token: string) =>
  `Could not decode token: The token "${token}" cannot be validated in a secure context, as it uses the unallowed "none" algorithm`
const badSignature = 'Token Signature could not be verified.'
const lacks = 'JWT payload does not contain the required claims'

/** What is wrong; the token; what authenticate/user says of it; status and word of the other routes. */
const refused: [string, string, string, number, string][] = [
  ['one segment', 'x', 'Wrong number of segments', 400, 'token_not_provided'],
  ['four segments', 'a.b.c.d', 'Wrong number of segments', 400, 'token_not_provided'],
  ['an empty segment', 'a..c', invalidJws('a..c'), 400, 'token_invalid'],
  [
    'no JSON',
    `${seedHeader}.${base64url('{')}.c`,
    invalidJws(`${seedHeader}.${base64url('{')}.c`),
    400,
    'token_invalid',
  ],
  ['a number for a payload', forged('5'), invalidJws(forged('5')), 400, 'token_invalid'],
  [
    'no algorithm',
    forged(claims, '{"typ":"JWT"}'),
    'Could not decode token: Undefined index: alg',
    400,
    'token_invalid',
  ],
  ['alg none', unsigned, insecure(unsigned), 400, 'token_invalid'],
  ['alg none in capitals', capitals, insecure(capitals), 400, 'token_invalid'],
  ['alg HS512', forged(claims, '{"typ":"JWT","alg":"HS512"}'), badSignature, 400, 'token_invalid'],
  ['another secret', forged(claims, undefined, 'another secret of the test'), badSignature, 400, 'token_invalid'],
  ['no signature', `${seedHeader}.${payload}.`, badSignature, 400, 'token_invalid'],
  ['JSON that PHP would write otherwise', forged(JSON.stringify(claims)), badSignature, 400, 'token_invalid'],
  ['no sub', forged(without('sub')), lacks, 400, 'token_invalid'],
  ['no jti', forged(without('jti')), lacks, 400, 'token_invalid'],
  [
    'nbf in the future',
    forged({ ...claims, nbf: iat + 1 }),
    'Not Before (nbf) timestamp cannot be in the future',
    400,
    'token_invalid',
  ],
  [
    'iat in the future',
    forged({ ...claims, iat: iat + 1 }),
    'Issued At (iat) timestamp cannot be in the future',
    400,
    'token_invalid',
  ],
  [
    'an exp that is no number',
    forged({ ...claims, exp: 'soon' }),
    'Invalid value provided for claim "exp": soon',
    400,
    'token_invalid',
  ],
  ['expired', forged({ ...claims, exp: iat }), 'Token has expired', 200, 'token_expired'],
]

t.test('1.9: authenticate/user refuses a token with 200 and the message of what was thrown', async (t) => {
  const { get } = await older(t, emulateWithSecret)
  for (const [what, token, message] of refused) {
    const { status, text, headers } = await get(`${me}?token=${encodeURIComponent(token)}`)
    t.equal(status, 200, what)
    t.equal(text, error(message), what)
    t.equal(headers['x-understudy-evidence'], what === 'no jti' ? 'assumed' : 'source', what)
  }
  t.equal((await get(me)).text, error('The token could not be parsed from the request'))
  const gone = await get(me, bearer(forged({ ...claims, sub: 99 })))
  t.equal(gone.status, 200)
  t.equal(gone.text, '["user_not_found",404]')
})

t.test('1.9: the other routes refuse a token with one word of four', async (t) => {
  const { get } = await older(t, emulateWithSecret)
  for (const [what, token, , expected, word] of refused) {
    const { status, text, headers } = await get(`${keyUrl}?token=${encodeURIComponent(token)}`)
    t.equal(status, expected, what)
    t.equal(text, error(word), what)
    t.notOk(headers['www-authenticate'], what)
  }
  const missing = await get(keyUrl)
  t.equal(missing.status, 400)
  t.equal(missing.text, error('token_not_provided'))
  const gone = await get(keyUrl, bearer(forged({ ...claims, sub: 99 })))
  t.equal(gone.status, 404)
  t.equal(gone.text, error('user_not_found'))
})

t.test('1.9: what is signed as PHP writes it is a token, whatever stands between its characters', async (t) => {
  const { get } = await older(t, emulateWithSecret)
  const spaced = signed(`${base64url('{"alg":"HS256"}')}.${payload}`)
  const rows: [string, string][] = [
    ['another header', spaced],
    ['instants that are texts', forged({ ...claims, exp: String(iat + 240) })],
    ['with prv and as issued', forged()],
    ['what is not base64url in the signature', `${forged()}!`],
  ]
  for (const [what, token] of rows) {
    t.equal((await get(`${me}?token=${encodeURIComponent(token)}`)).json.user?.id, 1, what)
  }
})

t.test('1.9: a failed login, check-url and the API key are as they are in 1.10', async (t) => {
  const emulator = await older(t)
  const { status, text } = await emulator.post(login, { body: { ...demo, password: 'x' } })
  t.equal(status, 200)
  t.equal(text, '{"error":"invalid_credentials","status_code":401}')
  t.equal((await emulator.get('/faveo/api/v1/helpdesk/check-url')).text, '{"status":"success"}')
  const keyed = await emulator.get(keyUrl, bearer(await tokenOf(emulator)))
  t.match(keyed.text, /^\{"result":"[A-Za-z0-9]{32}"\}$/)
  await emulator.set('faveo', { apiKeyMandatory: true })
  t.equal((await emulator.post(login, { body: demo })).text, '{"result":"wrong api key"}')
  t.match((await emulator.post(login, { body: { ...demo, api_key: keyed.json.result } })).text, /^\{"token"/)
})

t.test('1.9: names keep their tags', async (t) => {
  const fixtures = fixtureOf(t, (fixture) => ({
    ...fixture,
    accounts: [{ user_name: '<b>x</b>', password: 'x', first_name: '<i>y</i>' }],
  }))
  const emulator = await older(t, (t) => emulate(t, { fixtures }))
  const token = await tokenOf(emulator, { username: '<b>x</b>', password: 'x' })
  t.match((await emulator.get(me, bearer(token))).json.user, { user_name: '<b>x</b>', first_name: '<i>y</i>' })
})

t.test(
  '1.9: a path that is not there is 200 with the number in the body, a wrong method 200 with a page',
  async (t) => {
    const { ask } = await older(t)
    const rows: [string, string, string, string, string][] = [
      ['GET', '/api/v1/nothing', '{"status":"404"}', 'application/json', 'source'],
      ['GET', '/elsewhere', '{"status":"404"}', 'application/json', 'assumed'],
      ['GET', '/api/v1/authenticate', page, 'text/html; charset=UTF-8', 'source'],
      ['POST', '/api/v1/authenticate/user', page, 'text/html; charset=UTF-8', 'source'],
    ]
    for (const [method, path, body, type, level] of rows) {
      const { status, text, headers } = await ask(method, `/faveo${path}`)
      t.equal(status, 200, path)
      t.equal(text, body, path)
      t.equal(headers['content-type'], type, path)
      t.equal(headers['x-understudy-evidence'], level, path)
    }
    t.equal((await ask('OPTIONS', login)).headers.allow, 'POST')
    const large = await ask('POST', login, {
      body: ' '.repeat(1_048_577),
      headers: { 'content-type': 'application/json' },
    })
    t.equal(large.status, 200)
    t.equal(large.text, page)
  },
)

t.test('1.9: with throttle an address has so many requests, then 429 in plain words', async (t) => {
  const emulator = await older(t)
  await emulator.set('faveo', { throttle: { limit: 1, windowSeconds: 60 } })
  t.equal((await emulator.post(login, { body: demo })).status, 200)
  emulator.clock.advance(20_000)
  const { status, text, headers } = await emulator.post(login, { body: demo })
  t.equal(status, 429)
  t.equal(text, 'Too Many Attempts.')
  t.match(headers, { 'retry-after': '40', 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0' })
  t.equal(headers['x-understudy-evidence'], 'framework')
  t.match(await emulator.get(keyUrl), { status: 429, headers: { 'x-understudy-evidence': 'assumed' } })
  emulator.clock.advance(40_000)
  t.equal((await emulator.post(login, { body: demo })).status, 200)
})

t.test('1.9: a token that was revoked is no token, however it is written', async (t) => {
  const { get, post } = await older(t)
  const token = (await post(login, { body: demo })).json.token
  const { header, decoded, signature } = parts(token)
  const rewritten = `${header}.${base64url(decoded.replace('{', '{ '))}.${signature}`
  for (const one of [token, rewritten]) t.match((await get(me, bearer(one))).text, '"user_name"', 'before')
  t.equal((await post('/_understudy/tokens/revoke', { body: { token } })).status, 200)
  for (const one of [token, rewritten]) t.match((await get(me, bearer(one))).text, 'blacklisted')
})

t.test('1.9: a token lives 240 seconds, to the second', async (t) => {
  const emulator = await older(t)
  const token = await tokenOf(emulator)
  emulator.clock.advance(239_999)
  t.ok((await emulator.get(me, bearer(token))).json.user)
  emulator.clock.advance(1)
  t.equal((await emulator.get(me, bearer(token))).text, error('Token has expired'))
  t.equal((await emulator.get(keyUrl, bearer(token))).text, error('token_expired'))
})

t.test('1.9: a failure of authenticate/user is 200, however its path is spelled', async (t) => {
  const { get } = await older(t)
  const { status, text } = await get('/faveo/api/v1/%61uthenticate/user')
  t.equal(status, 200)
  t.equal(text, error('The token could not be parsed from the request'))
})
