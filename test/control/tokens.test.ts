import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { defects } from '../../src/core/making.js'
import { type Answer, type Emulator, emulate } from '../support/emulate.js'
import { hs256, publicPem, segments, signedBy, signedWith } from '../support/jwt.js'

const pem = (name: string) => readFileSync(`fixtures/keys/${name}.pem`, 'utf8')

/** A protected operation, and how a token of this kind is minted for it. */
interface Protected {
  readonly order: Readonly<Record<string, unknown>>
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly form?: (token: string) => string
}

const subjects: Readonly<Record<string, Protected>> = {
  'thiio access': { order: { vendor: 'thiio', account: 'admin@thiio.com' }, method: 'GET', path: '/thiio/api/check' },
  'babelfor bearer': { order: { vendor: 'babelfor', account: 'admin' }, method: 'GET', path: '/babelfor/v1/auth/user' },
  'babelfor api-key': {
    order: { vendor: 'babelfor', account: 'admin', kind: 'api-key' },
    method: 'GET',
    path: '/babelfor/v1/auth/user',
  },
  'portsip access': { order: { vendor: 'portsip', account: 'admin' }, method: 'GET', path: '/portsip/api/user' },
  'portsip session': {
    order: { vendor: 'portsip', account: 'admin', kind: 'session' },
    method: 'GET',
    path: '/portsip/api/login',
  },
  'portsip oauth': {
    order: { vendor: 'portsip', account: 'admin', kind: 'oauth' },
    method: 'GET',
    path: '/portsip/api/user',
  },
  'portsip refresh': {
    order: { vendor: 'portsip', account: 'admin', kind: 'refresh' },
    method: 'POST',
    path: '/portsip/api/login/oauth/token',
    form: (token) => `grant_type=refresh_token&client_id=9d806019-75b2-4b3d-bb8b-f5a3a412cc0a&refresh_token=${token}`,
  },
  'faveo access': {
    order: { vendor: 'faveo', account: 'demoadmin' },
    method: 'GET',
    path: '/faveo/api/v1/authenticate/user',
  },
  'tavio orgAuth': {
    order: { vendor: 'tavio', account: 'john.doe', tenant: 'acme' },
    method: 'GET',
    path: '/tavio/v1/acme/me',
  },
  'tavio envAuth': {
    order: { vendor: 'tavio', account: 'john.doe', tenant: 'acme', kind: 'envAuth' },
    method: 'GET',
    path: '/tavio/v1/acme/me',
  },
}

const of = (name: string): Protected => {
  const subject = subjects[name]
  if (!subject) throw new Error(`no subject ${name}`)
  return subject
}

const mint = ({ post }: Emulator, body: object, world = ''): Promise<Answer> =>
  post(`${world}/_understudy/tokens`, { body })

/** Presents a minted token as the response says that a client would. */
function use({ ask }: Emulator, { method, path, form }: Protected, minted: Answer, world = ''): Promise<Answer> {
  const { token, present } = minted.json
  return form
    ? ask(method, `${world}${path}`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form(token),
      })
    : ask(method, `${world}${path}`, { headers: present })
}

const unauthenticated = [401, '{"message":"Unauthenticated."}'] as const
const portsip401 = [401, '{"errors":[{"code":"UNAUTHORIZED","message":"Unauthorized"}]}'] as const
const portsip400 = [400, '{"errors":[{"code":"UNKNOWN","message":"unknown error"}]}'] as const
const tavio401 = [
  401,
  '{"status":401,"error":"Unauthorized","message":"Invalid or expired credentials","path":"/v1/acme/me","timestamp":"2026-01-01T00:00:00Z"}',
] as const
const babelfor = (challenge: string) => [401, '', challenge] as const
const invalidToken = babelfor('Bearer error="invalid_token"')
const noKey = babelfor('Bearer error="invalid_token", error_description="The signature key was not found"')
const badKey = babelfor('Bearer')
const faveo = (message: string) => [401, JSON.stringify({ success: false, message })] as const
const faveoSignature = faveo('Token Signature could not be verified.')

