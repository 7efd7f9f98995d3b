import { readFileSync } from 'node:fs'
import t from 'tap'
import { type Answer, type Emulator, emulate } from '../support/emulate.js'
import { forge, hs256, rs256 } from '../support/jwt.js'

interface Asked {
  readonly vendor: string
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly answer: { readonly status: number; readonly refusal: string | null; readonly why: string }
}

const inspect = ({ post }: Emulator, body: object): Promise<Answer> => post('/_understudy/tokens/inspect', { body })

const mint = async ({ post }: Emulator, body: object) => (await post('/_understudy/tokens', { body })).json

/** `operation status` of each that was asked, with the refusal where there was one. */
const summary = ({ json }: Answer): string[] =>
  json.operations.map(({ operation, answer }: Asked) =>
    [operation, answer.status, answer.refusal ?? []].flat().join(' '),
  )

const john = { vendor: 'tavio', account: 'john.doe', tenant: 'acme' }
const admin = { vendor: 'portsip', account: 'admin' }

t.test('a live token is accepted where its kind belongs, and refused where it does not', async (t) => {
  const emulator = await emulate(t)
  const rows: [object, string[]][] = [
    [{ vendor: 'thiio', account: 'admin@thiio.com' }, ['check 200']],
    [
      { vendor: 'babelfor', account: 'admin' },
      ['getUser 200', 'updateUser 200', 'logout 200', 'listRoles 200', 'listApiKeys 200', 'insertApiKey 200'],
    ],
    [
      { vendor: 'babelfor', account: 'admin', kind: 'api-key' },
      ['getUser 200', 'updateUser 200', 'logout 200', 'listRoles 200', 'listApiKeys 200', 'insertApiKey 200'],
    ],
    [{ vendor: 'faveo', account: 'demoadmin' }, ['getAuthenticatedUser 200', 'generateApiKey 200']],
    [john, ['renew 200', 'connect 200', 'me 200', 'listUsers 200']],
    [{ ...john, kind: 'envAuth' }, ['renew 200', 'connect 401 token-wrong-kind', 'me 200', 'listUsers 200']],
    [admin, ['getLoginStatus 200', 'logout 204', 'getUser 200', 'oauthToken 400 token-wrong-kind', 'oauthRevoke 200']],
    [
      { ...admin, kind: 'session' },
      [
        'getLoginStatus 200',
        'logout 204',
        'getUser 401 token-missing',
        'oauthToken 400 token-wrong-kind',
        'oauthRevoke 401 token-missing',
      ],
    ],
    [
      { ...admin, kind: 'refresh' },
      [
        'getLoginStatus 401 token-wrong-kind',
        'logout 204',
        'getUser 401 token-wrong-kind',
        'oauthToken 200',
        'oauthRevoke 401 token-wrong-kind',
      ],
    ],
  ]
  for (const [order, expected] of rows) {
    const { id, token } = await mint(emulator, order)
    const byText = await inspect(emulator, { token })
    t.strictSame(summary(byText), expected, JSON.stringify(order))
    const byId = await inspect(emulator, { id })
    t.strictSame(byId.json.operations, byText.json.operations, 'and the same by its id')
    t.strictSame(byId.json.token, byText.json.token)
  }
})

t.test('with another profile its operations are asked, and no others', async (t) => {
  const emulator = await emulate(t)
  const operations = async () => {
    const { token } = await mint(emulator, admin)
    return summary(await inspect(emulator, { token })).map((line) => line.split(' ')[0])
  }
  t.notOk((await operations()).includes('getAuthUser'))
  await emulator.set('portsip', { profile: '22.2' })
  t.ok((await operations()).includes('getAuthUser'))
})

