import type { Static } from '@sinclair/typebox'
import t from 'tap'
import type { WholeRequest } from '../../src/control/requests.js'
import { exampleFacts } from '../../src/core/refusal.js'
import { type Emulator, emulate } from '../support/emulate.js'
import { forge, hs256 } from '../support/jwt.js'

const admin = '2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101'
const sales = '2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9102'
const john = '6f1e7f53-6a0c-4b7e-9d0f-2f4b7a1c9e01'
const ofJohn = { vendor: 'tavio', account: john }
const ofThiio = { vendor: 'thiio', account: '1' }
const ofFaveo = { vendor: 'faveo', account: '1' }
const johnsLogin = { username: 'john.doe', password: 'john.doe.password' }

/** Headers that present a new token. */
async function presenting({ post }: Emulator, order: object): Promise<Record<string, string>> {
  const { status, json, text } = await post('/_understudy/tokens', { body: order })
  if (status !== 201) throw new Error(text)
  return json.present
}

/** The last vendor request, as the journal explains it. */
async function last({ get }: Emulator): Promise<Static<typeof WholeRequest>> {
  const { items } = (await get('/_understudy/requests')).json
  return (await get(`/_understudy/requests/${items.at(-1).id}`)).json
}

interface Row {
  readonly code: string
  /** Asks a vendor so that it refuses. */
  readonly provoke: (emulator: Emulator) => Promise<unknown>
  readonly summary: string
  /** What else the explanation has. */
  readonly why?: object
  /** Sentences of what would be accepted: all, where there are any. */
  readonly instead?: readonly (string | RegExp)[]
}

const check = (order: object) => async (emulator: Emulator) =>
  emulator.get('/thiio/api/check', { headers: await presenting(emulator, order) })
const faveoUser = (order: object) => async (emulator: Emulator) =>
  emulator.get('/faveo/api/v1/authenticate/user', { headers: await presenting(emulator, order) })

const bearer = (text: string) => ({ headers: { authorization: `Bearer ${text}` } })

const thiioMint =
  'A login (POST /api/login) issues tokens; POST /_understudy/tokens {"vendor":"thiio","account":"1","kind":"access"} mints one.'
const thiioToken = [`Send Authorization: Bearer <token> with a token of kind access. ${thiioMint}`]
const faveoToken = [
  'Send Authorization: Bearer <token> with a token of kind access. A login (POST /api/v1/authenticate) issues tokens; POST /_understudy/tokens {"vendor":"faveo","account":"1","kind":"access"} mints one.',
]

