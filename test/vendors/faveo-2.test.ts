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
  prv,
  seedHeader,
  tokenOf,
  without,
} from '../support/faveo.js'

// Expected values: https://github.com/ladybirdweb/faveo-helpdesk, development branch of 2024 (v2.0), and the vendored
// jwt-auth and lcobucci/jwt 4.3.

const denied = (message: string) => `{"success":false,"message":"${message}"}`
const demoUser = `{${demoColumns},"created_at":"2018-08-13T14:22:49.000000Z","updated_at":"2018-08-13T14:23:14.000000Z","user_language":null}`

/** A server of release 2. */
async function newer(t: Test, start: (t: Test) => Promise<Emulator> = emulate): Promise<Emulator> {
  const emulator = await start(t)
  await emulator.set('faveo', { profile: '2' })
  return emulator
}

t.test('2: authenticate answers the whole user with ISO dates', async (t) => {
  const { post } = await newer(t)
  const { status, text, json, headers } = await post(login, { body: demo })
  t.equal(status, 200)
  t.equal(text, `{"token":"${json.token}","user_id":${demoUser}}`)
  t.equal(headers['x-understudy-evidence'], 'framework')
})

t.test('2: a token has its subject as a text, and slashes without a backslash', async (t) => {
  const { post } = await newer(t)
  const { json } = await post(login, { body: demo, headers: { host: 'productdemourl.com' } })
  const { header, decoded } = parts(json.token)
  t.equal(header, seedHeader)
  const [, jti] = /"jti":"([A-Za-z0-9]{16})"/.exec(decoded) ?? []
  t.equal(
    decoded,
    `{"iss":"http://productdemourl.com/faveo/api/v1/authenticate","iat":${iat},"exp":${iat + 240},` +
      `"nbf":${iat},"jti":"${jti}","sub":"1","prv":"${prv}"}`,
  )
})

t.test('2: authenticate/user answers the user alone', async (t) => {
  const emulator = await newer(t)
  const { status, text, headers } = await emulator.get(me, bearer(await tokenOf(emulator)))
  t.equal(status, 200)
  t.equal(text, `{"user":${demoUser}}`)
  t.equal(headers['x-understudy-evidence'], 'framework')
})

t.test('2: a token follows the last Bearer of its header, up to a comma, and may stand elsewhere', async (t) => {
  const emulator = await newer(t)
  const token = await tokenOf(emulator)
  const header = (authorization: string): Ask => ({ headers: { authorization } })
  const rows: [string, string, Ask, number][] = [
    ['header', '', header(`Bearer ${token}`), 200],
    ['header in lower case, without a blank', '', header(`bearer${token}`), 200],
    ['the last of two', '', header(`Bearer x, Bearer ${token}`), 200],
    ['up to a comma', '', header(`Bearer ${token}, Basic x`), 200],
    ['two words', '', header(`Bearer ${token} x`), 401],
    ['an empty bearer, a query', `?token=${token}`, header('Bearer'), 200],
    ['query', `?token=${token}`, {}, 200],
    ['JSON on GET', '', { body: { token } }, 200],
    ['cookie', '', { headers: { cookie: `token=${token}` } }, 200],
  ]
  for (const [what, search, ask, status] of rows) t.equal((await emulator.get(me + search, ask)).status, status, what)
})