const opaque = ['malformed', 'revoked', 'other-vendor', 'unknown-account', 'expired'] as const
const same = <T>(names: readonly string[], answer: T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, answer]))

const jwt = [...opaque, 'not-yet-valid', 'wrong-key', 'bad-signature', 'alg-none', 'missing-claim'] as const

/** What the dossiers say of each; a defect that is not named is impossible. */
const refused: Readonly<Record<string, Readonly<Record<string, readonly [number, string, string?]>>>> = {
  'thiio access': same([...jwt, 'hs-rs-confusion', 'wrong-audience'], unauthenticated),
  'babelfor bearer': {
    ...same(jwt, invalidToken),
    expired: babelfor(`Bearer error="invalid_token", error_description="The token expired at '12/31/2025 23:59:59'"`),
    ...same(['wrong-key', 'bad-signature', 'other-vendor'], noKey),
    'alg-none': babelfor('Bearer error="invalid_token", error_description="The signature is invalid"'),
    'not-yet-valid': babelfor(
      `Bearer error="invalid_token", error_description="The token is not valid before '01/01/2026 01:00:00'"`,
    ),
  },
  'babelfor api-key': same(opaque, badKey),
  'portsip access': same([...opaque, 'other-tenant'], portsip401),
  'portsip session': same([...opaque, 'other-tenant'], portsip401),
  'portsip oauth': same([...opaque, 'other-tenant'], portsip401),
  'portsip refresh': same([...opaque, 'other-tenant'], portsip400),
  'faveo access': {
    expired: faveo('Token has expired'),
    malformed: faveo('Wrong number of segments'),
    revoked: faveo('The token has been blacklisted'),
    'other-vendor': faveoSignature,
    'unknown-account': faveo('User not found'),
    'not-yet-valid': faveo('Not Before (nbf) timestamp cannot be in the future'),
    'wrong-key': faveoSignature,
    'bad-signature': faveoSignature,
    // The header is read up to its last word character, so that nothing is left of an empty third segment.
    'alg-none': faveo('Wrong number of segments'),
    'missing-claim': faveo('JWT payload does not contain the required claims'),
  },
  'tavio orgAuth': same([...opaque, 'other-tenant'], tavio401),
  'tavio envAuth': same([...opaque, 'other-tenant'], tavio401),
}

for (const [name, rows] of Object.entries(refused)) {
  t.test(`a minted ${name} is accepted, and with a defect refused as the vendor refuses it`, async (t) => {
    const emulator = await emulate(t)
    const subject = of(name)
    const healthy = await mint(emulator, subject.order)
    t.equal(healthy.status, 201, healthy.text)
    t.equal((await use(emulator, subject, healthy)).status, 200)
    for (const defect of defects) {
      const minted = await mint(emulator, { ...subject.order, defect })
      const [status, text, challenge] = rows[defect] ?? []
      if (status === undefined) {
        t.equal(minted.status, 422, defect)
        t.match(minted.json.error, { code: 'impossible-defect', details: { pointer: '/defect' } }, defect)
        t.strictSame([...minted.json.error.details.possible].sort(), Object.keys(rows).sort(), defect)
        continue
      }
      t.equal(minted.status, 201, `${defect}: ${minted.text}`)
      const answer = await use(emulator, subject, minted)
      t.strictSame([answer.status, answer.text], [status, text], defect)
      if (challenge !== undefined) t.equal(answer.headers['www-authenticate'], challenge, defect)
    }
    t.equal((await use(emulator, subject, await mint(emulator, subject.order))).status, 200, 'and nothing else is')
  })
}