const rows: readonly Row[] = [
  {
    code: 'unknown-account',
    provoke: ({ post }) => post('/faveo/api/v1/authenticate', { body: { username: 'nobody', password: 'x' } }),
    summary: 'No account that could log in here has the login name "nobody".',
    why: { token: null, details: [] },
    instead: [
      'Log in to an account that exists: account 1 (demoadmin@example.com, demoadmin), account 3 (banned@example.com, banned); GET /_understudy/accounts?vendor=faveo lists all.',
    ],
  },
  {
    code: 'wrong-password',
    provoke: ({ post }) =>
      post('/thiio/api/login', { body: { email: 'admin@thiio.com', password: 'x', integration: 'zapier' } }),
    summary: 'The password is not that of account 1 (admin@thiio.com).',
    why: { token: null, rule: { code: 'wrong-password', text: 'A login has the password of its account.' } },
    instead: [
      'Send the password of account 1 (admin@thiio.com); PATCH /_understudy/accounts/thiio/1 {"password":"…"} gives it another.',
    ],
  },
  {
    code: 'account-inactive',
    provoke: ({ post }) =>
      post('/thiio/api/login', {
        body: { email: 'deactivated@thiio.com', password: '123456789', integration: 'zapier' },
      }),
    summary: 'Account 2 (deactivated@thiio.com) is disabled.',
    why: {
      since: '2024-07-01T09:00:00.000Z',
      details: ['Account 2 (deactivated@thiio.com) was last changed at 2024-07-01T09:00:00.000Z.'],
    },
    instead: [
      'Make the account active: PATCH /_understudy/accounts/thiio/2 {"state":"active"}.',
      /^Log in to an account that exists: account 1 /,
    ],
  },
  {
    code: 'unknown-tenant',
    provoke: ({ post }) => post('/tavio/v1/nowhere/auth/login', { body: johnsLogin }),
    summary: 'There is no tenant "nowhere".',
    instead: ['Name a tenant that exists: "acme", "globex".'],
  },
  {
    code: 'not-a-member',
    provoke: ({ post }) => post('/tavio/v1/globex/auth/login', { body: johnsLogin }),
    summary: `Account ${john} does not belong to "globex".`,
    instead: [`Ask for what account ${john} (john.doe@example.com, john.doe) belongs to: "acme" ("acme-prod").`],
  },
  {
    code: 'account-locked',
    provoke: async ({ post }) => {
      for (let n = 0; n < 7; n++) await post('/portsip/api/login', { body: { username: 'admin', password: 'x' } })
    },
    summary: 'Logins from 127.0.0.1 are blocked until 2026-01-01T01:00:00.000Z.',
    why: { until: '2026-01-01T01:00:00.000Z' },
    instead: [
      'From 2026-01-01T01:00:00.000Z on this is no longer in the way; POST /_understudy/clock/advance {"to":"2026-01-01T01:00:00.000Z"} goes there.',
    ],
  },
  {
    code: 'throttled',
    provoke: async ({ get, set }) => {
      await set('tavio', { throttle: { limit: 1, windowSeconds: 30 } })
      for (let n = 0; n < 2; n++) await get('/tavio/v1/acme/me')
    },
    summary: 'More requests than 1 before 2026-01-01T00:00:30.000Z.',
    why: { until: '2026-01-01T00:00:30.000Z' },
    instead: [
      /^From 2026-01-01T00:00:30.000Z on this is no longer in the way; POST /,
      'PATCH /_understudy/settings/tavio {"throttle":false} switches the throttle off.',
    ],
  },
  {
    code: 'token-missing',
    provoke: ({ get }) => get('/thiio/api/check', { headers: { authorization: 'Basic YTpi' } }),
    summary: 'No token is presented where this operation looks for one.',
    why: { token: null },
    instead: [
      `Send Authorization: Bearer <token> with a token of kind access of account 1 (admin@thiio.com); "Basic" was sent. ${thiioMint}`,
    ],
  },
  {
    code: 'token-malformed',
    provoke: ({ get }) => get('/thiio/api/check', bearer('nonsense')),
    summary: 'The token cannot be read (segments).',
    why: { token: { header: null, claims: null, known: null } },
    instead: [/^Send Authorization: Bearer <token> with a token of kind access of account 1.*mints one\.$/],
  },
  {
    code: 'token-bad-signature',
    provoke: check({ ...ofThiio, defect: 'bad-signature' }),
    summary: 'No accepted key made the signature.',
    why: {
      token: {
        header: { alg: 'RS256' },
        claims: { sub: '1' },
        known: { kind: 'access', state: 'live', defect: 'bad-signature' },
      },
      details: [
        /^It is the token [0-9a-f]{80} of kind access, issued at 2026-/,
        'It was minted with the defect bad-signature.',
      ],
    },
    instead: thiioToken,
  },
  {
    code: 'token-claim-missing',
    provoke: check({ ...ofThiio, defect: 'missing-claim' }),
    summary: 'The claim jti is missing.',
    why: { token: { claims: { sub: '1', jti: undefined }, known: { defect: 'missing-claim' } } },
    instead: thiioToken,
  },
  {
    code: 'token-claim-invalid',
    provoke: check({ ...ofThiio, defect: 'wrong-audience' }),
    summary: 'The claim aud has a value that is not accepted.',
    why: { token: { claims: { aud: '10' } } },
    instead: thiioToken,
  },
  {
    code: 'token-not-yet-valid',
    provoke: faveoUser({ ...ofFaveo, defect: 'not-yet-valid' }),
    summary: 'The token is not valid before 2026-01-01T01:00:00.000Z.',
    why: { until: '2026-01-01T01:00:00.000Z', token: { claims: { nbf: 1_767_229_200 } } },
    instead: [/^From 2026-01-01T01:00:00.000Z on this is no longer in the way; /, ...faveoToken],
  },
  {
    code: 'token-expired',
    provoke: faveoUser({ ...ofFaveo, defect: 'expired' }),
    summary: 'The token expired at 2025-12-31T23:59:59.000Z, 1 s before the request.',
    why: {
      since: '2025-12-31T23:59:59.000Z',
      rule: { code: 'token-expired', text: 'A token is refused from the instant of its expiry on.' },
      token: { claims: { exp: 1_767_225_599 }, known: { state: 'expired', expiresAt: '2025-12-31T23:59:59.000Z' } },
    },
    instead: faveoToken,
  },
  {
    code: 'token-revoked',
    provoke: async ({ ask, clock }) => {
      const { json } = await ask('POST', '/babelfor/v1/auth/login', { body: { username: 'admin', password: 'admin' } })
      clock.advance(60_000)
      await ask('POST', '/babelfor/v1/auth/logout', bearer(json.token))
      clock.advance(60_000)
      await ask('GET', '/babelfor/v1/auth/user?password=p', bearer(json.token))
    },
    summary: 'The token was revoked at 2026-01-01T00:01:00.000Z by request default-2 (POST /v1/auth/logout).',
    why: {
      since: '2026-01-01T00:01:00.000Z',
      token: {
        header: { alg: 'HS256', typ: 'JWT' },
        claims: { sub: admin },
        known: {
          issuedBy: 'default-1',
          revokedBy: 'default-2',
          revokedAt: '2026-01-01T00:01:00.000Z',
          state: 'revoked',
        },
      },
      details: [
        / of kind bearer, issued at 2026-01-01T00:00:00.000Z by request default-1 \(POST \/v1\/auth\/login\)\.$/,
      ],
    },
    instead: [
      `Send Authorization: Bearer <token> with a token of kind bearer. A login (POST /v1/auth/login) issues tokens; POST /_understudy/tokens {"vendor":"babelfor","account":"${admin}","kind":"bearer"} mints one.`,
      `Send X-Api-Key: <token> with a token of kind api-key. A login (POST /v1/auth/login) issues tokens; POST /_understudy/tokens {"vendor":"babelfor","account":"${admin}","kind":"api-key"} mints one.`,
    ],
  },
  {
    code: 'token-unknown',
    provoke: async (emulator) => {
      const { headers } = await emulator.post('/portsip/api/login', { body: { username: 'admin', password: 'admin' } })
      const [, session = ''] = /portsip_session=(\w+)/.exec(String(headers['set-cookie'])) ?? []
      await emulator.get('/tavio/v1/acme/me', bearer(session))
    },
    summary: 'No such token was issued here.',
    why: {
      token: { header: null, claims: null, known: { vendor: 'portsip', kind: 'session', issuedBy: 'default-1' } },
      details: [
        /^Another vendor of this world knows it: portsip. It is the token [0-9a-f]{24} of kind session, issued at .* by request default-1 \(POST \/api\/login\)\.$/,
      ],
    },
    instead: [
      `Send Authorization: Bearer <token> with a token of kind orgAuth or envAuth of account ${john} (john.doe@example.com, john.doe). A login (POST /v1/acme/auth/login) issues tokens; POST /_understudy/tokens {"vendor":"tavio","account":"${john}","kind":"orgAuth","tenant":"acme"} mints one.`,
    ],
  },
  {
    code: 'token-wrong-kind',
    provoke: async (emulator) => {
      const headers = await presenting(emulator, { ...ofJohn, kind: 'envAuth' })
      await emulator.post('/tavio/v1/acme/environments/acme-prod/connect', { headers })
    },
    summary: 'The token is of the kind envAuth, not orgAuth.',
    why: { token: { known: { kind: 'envAuth' } } },
    instead: [/ with a token of kind orgAuth\. .*"kind":"orgAuth","tenant":"acme"} mints one\.$/],
  },
  {
    code: 'token-wrong-tenant',
    provoke: async (emulator) => {
      await emulator.get('/tavio/v1/globex/me', { headers: await presenting(emulator, ofJohn) })
    },
    summary: 'The token is for the tenant "acme", not for "globex".',
    instead: [
      'With this token ask for the tenant "acme".',
      / with a token of kind orgAuth or envAuth\. .*mints one\.$/,
    ],
  },
  {
    code: 'token-account-gone',
    provoke: check({ ...ofThiio, defect: 'unknown-account' }),
    summary: 'There is no account 2147483647.',
    why: { token: { claims: { sub: '2147483647' } } },
    instead: [/ of account 1 \(admin@thiio.com\)\. .* mints one\.$/],
  },
  {
    code: 'permission-denied',
    provoke: async (emulator) => {
      await emulator.get('/babelfor/v1/api-keys', {
        headers: await presenting(emulator, { vendor: 'babelfor', account: sales }),
      })
    },
    summary: 'It takes Administrator.',
    instead: [
      'Ask as a caller who has Administrator.',
      / Bearer <token> with a token of kind bearer of account 2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101 \(admin\)\. .*"bearer"} mints one\.$/,
      /^Send X-Api-Key: <token> with a token of kind api-key of account 2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101 \(admin\)\. .*"api-key"} mints one\.$/,
    ],
  },
  {
    code: 'client-key-wrong',
    provoke: async ({ post, set }) => {
      await set('faveo', { apiKeyMandatory: true, apiEnabled: true })
      await post('/faveo/api/v1/authenticate', { body: { username: 'demoadmin', password: 'demopass', api_key: 'x' } })
    },
    summary: 'The API key of the client is wrong.',
    instead: [
      'Send the API key of the installation: that of the fixture, unless another was made since; GET /_understudy/settings/faveo says when it is asked for.',
    ],
  },
  {
    code: 'client-access-disabled',
    provoke: async ({ post, set }) => {
      await set('faveo', { apiKeyMandatory: true, apiEnabled: false })
      await post('/faveo/api/v1/authenticate', { body: { username: 'demoadmin', password: 'demopass' } })
    },
    summary: 'The API is switched off.',
    instead: ['Send the same where the settings allow it: GET /_understudy/settings/faveo.'],
  },
  {
    code: 'malformed-body',
    provoke: ({ post }) =>
      post('/tavio/v1/acme/auth/login', { body: '{', headers: { 'content-type': 'application/json' } }),
    summary: 'The body cannot be read.',
    instead: [
      'Send a body like this one, as application/json: {"username":"john.doe@example.com","password":"<password>"}',
    ],
  },
  {
    code: 'invalid-input',
    provoke: ({ post }) => post('/portsip/api/login', { body: { password: 1 } }),
    summary: '/username: expected required property; /password: expected string.',
    instead: [
      'At /username: expected required property.',
      'At /password: expected string.',
      'Send a body like this one, as application/json: {"username":"admin","password":"<password>"}',
    ],
  },
  {
    code: 'unsupported-media-type',
    provoke: async (emulator) => {
      const headers = await presenting(emulator, { vendor: 'babelfor', account: admin })
      await emulator.post('/babelfor/v1/api-keys', { headers: { ...headers, 'content-type': 'text/plain' }, body: 'x' })
    },
    summary: 'The body has the type "text/plain".',
    instead: ['Send a body like this one, as application/json: {"apiKey":{}}'],
  },
  {
    code: 'body-too-large',
    provoke: ({ post }) => post('/portsip/api/login', { body: { username: 'x'.repeat(1_048_577) } }),
    summary: 'The body has more than 1048576 bytes.',
    instead: ['Send a body of at most 1048576 bytes.'],
  },
  {
    code: 'unknown-resource',
    provoke: async (emulator) => {
      const headers = await presenting(emulator, ofJohn)
      await emulator.post('/tavio/v1/acme/environments/nowhere/connect', { headers })
    },
    summary: 'There is no "nowhere".',
    instead: [
      'Name a tenant that exists: "acme", "globex".',
      / belongs to: "acme" \("acme-prod"\)\.$/,
      / with a token of kind orgAuth\. .*mints one\.$/,
    ],
  },
  {
    code: 'unknown-route',
    provoke: ({ get }) => get('/thiio/api/chek'),
    summary: 'There is no GET /api/chek.',
    instead: ['Send GET /api/check (check).'],
  },
  {
    code: 'wrong-method',
    provoke: ({ get }) => get('/thiio/api/login'),
    summary: 'The route exists as POST /api/login; GET was sent.',
    instead: ['Send POST /api/login.'],
  },
  {
    // No request makes the emulator fail that is not a bug; a fault shows how it would be told.
    code: 'internal',
    provoke: async ({ post, get }) => {
      await post('/_understudy/faults', { body: { effect: { kind: 'refuse', refusal: 'internal' } } })
      await get('/thiio/api/check')
    },
    summary: 'Fault fault-1 (refuse) had it refused: the emulator failed.',
    why: { fault: { id: 'fault-1', kind: 'refuse' } },
    instead: ['Send the same without the fault: DELETE /_understudy/faults/fault-1 removes it.'],
  },
]

