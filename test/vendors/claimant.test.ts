import fc from 'fast-check'
import t from 'tap'
import { accountNamed } from '../../src/control/find.js'
import { findClaimant } from '../../src/core/claimant.js'
import { vendors } from '../../src/vendors/registry.js'
import { createAccount, type Sent } from '../../src/vendors/vendor.js'
import { forge, hs256 } from '../support/jwt.js'
import { seeded } from '../support/seeded.js'

fc.configureGlobal({ seed: 1 })

const sent = (change: Partial<Sent>): Sent => ({
  operation: 'login',
  headers: {},
  path: '/',
  body: undefined,
  ...change,
})

/** Signed by nobody whom the vendor knows. */
const foreign = (claims: object | string) => forge({ alg: 'HS256', typ: 'JWT' }, claims, hs256('nobody’s'))

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

const admin = '2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101'
const sales = '2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9102'
const alice = 'NzAwNTUxOTA5NzczMTQ4MTYy'
const system = 'NzAwNTUxOTA5NzczMTQ4MTYx'
const john = '6f1e7f53-6a0c-4b7e-9d0f-2f4b7a1c9e01'

/** Every vendor’s realm holds the texts `held` and, revoked and expired, `ended`, as tokens of the account in the row `held`. */
const rows: Record<string, readonly [string, Partial<Sent>, string | undefined][]> = {
  thiio: [
    ['a login by e-mail, the password unseen', { body: { email: ' ADMIN@thiio.com ', password: 7 } }, '1'],
    ['a login in the older spelling', { body: { Email: 'deactivated@thiio.com' } }, '2'],
    ['a login of nobody', { body: { email: 'nobody@thiio.com' }, ...bearer('held') }, undefined],
    ['a login without a name', { body: {} }, undefined],
    ['a token on record', { operation: 'check', ...bearer('held') }, '1'],
    ['a token that has ended', { operation: 'check', ...bearer('ended') }, '1'],
    ['a token without an operation', { operation: null, ...bearer('held') }, '1'],
    ['a forged token', { operation: 'check', ...bearer(foreign({ sub: '2' })) }, '2'],
    ['another scheme', { operation: 'check', headers: { authorization: 'bearer held' } }, undefined],
  ],
  babelfor: [
    ['a login', { body: { username: 'ADMIN' } }, admin],
    ['a login with a name of the greatest length and more', { body: { username: 'é'.repeat(100_000) } }, undefined],
    ['a bearer', { operation: 'getUser', ...bearer('held') }, admin],
    ['a forged bearer', { operation: 'getUser', ...bearer(foreign({ sub: sales })) }, sales],
    ['an API key', { operation: 'getUser', headers: { 'x-api-key': 'api_demosaleskey000000000001' } }, sales],
    ['a revoked API key', { operation: 'getUser', headers: { 'x-api-key': 'api_demosalesrevoked00000000' } }, sales],
    [
      'a bearer beside a key',
      { operation: 'getUser', headers: { authorization: 'Bearer held', 'x-api-key': 'api_demosaleskey000000000001' } },
      admin,
    ],
    [
      'a bearer of nobody beside a key',
      { operation: 'getUser', headers: { authorization: 'Bearer x', 'x-api-key': 'api_demosaleskey000000000001' } },
      sales,
    ],
    ['an API key at login', { headers: { 'x-api-key': 'api_demosaleskey000000000001' } }, undefined],
  ],
  portsip: [
    ['a login to the system', { body: { username: 'Admin', domain: null } }, system],
    ['a login to a tenant', { body: { username: 'alice.w', domain: 'Example.com' } }, alice],
    ['a login to another tenant', { body: { username: 'alice.w', domain: 'example.org' } }, undefined],
    ['a password grant', { operation: 'oauthToken', body: { username: 'alice.w', domain: 'example.com' } }, alice],
    ['a refresh', { operation: 'oauthToken', body: { refresh_token: 'held' } }, alice],
    ['a refresh without a token', { operation: 'oauthToken', body: {} }, undefined],
    ['a bearer', { operation: 'getUser', ...bearer('held') }, alice],
    ['an ended bearer', { operation: 'getUser', ...bearer('ended') }, alice],
    ['a cookie', { operation: 'getLoginStatus', headers: { cookie: 'a=b; portsip_session=held' } }, alice],
    [
      'a bearer of nobody beside a cookie',
      { operation: 'getLoginStatus', headers: { authorization: 'Bearer x', cookie: 'portsip_session=held' } },
      undefined,
    ],
  ],
  faveo: [
    ['a login by name', { operation: 'authenticate', body: { username: 'DemoAdmin ' } }, '1'],
    ['a login by e-mail', { operation: 'authenticate', body: { username: 'inactive@example.com' } }, '2'],
    ['a login by a list', { operation: 'authenticate', body: { username: ['demoadmin'] } }, undefined],
    ['a bearer', { operation: 'getAuthenticatedUser', ...bearer('held') }, '1'],
    ['a token in the query', { operation: 'getAuthenticatedUser', path: '/api/v1/authenticate/user?token=held' }, '1'],
    ['a token in the body', { operation: 'getAuthenticatedUser', body: { token: 'held' } }, '1'],
    ['a token in a cookie', { operation: 'getAuthenticatedUser', headers: { cookie: 'token=held' } }, '1'],
    ['a forged token', { operation: 'getAuthenticatedUser', ...bearer(foreign({ sub: 3 })) }, '3'],
    ['a forged token of nobody', { operation: 'getAuthenticatedUser', ...bearer(foreign({ sub: 99 })) }, undefined],
  ],
  tavio: [
    ['a login by e-mail', { body: { username: 'John.Doe@example.com' } }, john],
    ['a login by user name', { body: { username: 'john.doe' } }, john],
    ['a login by user name in another case', { body: { username: 'John.doe' } }, undefined],
    ['a login that is no object', { body: 'john.doe' }, undefined],
    ['a token', { operation: 'me', ...bearer('held') }, john],
    ['a token that has ended', { operation: 'renew', ...bearer('ended') }, john],
    ['a token that is unknown', { operation: 'me', ...bearer(john) }, undefined],
    ['no token', { operation: 'me' }, undefined],
  ],
}