t.test('each defect of a JWT is in the place that its name says, and the rest is whole', async (t) => {
  const emulator = await emulate(t)
  const order = of('thiio access').order
  const whole = async (defect: string) => (await mint(emulator, { ...order, defect })).json.token
  const current = publicPem(pem('current'))
  const foreign = await whole('wrong-key')
  t.notOk(signedBy(foreign, current))
  t.ok(signedBy(foreign, publicPem(pem('foreign'))), 'by the foreign key that ships')
  const spoiled = await whole('bad-signature')
  t.notOk(signedBy(spoiled, current))
  t.equal(segments(spoiled).signature.length, 512)
  const confused = await whole('hs-rs-confusion')
  t.equal(segments(confused).header, '{"typ":"JWT","alg":"HS256"}')
  t.ok(signedWith(confused, current), 'by the public key as a secret')
  t.equal(Buffer.from((await whole('alg-none')).split('.')[0], 'base64url').toString(), '{"typ":"JWT","alg":"none"}')
  t.match(await whole('alg-none'), /\.$/)
  for (const [defect, change] of [
    ['missing-claim', { jti: undefined }],
    ['wrong-audience', { aud: '10' }],
    ['not-yet-valid', { nbf: 1_767_229_200 }],
    ['unknown-account', { sub: '2147483647' }],
    ['expired', { exp: 1_767_225_599 }],
  ] as const) {
    const token = await whole(defect)
    t.ok(signedBy(token, current), `${defect} is signed`)
    const { jti: _jti, ...claims } = segments(token).claims
    const { jti, ...expected } = { jti: 'any', ...change }
    t.match(claims, expected, defect)
    t.equal('jti' in segments(token).claims, jti !== undefined)
  }
})

t.test('a minted token is byte for byte what a login would have issued', async (t) => {
  const other = await emulate(t)
  const emulator = await emulate(t)
  const { post } = emulator
  const logins: [string, string, object, (answer: Answer) => string][] = [
    [
      'thiio access',
      '/thiio/api/login',
      { email: 'admin@thiio.com', password: '123456789' },
      ({ json }) => json.data.token,
    ],
    ['babelfor bearer', '/babelfor/v1/auth/login', { username: 'admin', password: 'admin' }, ({ json }) => json.token],
    [
      'faveo access',
      '/faveo/api/v1/authenticate',
      { username: 'demoadmin', password: 'demopass' },
      ({ json }) => json.token,
    ],
    [
      'tavio orgAuth',
      '/tavio/v1/acme/auth/login',
      { username: 'john.doe', password: 'john.doe.password' },
      ({ json }) => json.token,
    ],
    [
      'portsip session',
      '/portsip/api/login',
      { username: 'admin', password: 'admin' },
      ({ headers }) => /portsip_session=(\w+)/.exec(String(headers['set-cookie']))?.[1] ?? '',
    ],
  ]
  for (const [name, path, body, read] of logins) {
    t.equal((await mint(other, of(name).order)).json.token, read(await post(path, { body })), name)
  }
})

t.test('the answer says what was made', async (t) => {
  const emulator = await emulate(t)
  const bearer = await mint(emulator, of('babelfor bearer').order)
  const { token, claims, ...rest } = bearer.json
  t.strictSame(claims, segments(token).claims)
  t.strictSame(rest, {
    id: claims.jti,
    kind: 'bearer',
    vendor: 'babelfor',
    account: '2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101',
    tenant: null,
    issuedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T00:30:00.000Z',
    present: { authorization: `Bearer ${token}` },
  })
  const opaque = (await mint(emulator, of('tavio orgAuth').order)).json
  t.equal(opaque.id, createHash('sha256').update(opaque.token).digest('hex').slice(0, 24))
  t.strictSame([opaque.tenant, opaque.claims], ['acme', null])
  const cookie = (await mint(emulator, of('portsip session').order)).json
  t.strictSame(cookie.present, { cookie: `portsip_session=${cookie.token}` })
  t.equal((await mint(emulator, of('portsip refresh').order)).json.present, null)
  const key = (await mint(emulator, of('babelfor api-key').order)).json
  t.strictSame([key.present, key.expiresAt], [{ 'x-api-key': key.token }, null])
  for (const defect of ['malformed', 'other-vendor']) {
    t.equal((await mint(emulator, { ...of('faveo access').order, defect })).json.id, null, `${defect} is not on record`)
  }
})