t.test('every refusal is in the table', async (t) => {
  t.strictSame(rows.map(({ code }) => code).sort(), Object.keys(exampleFacts).sort())
})

for (const { code, provoke, summary, why, instead = [] } of rows) {
  t.test(`a request refused as ${code} says why, and what would be accepted`, async (t) => {
    const emulator = await emulate(t)
    await provoke(emulator)
    const { refusal, why: told } = await last(emulator)
    t.equal(refusal?.code, code)
    t.equal(told?.rule?.code, code)
    t.equal(told?.summary, summary)
    t.match(told, why ?? {})
    const sentences = (told?.instead ?? []).map(({ text }) => text)
    t.match(sentences, instead)
    t.equal(sentences.length, instead.length, sentences.join('\n'))
    for (const text of [told?.summary, ...sentences, ...(told?.details ?? [])]) t.notMatch(text, /undefined|NaN/)
  })
}

t.test('a request that was accepted, or only delayed, needs no explanation', async (t) => {
  const emulator = await emulate(t)
  await emulator.post('/tavio/v1/acme/auth/login', { body: johnsLogin })
  t.equal((await last(emulator)).why, null)
  await emulator.post('/_understudy/faults', { body: { effect: { kind: 'delay', ms: 0 } } })
  await emulator.post('/tavio/v1/acme/auth/login', { body: johnsLogin })
  const { fault, why } = await last(emulator)
  t.match(fault, { kind: 'delay' })
  t.equal(why, null)
})