t.test('a token that goes in a body is judged by each operation that takes one there', async (t) => {
  const emulator = await emulate(t)
  await emulator.set('portsip', { profile: '22.2' })
  const grace = { username: 'grace.m', password: 'Passw0rd!', domain: 'example.com' }
  const { token: flow } = (await emulator.post('/portsip/api/auth/sign_in', { body: grace })).json
  const { token: access } = await mint(emulator, admin)
  const judged = async (token: string) =>
    summary(await inspect(emulator, { token })).filter((line) =>
      /^(sendOtp|verifyOtp|resetPassword|refresh)/.test(line),
    )
  t.strictSame(await judged(flow), [
    'sendOtp 200',
    'verifyOtp 400 wrong-password',
    'resetPassword 400 token-wrong-kind',
    'refreshToken 400 token-wrong-kind',
  ])
  t.strictSame(await judged(access), [
    'sendOtp 400 token-wrong-kind',
    'verifyOtp 400 token-wrong-kind',
    'resetPassword 400 token-wrong-kind',
    'refreshToken 400 token-wrong-kind',
  ])
})

t.test('inspection says whose token it is, what it says and in what state it is', async (t) => {
  const emulator = await emulate(t)
  const { id, token, claims } = await mint(emulator, { vendor: 'faveo', account: 'demoadmin' })
  const { operations: _, ...rest } = (await inspect(emulator, { token })).json
  t.strictSame(rest, {
    known: true,
    token: {
      id,
      vendor: 'faveo',
      kind: 'access',
      account: '1',
      tenant: null,
      issuedAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T00:04:00.000Z',
      issuedBy: null,
      revokedAt: null,
      revokedBy: null,
      state: 'live',
    },
    header: { typ: 'JWT', alg: 'HS256' },
    claims,
    signedFor: ['faveo'],
  })
  const opaque = (await inspect(emulator, { token: (await mint(emulator, john)).token })).json
  t.match(opaque, { token: { tenant: 'acme', kind: 'orgAuth' }, header: null, claims: null, signedFor: [] })
})

t.test('each defect is named as the reason, by text and by id', async (t) => {
  const emulator = await emulate(t)
  const rows: [object, string, string, string][] = [
    [
      { vendor: 'thiio', account: 'admin@thiio.com' },
      'expired',
      'token-expired',
      'the token expired at 2025-12-31T23:59:59.000Z',
    ],
    [
      { vendor: 'thiio', account: 'admin@thiio.com' },
      'wrong-key',
      'token-bad-signature',
      'no accepted key made the signature',
    ],
    [
      { vendor: 'thiio', account: 'admin@thiio.com' },
      'hs-rs-confusion',
      'token-bad-signature',
      'the header does not name the algorithm',
    ],
    [
      { vendor: 'thiio', account: 'admin@thiio.com' },
      'wrong-audience',
      'token-claim-invalid',
      'the claim aud has a value that is not accepted',
    ],
    [
      { vendor: 'thiio', account: 'admin@thiio.com' },
      'missing-claim',
      'token-claim-missing',
      'the claim jti is missing',
    ],
    [
      { vendor: 'thiio', account: 'admin@thiio.com' },
      'not-yet-valid',
      'token-not-yet-valid',
      'the token is not valid before 2026-01-01T01:00:00.000Z',
    ],
    [
      { vendor: 'babelfor', account: 'admin' },
      'revoked',
      'token-revoked',
      'the token was revoked at 2026-01-01T00:00:00.000Z',
    ],
    [
      { vendor: 'babelfor', account: 'admin' },
      'wrong-key',
      'token-bad-signature',
      'no accepted key made the signature',
    ],
    [
      { vendor: 'babelfor', account: 'admin' },
      'bad-signature',
      'token-bad-signature',
      'no accepted key made the signature',
    ],
    [
      { vendor: 'faveo', account: 'demoadmin' },
      'unknown-account',
      'token-account-gone',
      'there is no account 2147483647',
    ],
    [john, 'other-tenant', 'token-wrong-tenant', 'the token is for the tenant "globex", not for "acme"'],
    [john, 'unknown-account', 'token-account-gone', 'there is no account'],
    [admin, 'other-tenant', 'token-wrong-tenant', 'the token is for the tenant'],
    [admin, 'expired', 'token-expired', 'the token expired at 2025-12-31T23:59:59.000Z'],
  ]
  for (const [order, defect, refusal, why] of rows) {
    const { id, token } = await mint(emulator, { ...order, defect })
    const byText = await inspect(emulator, { token })
    const [first] = byText.json.operations
    t.equal(first.answer.refusal, refusal, `${JSON.stringify(order)} ${defect}`)
    t.ok(first.answer.why.startsWith(why), first.answer.why)
    t.equal(byText.json.token.defect, defect)
    t.strictSame((await inspect(emulator, { id })).json.operations, byText.json.operations, 'by its id')
  }
})