t.test('2: a token is refused in the order and the words of the source', async (t) => {
  const { get } = await newer(t, emulateWithSecret)
  const payload = base64url(JSON.stringify(claims))
  const undecodable = (tail: string) => `Could not decode token: ${tail}`
  const base64 = undecodable('Error while decoding from Base64Url, invalid base64 characters detected')
  const json = undecodable('Error while decoding from JSON')
  const badSignature = 'Token Signature could not be verified.'
  const lacks = 'JWT payload does not contain the required claims'
  const notIssued = 'Invalid value provided for claim [iat]'
  const rows: [string, string, string][] = [
    ['one segment', 'x', 'Wrong number of segments'],
    ['an empty segment', 'a..c', 'Malformed token'],
    ['what is not base64url in the header', `${seedHeader}!.${payload}.c`, base64],
    ['what is not base64url in the payload', `${seedHeader}.${payload}!.${parts(forged()).signature}`, base64],
    ['what is not base64url in the signature', `${seedHeader}.${payload}.!`, base64],
    ['base64 with padding', `${seedHeader}.${base64url('{}1')}=.AA`, base64],
    ['a lone last character', `${seedHeader}.${payload}.A`, base64],
    ['bits that say nothing', `${seedHeader}.${payload}.AB`, base64],
    ['no JSON in the header', `${base64url('x')}.${payload}.AA`, json],
    ['no JSON in the payload', `${seedHeader}.${base64url('{')}.AA`, json],
    ['invalid UTF-8', `${seedHeader}.${base64url(Buffer.from([0x22, 0xff]))}.AA`, json],
    ['a header that is no array', forged(claims, 'null'), undecodable('headers must be an array')],
    ['a payload that is no array', forged('5'), undecodable('claims must be an array')],
    ['an encrypted token', forged(claims, '{"alg":"HS256","enc":"x"}'), undecodable('Encryption is not supported yet')],
    [
      'an exp that is no number',
      forged({ ...claims, exp: 'soon' }),
      undecodable('Value is not in the allowed date format: soon'),
    ],
    [
      'iat before nbf and exp',
      forged({ ...claims, exp: 'x', nbf: 'y', iat: 'z' }),
      undecodable('Value is not in the allowed date format: z'),
    ],
    [
      'a date before the signature',
      forged({ ...claims, exp: 'x' }, undefined, 'another secret'),
      undecodable('Value is not in the allowed date format: x'),
    ],
    ['another secret', forged(claims, undefined, 'another secret of the test, 32 bytes'), badSignature],
    ['alg none', forged(claims, '{"typ":"JWT","alg":"none"}'), badSignature],
    ['alg none with any signature', `${base64url('{"alg":"none"}')}.${payload}.!`, badSignature],
    ['alg HS512', forged(claims, '{"typ":"JWT","alg":"HS512"}'), badSignature],
    ['no alg', forged(claims, '{"typ":"JWT"}'), badSignature],
    ['iat in the future', forged({ ...claims, iat: iat + 1 }), notIssued],
    ['iat in the future before a missing claim', forged({ ...without('sub'), iat: iat + 1 }), notIssued],
    ['iat and nbf in the future', forged({ ...claims, iat: iat + 1, nbf: iat + 1 }), notIssued],
    ['no sub', forged(without('sub')), lacks],
    ['no jti', forged(without('jti')), lacks],
    ['a missing claim before an expiry', forged({ ...without('sub'), exp: iat }), lacks],
    ['nbf in the future', forged({ ...claims, nbf: iat + 1 }), 'Not Before (nbf) timestamp cannot be in the future'],
    ['expired before nbf', forged({ ...claims, nbf: iat + 1, exp: iat }), 'Token has expired'],
    ['expired', forged({ ...claims, exp: iat }), 'Token has expired'],
    ['of nobody', forged({ ...claims, sub: '99' }), 'User not found'],
  ]
  for (const [what, token, message] of rows) {
    const { status, text, headers } = await get(`${me}?token=${encodeURIComponent(token)}`)
    t.equal(status, 401, what)
    t.equal(text, denied(message), what)
    t.equal(headers['x-understudy-evidence'], what === 'no jti' ? 'assumed' : 'source', what)
    t.equal((await get(`${keyUrl}?token=${encodeURIComponent(token)}`)).text, denied(message), `${what}, elsewhere`)
  }
  t.equal((await get(me)).text, denied('Token not provided'))
})