t.test('advice that a fault may spoil says so', async (t) => {
  const emulator = await emulate(t)
  const { post, get } = emulator
  const add = async (effect: object) =>
    (await post('/_understudy/faults', { body: { match: { vendor: 'tavio' }, times: 1, effect } })).json.id
  const [first, second] = [
    await add({ kind: 'refuse', refusal: 'token-revoked' }),
    await add({ kind: 'refuse', refusal: 'token-expired' }),
  ]
  await get('/tavio/v1/acme/me')
  const sentence = (id: string) => `What is advised was tried without faults; these may still strike: ${id}.`
  t.ok((await last(emulator)).why?.details.includes(sentence(second)), first)
  await get('/tavio/v1/acme/me')
  t.notMatch((await last(emulator)).why?.details.join(' '), 'may still strike')
})

t.test('lists do not explain', async (t) => {
  const emulator = await emulate(t)
  await emulator.get('/tavio/v1/acme/me')
  t.notOk('why' in (await emulator.get('/_understudy/requests')).json.items[0])
})

t.test('a fault that took the answer is named, with how to be rid of it', async (t) => {
  const emulator = await emulate(t)
  const effect = { kind: 'respond', status: 503 }
  await emulator.post('/_understudy/faults', { body: { times: 1, effect } })
  // Past the check against the document, which knows no such answer.
  await emulator.app.inject({ method: 'POST', url: '/tavio/v1/acme/auth/login', payload: johnsLogin })
  t.strictSame((await last(emulator)).why, {
    summary: 'Fault fault-1 (respond) answered in the vendor’s place.',
    fault: { id: 'fault-1', kind: 'respond' },
    rule: null,
    token: null,
    details: [],
    instead: [
      {
        // The fault had answered before the body was read.
        do: 'mend',
        text: 'Send the same without the fault: DELETE /_understudy/faults/fault-1 removes it.',
        first: [],
      },
    ],
  })
})