t.test('claims are added, replaced and left out', async (t) => {
  const emulator = await emulate(t)
  const order = of('babelfor bearer').order
  const claims = { jti: 'mine', role: null, exp: 1_767_225_601.5, extra: { deep: [1] } }
  const { json } = await mint(emulator, { ...order, claims })
  t.match(segments(json.token).claims, {
    jti: 'mine',
    exp: 1_767_225_601.5,
    extra: { deep: [1] },
    unique_name: 'admin',
  })
  t.notOk('role' in json.claims)
  t.strictSame([json.id, json.expiresAt], ['mine', '2026-01-01T00:00:01.500Z'])
  const again = await mint(emulator, { ...order, claims })
  t.strictSame([again.status, again.json.error.code], [409, 'token-exists'])
  t.equal((await mint(emulator, { ...order, claims: { exp: null } })).json.expiresAt, null)
  for (const [exp, expiresAt] of [
    [1e300, '9999-12-31T23:59:59.999Z'],
    [-5, '1970-01-01T00:00:00.000Z'],
    ['soon', '2026-01-01T00:30:00.000Z'],
  ] as const) {
    t.equal((await mint(emulator, { ...order, claims: { exp } })).json.expiresAt, expiresAt, String(exp))
  }
})

t.test('a token without jti that is minted twice within one instant is one token', async (t) => {
  const emulator = await emulate(t)
  const order = { ...of('thiio access').order, defect: 'missing-claim' }
  const first = (await mint(emulator, order)).json
  const second = (await mint(emulator, order)).json
  t.strictSame([second.token, second.id], [first.token, first.id])
})