t.test('2: whatever is signed correctly is a token, however it is written', async (t) => {
  const { get } = await newer(t, emulateWithSecret)
  const rows: [string, string][] = [
    ['a subject in text', forged({ ...claims, sub: '1' })],
    ['a subject in digits, as 1.10 issues it', forged()],
    ['slashes as they are', forged(JSON.stringify(claims))],
    ['instants that are texts', forged({ ...claims, iat: String(iat), exp: String(iat + 240) })],
  ]
  for (const [what, token] of rows) t.equal((await get(me, bearer(token))).json.user?.id, 1, what)
})

t.test('2: names lose their tags', async (t) => {
  const fixtures = fixtureOf(t, (fixture) => ({
    ...fixture,
    accounts: [{ user_name: '<b>Short</b>', password: 'x', first_name: 'a < b', last_name: '<i' }],
  }))
  const { post } = await newer(t, (t) => emulate(t, { fixtures }))
  const { user_id } = (await post(login, { body: { username: '<b>short</b>', password: 'x' } })).json
  t.match(user_id, {
    user_name: 'Short',
    first_name: 'a < b',
    last_name: '',
    created_at: '2026-01-01T00:00:00.000000Z',
  })
})

t.test('2: a number is the API key only if the key is a number', async (t) => {
  const fixtures = fixtureOf(t, (fixture) => ({ ...fixture, apiKey: '0042' }))
  const rows: [string | undefined, unknown, boolean][] = [
    [undefined, 0, false],
    [undefined, true, true],
    [undefined, 'q3ZbX0uTgR7mYc1LkE9oWd5JpHs2VfAn', true],
    [fixtures, 42, true],
    [fixtures, 43, false],
  ]
  for (const [file, api_key, works] of rows) {
    const { post, set } = await newer(t, (t) => emulate(t, file === undefined ? {} : { fixtures: file }))
    await set('faveo', { apiKeyMandatory: true })
    const { text } = await post(login, { body: { ...demo, api_key } })
    t.equal(/^\{"token"/.test(text), works, JSON.stringify(api_key))
    if (!works) t.equal(text, '{"result":"wrong api key"}')
  }
})

t.test('2: all else is as in 1.10', async (t) => {
  const emulator = await newer(t)
  const { ask, post, set } = emulator
  t.equal((await post(login, { body: {} })).text, '{"error":"invalid_credentials","status_code":401}')
  t.match(await ask('GET', '/faveo/api/v1/nothing'), { status: 404, text: '{"success":false,"message":"not-found"}' })
  t.match(await ask('GET', login), { status: 405, text: '{"message":"Method not allowed","success":false}' })
  t.match((await emulator.get(keyUrl, bearer(await tokenOf(emulator)))).text, /^\{"result":"[A-Za-z0-9]{32}"\}$/)
  await set('faveo', { throttle: { limit: 1, windowSeconds: 60 } })
  await post(login, { body: demo })
  t.match(await post(login, { body: demo }), { status: 500, text: '{"error":"Too Many Attempts."}' })
})

t.test('a world may change its release: tokens of one are tokens of another where both can read them', async (t) => {
  const emulator = await emulate(t)
  const { get, set, ask } = emulator
  const tokens = new Map<string, string>()
  for (const profile of ['1.10', '1.9', '2']) {
    await set('faveo', { profile })
    tokens.set(profile, await tokenOf(emulator))
  }
  const rows: [string, string, boolean][] = [
    ['1.9', '1.10', true],
    ['1.9', '2', true],
    ['1.10', '1.9', true],
    ['1.10', '2', true],
    ['2', '1.10', true],
    // 1.9 verifies what PHP would have written: with backslashes.
    ['2', '1.9', false],
  ]
  for (const [issued, profile, works] of rows) {
    await set('faveo', { profile })
    const { json } = await get(me, bearer(tokens.get(issued) ?? ''))
    t.equal(json.user?.id === 1, works, `${issued} in ${profile}`)
  }
  await set('faveo', { profile: '2' })
  t.match((await ask('POST', `/@other${login}`, { body: demo })).json.user_id, { created_at: '2018-08-13 14:22:49' })
  await t.rejects(set('faveo', { profile: '3' }))
})