const holders: Record<string, string> = { thiio: '1', babelfor: admin, portsip: alice, faveo: '1', tavio: john }

for (const { name } of vendors) {
  t.test(`${name} says whom a request claims to come from`, async (t) => {
    const { vendor, realm } = await seeded(t, name)
    const account = holders[name] ?? ''
    const token = { kind: 'access', account, facts: null }
    realm.tokens.issue('held', { ...token, expiresAt: null })
    realm.tokens.issue('ended', { ...token, expiresAt: 1, revokedAt: 0 })
    for (const [what, change, expected] of rows[name] ?? []) {
      t.equal(findClaimant(realm, vendor.claimant(sent(change), realm)), expected, what)
    }
    t.ok(rows[name]?.length)
  })

  t.test(`${name} looks at any request without failing`, async (t) => {
    const { vendor, realm } = await seeded(t, name)
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('Bearer ', 'Bearer a.b.c', '=%; token=%', `Bearer ${foreign('{"sub":{}}')}`, 'Bearer \0'),
      fc.jsonValue().map((claims) => `Bearer ${foreign(JSON.stringify(claims))}`),
    )
    const names = fc.constantFrom('username', 'email', 'Email', 'domain', 'refresh_token', 'token', '__proto__')
    const requests = fc.record({
      operation: fc.constantFrom(null, 'login', 'authenticate', 'oauthToken', 'renew'),
      headers: fc.record({ authorization: text, cookie: text, 'x-api-key': text }, { requiredKeys: [] }),
      path: text,
      body: fc.oneof(fc.anything(), fc.dictionary(names, fc.oneof(text, fc.anything()))),
    })
    fc.assert(
      fc.property(requests, (request) => {
        const id = findClaimant(realm, vendor.claimant(request, realm))
        return id === undefined || realm.accounts.find(id) !== undefined
      }),
      { numRuns: 500 },
    )
    t.pass()
  })
}

t.test('an account goes by its id and by each of its login names', async (t) => {
  for (const [name, id, names] of [
    ['thiio', '2', ['2', 'Deactivated@thiio.com']],
    ['babelfor', sales, [sales, 'sales', 'SALES']],
    ['portsip', alice, [alice, 'alice.w']],
    ['portsip', system, [system, 'ADMIN']],
    ['faveo', '1', ['1', 'demoadmin', 'demoadmin@example.com']],
    ['tavio', john, [john, 'john.doe', 'JOHN.DOE@example.com']],
  ] as const) {
    const { vendor, realm } = await seeded(t, name)
    for (const called of names) t.equal(accountNamed(vendor, realm, called).id, id, `${name}: ${called}`)
  }
})

t.test('a name that nobody goes by, and one that several do, are refused with the pointer', async (t) => {
  const { vendor, realm } = await seeded(t, 'portsip')
  createAccount(vendor, realm, { id: 'x', username: 'alice.w', domain: 'example.org', role: 'StandardUser' }, 'hash')
  t.throws(() => accountNamed(vendor, realm, 'nobody', '/account'), {
    status: 404,
    code: 'unknown-account',
    details: { pointer: '/account', vendor: 'portsip' },
  })
  t.throws(() => accountNamed(vendor, realm, 'alice.w'), {
    status: 409,
    code: 'ambiguous-account',
    details: { vendor: 'portsip', ids: [alice, 'x'] },
  })
  t.equal(accountNamed(vendor, realm, 'x').id, 'x')
})