t.test(
  'of a refusal that a fault ordered no more is told than that; of one that it counted out, until when',
  async (t) => {
    const emulator = await emulate(t)
    const fault = (effect: object) => emulator.post('/_understudy/faults', { body: { times: 1, effect } })
    await fault({ kind: 'refuse', refusal: 'token-expired' })
    await emulator.get('/thiio/api/check')
    const ordered = (await last(emulator)).why
    t.equal(ordered?.summary, 'Fault fault-1 (refuse) had it refused: the token expired at 2026-01-01T00:00:00.000Z.')
    t.equal(ordered?.since, undefined, 'the instant is made up')
    t.equal(ordered?.instead.length, 1)
    await fault({ kind: 'throttle', limit: 0, windowSeconds: 30 })
    await emulator.get('/thiio/api/check')
    const counted = (await last(emulator)).why
    t.match(counted, { fault: { kind: 'throttle' }, until: '2026-01-01T00:00:30.000Z' })
    t.match(
      counted?.instead.map(({ text }) => text),
      [/DELETE \/_understudy\/faults\/fault-2/, /clock\/advance/],
    )
  },
)

t.test('a token that a rotated key had signed says until when the key was accepted', async (t) => {
  const emulator = await emulate(t)
  const headers = await presenting(emulator, ofFaveo)
  await emulator.post('/_understudy/keys/rotate', { body: { vendor: 'faveo', graceSeconds: 60 } })
  emulator.clock.advance(60_000)
  await emulator.get('/faveo/api/v1/authenticate/user', { headers })
  const { why } = await last(emulator)
  t.equal(why?.rule?.code, 'token-bad-signature')
  t.equal(why?.since, '2026-01-01T00:01:00.000Z')
  t.equal(why?.details.at(-1), 'The key that signed it was accepted until 2026-01-01T00:01:00.000Z.')
})