t.test('a token of a login is inspected by its id too, with the key that signed it', async (t) => {
  const emulator = await emulate(t)
  const { post, get } = emulator
  await post('/thiio/api/login', { body: { email: 'admin@thiio.com', password: '123456789' } })
  await post('/babelfor/v1/auth/login', { body: { username: 'admin', password: 'admin' } })
  for (const vendor of ['thiio', 'babelfor']) {
    const [{ id }] = (
      await get(`/_understudy/tokens?vendor=${vendor}&kind=${vendor === 'thiio' ? 'access' : 'bearer'}`)
    ).json.items
    t.equal((await inspect(emulator, { id })).json.operations[0].answer.status, 200, vendor)
    await post('/_understudy/keys/rotate', { body: { vendor } })
    t.match(
      (await inspect(emulator, { id })).json,
      { signedFor: [], operations: [{ answer: { status: 401, refusal: 'token-bad-signature' } }] },
      vendor,
    )
  }
})

t.test(
  'a token that nobody knows is read as far as it can be, and shown to whoever it could be meant for',
  async (t) => {
    const emulator = await emulate(t)
    const { post } = emulator
    const asked = async (body: object) => (await inspect(emulator, body)).json
    const vendorsOf = (json: { operations: Asked[] }) => [...new Set(json.operations.map(({ vendor }) => vendor))]

    const stranger = forge(
      { alg: 'RS256' },
      { sub: '1', n: 5 },
      rs256(readFileSync('fixtures/keys/foreign.pem', 'utf8')),
    )
    const jwt = await asked({ token: stranger })
    t.match(jwt, { known: false, token: null, header: { alg: 'RS256' }, claims: { sub: '1', n: 5 }, signedFor: [] })
    t.strictSame(vendorsOf(jwt), ['babelfor', 'faveo', 'thiio'], 'those with JWTs')
    t.ok(jwt.operations.every(({ answer }: Asked) => answer.refusal === 'token-bad-signature'))
    t.strictSame(vendorsOf(await asked({ token: stranger, vendor: 'thiio' })), ['thiio'])

    const opaque = await asked({ token: 'ABCDEF' })
    t.match(opaque, { known: false, header: null, claims: null })
    t.strictSame(vendorsOf(opaque), ['babelfor', 'portsip', 'tavio'], 'those with opaque ones')
    t.ok(
      opaque.operations
        .filter(({ operation, vendor }: Asked) => !(vendor === 'portsip' && operation === 'logout'))
        .every(({ answer }: Asked) => answer.refusal === 'token-unknown'),
    )

    const keys = (await emulator.get('/_understudy/keys')).json.items
    const { secret } = keys.find(({ vendor }: { vendor: string }) => vendor === 'babelfor')
    const own = forge({ alg: 'HS256' }, { sub: '2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101', exp: 2e9 }, hs256(secret))
    const signed = await asked({ token: own, vendor: 'babelfor' })
    t.match(signed, { known: false, signedFor: ['babelfor'] })
    t.equal(signed.operations[0].answer.status, 200, 'signed with the published secret it needs no record')

    for (const token of ['a.b.c', 'e30', `${Buffer.from('[1]').toString('base64url')}.x.y`, '....', 'ü']) {
      const { status, json } = await inspect(emulator, { token })
      t.strictSame([status, json.known, json.claims], [200, false, null], token)
    }
    for (const [body, status] of [
      [{ id: 'nothing' }, 404],
      [{ token: 'x', vendor: 'nobody' }, 404],
      [{ id: 'x', vendor: 'nobody' }, 404],
      [{}, 422],
      [{ token: '' }, 422],
      [{ token: 'x', id: 'y' }, 422],
    ] as const) {
      t.equal((await post('/_understudy/tokens/inspect', { body })).status, status, JSON.stringify(body))
    }
  },
)