t.test('times are ordered by lifetime, by instants, or left to the vendor', async (t) => {
  const emulator = await emulate(t)
  const bearer = of('babelfor bearer').order
  const rows: [object, string, string | null][] = [
    [{ lifetime: '5s' }, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:05.000Z'],
    [{ lifetime: 1999 }, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z'],
    [{ issuedAt: '2025-12-31T23:59:00Z' }, '2025-12-31T23:59:00.000Z', '2026-01-01T00:29:00.000Z'],
    [{ expiresAt: '2027-01-01' }, '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    [{ issuedAt: '2025-01-01', lifetime: '2h' }, '2025-01-01T00:00:00.000Z', '2025-01-01T02:00:00.000Z'],
    [{ defect: 'expired', lifetime: '10s' }, '2025-12-31T23:59:49.000Z', '2025-12-31T23:59:59.000Z'],
  ]
  for (const [times, issuedAt, expiresAt] of rows) {
    const { json } = await mint(emulator, { ...bearer, ...times })
    t.match(json, { issuedAt, expiresAt }, JSON.stringify(times))
    t.match(segments(json.token).claims, {
      iat: Date.parse(issuedAt) / 1000,
      exp: Date.parse(String(expiresAt)) / 1000,
    })
  }
  t.match(
    (await mint(emulator, { ...of('babelfor api-key').order, defect: 'expired' })).json,
    { issuedAt: '2025-12-31T22:59:59.000Z', expiresAt: '2025-12-31T23:59:59.000Z' },
    'what never ends has had an hour',
  )
})

t.test('an order that cannot be met is refused with its pointer, and nothing is minted', async (t) => {
  const emulator = await emulate(t)
  const { get } = emulator
  const john = { vendor: 'tavio', account: 'john.doe' }
  const thiio = of('thiio access').order
  const rows: [object, number, string, string][] = [
    [{ ...thiio, vendor: 'nobody' }, 404, 'unknown-vendor', '/vendor'],
    [{ ...thiio, account: 'nobody' }, 404, 'unknown-account', '/account'],
    [{ vendor: 'thiio' }, 422, 'invalid-input', '/account'],
    [{ ...thiio, kind: 'bearer' }, 422, 'invalid-input', '/kind'],
    [{ ...thiio, tenant: 'acme' }, 422, 'invalid-input', '/tenant'],
    [{ ...thiio, environment: 'acme-prod' }, 422, 'invalid-input', '/environment'],
    [{ ...thiio, defect: 'other-tenant' }, 422, 'impossible-defect', '/defect'],
    [{ ...thiio, defect: 'broken' }, 422, 'invalid-input', '/defect'],
    [{ ...thiio, lifetime: '1 fortnight' }, 422, 'invalid-duration', '/lifetime'],
    [{ ...thiio, lifetime: '999999999d' }, 422, 'invalid-instant', '/lifetime'],
    [{ ...thiio, issuedAt: 'tomorrow' }, 422, 'invalid-instant', '/issuedAt'],
    [{ ...thiio, expiresAt: '2026-02-30' }, 422, 'invalid-instant', '/expiresAt'],
    [{ ...thiio, issuedAt: '9998-01-01' }, 422, 'invalid-instant', '/issuedAt'],
    [{ ...thiio, expiresAt: '2027-01-01', lifetime: 5 }, 422, 'invalid-input', '/lifetime'],
    [{ ...thiio, expiresAt: '2027-01-01', defect: 'expired' }, 422, 'invalid-input', '/expiresAt'],
    [{ ...thiio, issuedAt: '2025-01-01', defect: 'expired' }, 422, 'invalid-input', '/issuedAt'],
    [{ ...of('tavio orgAuth').order, claims: {} }, 422, 'invalid-input', '/claims'],
    [{ ...of('babelfor api-key').order, claims: {} }, 422, 'invalid-input', '/claims'],
    [{ ...john, tenant: 'nowhere' }, 422, 'invalid-input', '/tenant'],
    [{ ...john, tenant: 'acme', environment: 'acme-prod' }, 422, 'invalid-input', '/environment'],
    [{ ...john, tenant: 'acme', kind: 'envAuth', environment: 'globex-prod' }, 422, 'invalid-input', '/environment'],
  ]
  const before = (await get('/_understudy/tokens')).text
  for (const [body, status, code, pointer] of rows) {
    const answer = await mint(emulator, body)
    t.equal(answer.status, status, JSON.stringify(body))
    t.match(answer.json.error, { code, details: { pointer } }, JSON.stringify(body))
  }
  t.equal((await get('/_understudy/tokens')).text, before)
  t.equal((await emulator.post('/_understudy/clock/advance', { body: { to: '2020-01-01' } })).status, 200)
})

const member = (...domains: string[]) =>
  domains.map((orgDomain) => ({ orgDomain, roles: [], environments: [`${orgDomain}-a`, `${orgDomain}-b`] }))

t.test('of several tenants or environments one must be named, and of none nothing can be made', async (t) => {
  const organizations = ['one', 'two'].map((orgDomain) => ({
    orgDomain,
    environments: [`${orgDomain}-a`, `${orgDomain}-b`],
  }))
  const accounts = [
    { username: 'both', email: 'b@x', password: 'p', memberships: member('one', 'two') },
    { username: 'single', email: 's@x', password: 'p', memberships: member('one') },
    { username: 'none', email: 'n@x', password: 'p' },
  ]
  const fixture = { settings: { passwordCost: 4 }, organizations, accounts }
  const emulator = await emulate(t, { fixtures: t.testdir({ 'tavio.json': JSON.stringify(fixture) }) })
  const order = (account: string, more = {}) => mint(emulator, { vendor: 'tavio', account, ...more })
  t.match((await order('both')).json.error, { message: '/tenant: expected one of one, two' })
  t.equal((await order('both', { tenant: 'two' })).json.tenant, 'two')
  t.equal((await order('single')).json.tenant, 'one')
  t.match((await order('none')).json.error, { details: { pointer: '/tenant' } })
  t.match((await order('single', { kind: 'envAuth' })).json.error, {
    message: '/environment: expected one of one-a, one-b',
  })
  t.equal((await order('single', { kind: 'envAuth', environment: 'one-b' })).status, 201)
})

t.test(
  'a defect that takes another tenant or another vendor’s account is impossible where there is none',
  async (t) => {
    const tavio = {
      organizations: [{ orgDomain: 'one', environments: [] }],
      accounts: [
        {
          username: 'x',
          email: 'x@x',
          password: 'p',
          memberships: [{ orgDomain: 'one', roles: [], environments: [] }],
        },
      ],
    }
    const files = Object.fromEntries(
      ['thiio', 'babelfor', 'faveo', 'portsip'].map((vendor) => {
        const { accounts: _, ...rest } = JSON.parse(readFileSync(`fixtures/${vendor}.json`, 'utf8'))
        const key = rest.signingKey && { signingKey: `${process.cwd()}/fixtures/${rest.signingKey}` }
        return [`${vendor}.json`, JSON.stringify({ ...rest, ...key, accounts: [] })]
      }),
    )
    const emulator = await emulate(t, { fixtures: t.testdir({ ...files, 'tavio.json': JSON.stringify(tavio) }) })
    for (const defect of ['other-tenant', 'other-vendor']) {
      const { status, json } = await mint(emulator, { vendor: 'tavio', account: 'x', defect })
      t.strictSame([status, json.error.code], [422, 'impossible-defect'], defect)
    }
  },
)

t.test('an account is named by its id or any login name, and by none that several have', async (t) => {
  const emulator = await emulate(t)
  for (const account of ['6f1e7f53-6a0c-4b7e-9d0f-2f4b7a1c9e01', 'john.doe', 'JOHN.DOE@example.com']) {
    t.equal((await mint(emulator, { vendor: 'tavio', tenant: 'acme', account })).status, 201, account)
  }
  t.equal(
    (await mint(emulator, { vendor: 'thiio', account: 'deactivated@thiio.com' })).status,
    201,
    'be it active or not',
  )
})

t.test('a minted API key may do everything, and another vendor’s token is nobody’s in its own world', async (t) => {
  const emulator = await emulate(t)
  const key = (await mint(emulator, of('babelfor api-key').order)).json
  t.equal((await emulator.get('/babelfor/v1/api-keys', { headers: key.present })).status, 200)
  const stranger = (await mint(emulator, { ...of('portsip access').order, defect: 'other-vendor' })).json.token
  const known = await emulator.post('/_understudy/tokens/revoke', { body: { token: stranger } })
  t.strictSame([known.status, known.json.error.code], [404, 'unknown-token'])
})

t.test('tokens are listed without their texts, in pages, by vendor, account, kind and state', async (t) => {
  const emulator = await emulate(t)
  const { get, post } = emulator
  const list = async (query: string) => (await get(`/_understudy/tokens?${query}`)).json.items
  const live = (await mint(emulator, of('portsip access').order)).json
  const expired = (await mint(emulator, { ...of('portsip oauth').order, defect: 'expired' })).json
  const revoked = (await mint(emulator, of('faveo access').order)).json
  t.match((await post('/_understudy/tokens/revoke', { body: { id: revoked.id } })).json, {
    id: revoked.id,
    state: 'revoked',
  })
  t.strictSame((await list('vendor=portsip'))[1], {
    id: expired.id,
    vendor: 'portsip',
    kind: 'oauth',
    account: expired.account,
    tenant: null,
    issuedAt: '2025-12-31T23:29:59.000Z',
    expiresAt: '2025-12-31T23:59:59.000Z',
    issuedBy: null,
    revokedAt: null,
    revokedBy: null,
    state: 'expired',
    defect: 'expired',
  })
  const ids = async (query: string) => (await list(query)).map(({ id }: { id: string }) => id)
  t.strictSame(await ids('vendor=portsip&state=live'), [live.id])
  t.strictSame(await ids('vendor=portsip&kind=oauth'), [expired.id])
  t.strictSame(await ids('state=expired&vendor=portsip'), [expired.id])
  t.strictSame(await ids('vendor=faveo&account=DEMOADMIN'), [revoked.id])
  t.strictSame(await ids(`account=${live.account}`), [live.id, expired.id])
  t.strictSame(await ids('vendor=faveo&state=live'), [])
  const all = await ids('limit=1000')
  const paged: string[] = []
  for (let cursor: string | undefined = '0'; cursor; ) {
    const page: Answer = await get(`/_understudy/tokens?limit=2&cursor=${cursor}`)
    paged.push(...page.json.items.map(({ id }: { id: string }) => id))
    cursor = page.json.next
  }
  t.strictSame(paged, all)
  const { text } = await get('/_understudy/tokens')
  for (const { token } of [live, expired, revoked]) t.notOk(text.includes(token))
  for (const [query, status] of [
    ['vendor=nobody', 404],
    ['vendor=faveo&account=nobody', 404],
    ['account=demoadmin', 404],
    ['account=nobody', 404],
    ['state=dead', 422],
    ['limit=0', 422],
    ['limit=1.5', 422],
    ['limit=true', 422],
    ['limit=1e2', 422],
    ['cursor=x', 422],
  ] as const) {
    t.equal((await get(`/_understudy/tokens?${query}`)).status, status, query)
  }
})

t.test('tokens of an account that has been removed are still listed by its id', async (t) => {
  const emulator = await emulate(t)
  const { get, ask } = emulator
  const { id, account } = (await mint(emulator, of('tavio orgAuth').order)).json
  t.equal((await ask('DELETE', `/_understudy/accounts/tavio/${account}`)).status, 204)
  for (const query of [`account=${account}`, `vendor=tavio&account=${account}`]) {
    t.match((await get(`/_understudy/tokens?${query}`)).json, { items: [{ id, account }] }, query)
  }
})

t.test('a token is revoked by its text or its id, and its family with it', async (t) => {
  const emulator = await emulate(t)
  const { post, get } = emulator
  const revoke = (body: object) => post('/_understudy/tokens/revoke', { body })
  for (const name of ['thiio access', 'babelfor bearer', 'faveo access', 'tavio orgAuth']) {
    for (const by of ['token', 'id']) {
      const minted = await mint(emulator, of(name).order)
      t.equal((await use(emulator, of(name), minted)).status, 200)
      t.equal((await revoke({ [by]: minted.json[by] })).json.state, 'revoked')
      t.equal((await use(emulator, of(name), minted)).status, 401, `${name} by ${by}`)
    }
  }
  const session = (await mint(emulator, of('portsip session').order)).json
  await revoke({ token: session.token })
  const { items } = (await get('/_understudy/tokens?vendor=portsip')).json
  t.strictSame(
    items.map(({ kind, state }: { kind: string; state: string }) => `${kind} ${state}`),
    ['access revoked', 'session revoked'],
  )
  t.equal((await revoke({ token: session.id })).status, 404, 'an id is no text')
  t.equal((await revoke({})).status, 422)
  t.equal((await revoke({ id: 'x', token: 'x' })).status, 422)
})

t.test('an id that two vendors have is ambiguous until the vendor is named', async (t) => {
  const emulator = await emulate(t)
  for (const name of ['babelfor bearer', 'faveo access']) {
    await mint(emulator, { ...of(name).order, claims: { jti: 'shared' } })
  }
  const both = await emulator.post('/_understudy/tokens/revoke', { body: { id: 'shared' } })
  t.match(both.json.error, { code: 'ambiguous-token', details: { pointer: '/id', vendors: ['babelfor', 'faveo'] } })
  const one = await emulator.post('/_understudy/tokens/revoke', { body: { id: 'shared', vendor: 'faveo' } })
  t.match(one.json, { vendor: 'faveo', state: 'revoked' })
  t.equal((await emulator.post('/_understudy/tokens/revoke', { body: { id: 'shared', vendor: 'x' } })).status, 404)
})

t.test('once a token was minted the clock goes back no more', async (t) => {
  const emulator = await emulate(t)
  await mint(emulator, of('tavio orgAuth').order)
  const back = await emulator.post('/_understudy/clock/freeze', { body: { at: '2025-01-01' } })
  t.strictSame([back.status, back.json.error.code], [409, 'clock-backwards'])
})

t.test('a secret of one’s own signs what is minted', async (t) => {
  const fixture = { ...JSON.parse(readFileSync('fixtures/babelfor.json', 'utf8')), signingKey: 'secret' }
  const folder = t.testdir({ secret: 'my own secret', 'babelfor.json': JSON.stringify(fixture) })
  const { token } = (await mint(await emulate(t, { fixtures: folder }), of('babelfor bearer').order)).json
  t.ok(signedWith(token, 'my own secret'))
  t.strictSame(segments(token).signature, hs256('my own secret')(Buffer.from(token.slice(0, token.lastIndexOf('.')))))
})

const week = ['before', 'at'] as const
for (const [name, subject] of Object.entries(subjects)) {
  if (name === 'babelfor api-key') continue
  t.test(`${name}: accepted until its expiry, and from it on refused, however long it lives`, async (t) => {
    const emulator = await emulate(t)
    const lives = [undefined, '1s', '1001ms', '2s', '90m', '31d']
    for (const [index, lifetime] of lives.entries()) {
      const world = `/@w${index}`
      const lived = { ...subject.order, ...(lifetime && { lifetime }) }
      for (const edge of week) {
        const minted = await mint(emulator, lived, world)
        const { token } = minted.json
        const moved = await emulator.post(`${world}/_understudy/clock/advance`, { body: { to: { token, edge } } })
        t.equal(moved.status, 200, moved.text)
        const { status } = await use(emulator, subject, minted, world)
        t.equal(status === 200, edge === 'before', `${lifetime ?? 'as long as the vendor says'}, ${edge}`)
      }
      const minted = await mint(emulator, lived, world)
      const end = Date.parse(minted.json.expiresAt)
      const to = new Date(end - 1).toISOString()
      t.equal((await emulator.post(`${world}/_understudy/clock/advance`, { body: { to } })).json.epochMs, end - 1)
      t.equal((await use(emulator, subject, minted, world)).status, 200, 'a millisecond before')
      await emulator.post(`${world}/_understudy/clock/advance`, { body: { by: 1 } })
      t.not((await use(emulator, subject, minted, world)).status, 200, 'a millisecond later')
    }
  })
}

for (const [vendor, account, path, body] of [
  ['babelfor', 'admin', '/v1/auth/login', { username: 'admin', password: 'admin' }],
  ['faveo', 'demoadmin', '/api/v1/authenticate', { username: 'demoadmin', password: 'demopass' }],
  [
    'thiio',
    'admin@thiio.com',
    '/api/login',
    { email: 'admin@thiio.com', password: '123456789', integration: 'zapier' },
  ],
] as const) {
  t.test(`${vendor}: a minted token with the jti that a later login would draw keeps nobody out`, async (t) => {
    const emulator = await emulate(t)
    const logIn = async (): Promise<string> => {
      const { status, text } = await emulator.post(`/${vendor}${path}`, { body })
      t.equal(status, 200)
      return String(segments(/[\w-]+\.[\w-]+\.[\w-]+/.exec(text)?.[0] ?? '').claims.jti)
    }
    await logIn()
    const jti = await logIn()
    const third = await logIn()
    await emulator.post('/_understudy/reset')
    t.equal((await mint(emulator, { vendor, account, claims: { jti } })).status, 201)
    const drawn = [await logIn(), await logIn()]
    t.equal(new Set([jti, ...drawn]).size, 3, 'each has one of its own')
    t.ok(drawn.includes(third), 'and the draws go on as they would have')
  })
}