t.test('a token with the jti of another is told from it, and one that nobody issued is nobody’s', async (t) => {
  const emulator = await emulate(t)
  const { json } = await emulator.post('/_understudy/tokens', { body: ofFaveo })
  const forged = (jti: string) => forge({ alg: 'HS256', typ: 'JWT' }, { ...json.claims, jti }, hs256('nobody’s'))
  await emulator.get('/faveo/api/v1/authenticate/user', bearer(forged(json.id)))
  t.match((await last(emulator)).why, {
    rule: { code: 'token-bad-signature' },
    token: { claims: { jti: json.id }, known: { id: json.id, state: 'live' } },
    details: [
      `Its jti is that of the token ${json.id} of kind access, issued at 2026-01-01T00:00:00.000Z, but the text of that is another.`,
    ],
  })
  await emulator.get('/faveo/api/v1/authenticate/user', bearer(forged('nobody’s')))
  t.match((await last(emulator)).why, {
    token: { known: null },
    details: ['No vendor of this world had issued a token with this text.'],
  })
})

t.test('a revocation from outside is told without a request, and one of a forgotten request with its id', async (t) => {
  const emulator = await emulate(t)
  const login = async () =>
    (await emulator.post('/babelfor/v1/auth/login', { body: { username: 'admin', password: 'admin' } })).json.token
  const one = await login()
  await emulator.post('/_understudy/tokens/revoke', { body: { token: one } })
  await emulator.get('/babelfor/v1/auth/user', bearer(one))
  t.equal((await last(emulator)).why?.summary, 'The token was revoked at 2026-01-01T00:00:00.000Z.')
  const other = await login()
  await emulator.post('/babelfor/v1/auth/logout', bearer(other))
  await emulator.ask('DELETE', '/_understudy/requests')
  await emulator.get('/babelfor/v1/auth/user', bearer(other))
  t.match(
    (await last(emulator)).why?.summary,
    /^The token was revoked at .* by request default-4, which the journal does not have\.$/,
  )
})

t.test('what is told shows no text of a token, whether the journal shows secrets or not', async (t) => {
  for (const journalSecrets of [false, true]) {
    const emulator = await emulate(t, { journalSecrets })
    const secrets = []
    for (const order of [ofThiio, ofFaveo, ofJohn]) {
      const { json } = await emulator.post('/_understudy/tokens', { body: { ...order, defect: 'expired' } })
      secrets.push(json.token.split('.').at(-1))
      for (const path of ['/thiio/api/check', '/faveo/api/v1/authenticate/user', '/tavio/v1/acme/me']) {
        await emulator.get(path, { headers: json.present })
        const told = JSON.stringify((await last(emulator)).why)
        for (const secret of secrets) t.notOk(told.includes(secret), path)
      }
    }
  }
})