t.test('inspection changes nothing: no token, no request, no account, no draw', async (t) => {
  const emulator = await emulate(t)
  const untouched = await emulate(t)
  const order = { ...admin, kind: 'refresh' }
  const { id, token } = await mint(emulator, order)
  await mint(untouched, order)
  const state = async ({ get }: Emulator) =>
    Promise.all(
      ['tokens', 'worlds', 'requests', 'keys', 'settings/faveo'].map(
        async (path) => (await get(`/_understudy/${path}`)).text,
      ),
    )
  const before = await state(emulator)
  for (const body of [{ token }, { id }, { token: 'nobody' }]) await inspect(emulator, body)
  t.strictSame(await state(emulator), before)
  const faveo = { vendor: 'faveo', account: 'demoadmin' }
  await inspect(emulator, { token: (await mint(emulator, faveo)).token })
  await mint(untouched, faveo)
  for (const next of [order, faveo, john]) {
    t.equal((await mint(emulator, next)).token, (await mint(untouched, next)).token, 'the next token is the same')
  }
  const login = await emulator.post('/portsip/api/login', { body: { username: 'admin', password: 'admin' } })
  t.equal(login.headers['x-understudy-request'], 'default-1')
})

t.test('neither faults nor throttles nor the time that passes meanwhile are felt', async (t) => {
  const emulator = await emulate(t)
  const { post } = emulator
  await emulator.set('tavio', { throttle: { limit: 1, windowSeconds: 60 } })
  await post('/_understudy/faults', { body: { effect: { kind: 'respond', status: 503 } } })
  const { token } = await mint(emulator, john)
  const { operations } = (await inspect(emulator, { token })).json
  t.ok(operations.every(({ answer }: Asked) => answer.status === 200))
})

t.test('a token of an account that was removed since can still be inspected by its id', async (t) => {
  const emulator = await emulate(t)
  const { id } = await mint(emulator, { vendor: 'faveo', account: 'demoadmin' })
  await emulator.ask('DELETE', '/_understudy/accounts/faveo/1')
  t.equal((await inspect(emulator, { id })).json.operations[0].answer.refusal, 'token-account-gone')
  const { items } = (await emulator.get('/_understudy/accounts?vendor=faveo')).json
  for (const account of items) await emulator.ask('DELETE', `/_understudy/accounts/faveo/${account.id}`)
  const unmakeable = await inspect(emulator, { id })
  t.strictSame([unmakeable.status, unmakeable.json.error.code], [409, 'impossible-token'], 'unless nobody is left')
})

t.test('a token whose claims were ordered is inspected by its id as by its text', async (t) => {
  const emulator = await emulate(t)
  const rows: [object, number][] = [
    [{ vendor: 'thiio', account: 'admin@thiio.com' }, 200],
    [{ vendor: 'babelfor', account: 'admin' }, 401],
    [{ vendor: 'faveo', account: 'demoadmin' }, 401],
  ]
  for (const [order, status] of rows) {
    const { id, token } = await mint(emulator, { ...order, claims: { exp: null, more: 'x' } })
    const byText = (await inspect(emulator, { token })).json
    t.equal(byText.operations[0].answer.status, status, `${JSON.stringify(order)} without exp`)
    t.strictSame((await inspect(emulator, { id })).json, byText)
    t.equal(byText.token.expiresAt, null)
  }
})