t.test('explanations survive a snapshot, and a redacted one as far as it still knows', async (t) => {
  const emulator = await emulate(t)
  const { json } = await emulator.post('/babelfor/v1/auth/login', { body: { username: 'admin', password: 'admin' } })
  await emulator.post('/babelfor/v1/auth/logout', bearer(json.token))
  await emulator.get('/babelfor/v1/auth/user', bearer(json.token))
  await emulator.get('/thiio/api/check')
  const told = async (id: string, world: string) =>
    (await emulator.get(`/@${world}/_understudy/requests/${id}`)).json.why
  const [revoked, missing] = [await told('default-3', 'default'), await told('default-4', 'default')]
  await emulator.post('/_understudy/snapshots', { body: { name: 'whole' } })
  const redacted = (await emulator.app.inject('/_understudy/snapshots/whole?redact=true')).rawPayload
  await emulator.ask('PUT', '/_understudy/snapshots/shared', {
    body: redacted,
    headers: { 'content-type': 'application/vnd.sqlite3' },
  })
  await emulator.post('/_understudy/reset')
  for (const name of ['whole', 'shared']) {
    const { status, text } = await emulator.post(`/_understudy/snapshots/${name}/restore`)
    t.equal(status, 204, text)
    t.strictSame(await told('default-3', 'default'), revoked, name)
    t.strictSame(await told('default-4', 'default'), missing, name)
  }
})

t.test('sentences name the world whose request it was', async (t) => {
  const emulator = await emulate(t)
  await emulator.get('/@w7/tavio/v1/acme/me')
  const { why } = (await emulator.get('/@w7/_understudy/requests/w7-1')).json
  t.match(why.instead.at(-1).text, / POST \/@w7\/_understudy\/tokens /)
})

t.test('a good token in the wrong place is seen there', async (t) => {
  const emulator = await emulate(t)
  const { json } = await emulator.post('/_understudy/tokens', { body: ofThiio })
  await emulator.get(`/thiio/api/check?token=${json.token}`)
  t.match((await last(emulator)).why, {
    rule: { code: 'token-missing' },
    token: null,
    details: [`The query has the token ${json.id} of kind access, which is live.`],
    instead: [{ do: 'present', request: { headers: { authorization: 'Bearer <token>' } } }],
  })
})

t.test('of two credentials that are no good both are explained', async (t) => {
  const emulator = await emulate(t)
  const { json } = await emulator.post('/_understudy/tokens', {
    body: { vendor: 'babelfor', account: 'admin', kind: 'api-key' },
  })
  await emulator.post('/_understudy/tokens/revoke', { body: { id: json.id } })
  await emulator.get('/babelfor/v1/auth/user', { headers: { authorization: 'Bearer a.b.c', 'x-api-key': json.token } })
  const { why } = await last(emulator)
  t.equal(why?.rule?.code, 'token-malformed')
  t.equal(
    why?.details.at(-1),
    `The header x-api-key has the token ${json.id} of kind api-key, which is revoked since 2026-01-01T00:00:00.000Z.`,
  )
})

t.test('a client that an OAuth request must not name is told from the one that it has to', async (t) => {
  const emulator = await emulate(t)
  const body = 'grant_type=password&username=admin&password=admin&scope=all&client_id=mine'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  await emulator.post('/portsip/api/login/oauth/token', { headers, body })
  const { why } = await last(emulator)
  t.match(why?.summary, /^\/client_id: expected '9d806019-75b2-4b3d-bb8b-f5a3a412cc0a'/)
})

t.test('what the request had as a secret, too, does not keep it from being explained', async (t) => {
  const emulator = await emulate(t)
  await emulator.ask('PATCH', `/_understudy/accounts/tavio/${john}`, { body: { state: 'disabled' } })
  await emulator.post('/tavio/v1/acme/auth/login', { headers: { 'x-session-id': john }, body: johnsLogin })
  const { refusal, why } = await last(emulator)
  t.strictSame(refusal?.facts, { account: '[redacted]', state: 'inactive' })
  t.match(why, {
    summary: 'Account [redacted] (john.doe@example.com, john.doe) is inactive.',
    since: '2026-01-01T00:00:00.000Z',
    details: ['Account [redacted] (john.doe@example.com, john.doe) was last changed at 2026-01-01T00:00:00.000Z.'],
    instead: [
      {
        do: 'again',
        text: 'Make the account active: PATCH /_understudy/accounts/tavio/[redacted] {"state":"active"}.',
        first: [{ method: 'PATCH', path: `/_understudy/accounts/tavio/${john}`, body: { state: 'active' } }],
      },
    ],
  })
})

t.test('no sentence says a secret that stands in the path, be it short', async (t) => {
  const emulator = await emulate(t)
  await emulator.get('/thiio/api/reset-password/x1;pin=1234')
  const { path, refusal, why } = await last(emulator)
  t.equal(path, '/api/reset-password/[redacted]')
  t.match(refusal?.facts, { path })
  t.equal(why?.summary, `There is no GET ${path}.`)
})
