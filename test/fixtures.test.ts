import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compare } from 'bcryptjs'
import t from 'tap'
import { buildApp } from '../src/app.js'
import { openStore } from '../src/store/database.js'
import { makeTemplate } from '../src/template.js'
import { readFixtures } from '../src/vendors/load-fixture.js'
import { vendors } from '../src/vendors/registry.js'
import { emulate } from './support/emulate.js'

interface Shipped {
  readonly accounts: { readonly password: string; readonly passwordHash: string }[]
}

const shipped = (vendor: string) => JSON.parse(readFileSync(join('fixtures', `${vendor}.json`), 'utf8'))

for (const { name } of vendors) {
  t.test(`in fixtures/${name}.json every password agrees with the hash beside it`, async (t) => {
    const { accounts }: Shipped = shipped(name)
    t.ok(accounts.length > 0)
    for (const { password, passwordHash } of accounts) t.ok(await compare(password, passwordHash), passwordHash)
  })
}

/** A template of accounts whose names differ by a number. */
const crowd = {
  username: 'user{n}',
  email: 'user{n}@example.com',
  lastName: 'The {n}. of {n}',
  password: 'of all',
  memberships: [{ orgDomain: 'acme', roles: ['User'], environments: ['sandbox'] }],
}

t.test('a crowd is made from one template, and shares one hash', async (t) => {
  const own = shipped('tavio')
  const [john] = own.accounts
  const fixtures = t.testdir({
    'tavio.json': JSON.stringify({
      ...own,
      settings: { passwordCost: 4 },
      accounts: [{ generate: 300, template: crowd }, john],
    }),
  })
  const hashed: string[] = []
  const { post, get } = await emulate(t, {
    fixtures,
    hashed: (done, of) => hashed.push(`${done} of ${of}`),
  })
  t.strictSame(hashed, ['1 of 1'])
  for (const username of ['user1', 'user300', 'john.doe']) {
    const password = username === 'john.doe' ? 'john.doe.password' : 'of all'
    t.equal((await post('/tavio/v1/acme/auth/login', { body: { username, password } })).status, 200, username)
  }
  for (const username of ['user0', 'user301', 'user{n}']) {
    t.equal((await post('/tavio/v1/acme/auth/login', { body: { username, password: 'of all' } })).status, 401, username)
  }
  const { json } = await get('/_understudy/accounts?vendor=tavio&limit=1000')
  t.equal(json.items.length, 301)
  t.equal(json.items[1].profile.lastName, 'The 2. of 2')
  t.equal(new Set(json.items.map(({ id }: { id: string }) => id)).size, 301)
})

t.test('while a crowd is made others have their turn on the event loop', async (t) => {
  const own = shipped('tavio')
  const { password: _, ...template } = { ...crowd, passwordHash: own.accounts[0].passwordHash }
  const fixtures = t.testdir({ 'tavio.json': JSON.stringify({ ...own, accounts: [{ generate: 5000, template }] }) })
  const read = await readFixtures(vendors, 'fixtures', fixtures)
  let turns = 0
  const count = () => {
    turns += 1
    turning = setImmediate(count)
  }
  let turning = setImmediate(count)
  const { bytes } = await makeTemplate(read, { seed: 1 })
  clearImmediate(turning)
  t.ok(turns >= 10, `${turns} turns`)
  const store = openStore(bytes)
  t.teardown(() => store.close())
  t.equal(store.accounts.all('tavio').length, 5000)
})

t.test(
  'a template tells of all members of a crowd where a fixture is followed, and else of enough to log in',
  async (t) => {
    const own = shipped('tavio')
    const { password: _, ...template } = { ...crowd, passwordHash: own.accounts[0].passwordHash }
    const accounts = [{ generate: 300, template }, own.accounts[0]]
    const fixtures = t.testdir({ 'tavio.json': JSON.stringify({ ...own, accounts }) })
    const read = await readFixtures(vendors, 'fixtures', fixtures)
    const told = async (isWhole: boolean) => {
      const { realms } = await makeTemplate(read, { seed: 1, isWhole })
      const tavio = realms.find(({ fixture }) => fixture.vendor.name === 'tavio')
      return tavio?.accounts.map(({ entry }) => entry.username) ?? []
    }
    const names = Array.from({ length: 300 }, (_, index) => `user${index + 1}`)
    t.strictSame(await told(true), [...names, 'john.doe'])
    t.strictSame(await told(false), [...names.slice(0, 100), 'john.doe'])
  },
)

t.test('a broken fixture is refused with file, JSON pointer and expectation', async (t) => {
  const good = shipped('tavio')
  const [john, ivy] = good.accounts
  const rows: [string, unknown, RegExp][] = [
    ['no JSON', '{', /tavio\.json: at the top: expected JSON/],
    ['an array', [], /tavio\.json: at the top: expected an object$/],
    [
      'no accounts',
      { ...good, accounts: undefined },
      /tavio\.json: at \/accounts: expected an array, and there is none$/,
    ],
    [
      'a number for a name',
      { ...good, accounts: [{ ...john, username: 1 }] },
      /at \/accounts\/0\/username: expected a string that is not empty$/,
    ],
    ['an unknown member', { ...good, accounts: [john, { ...ivy, nick: 'x' }] }, /at \/accounts\/1\/nick: expected/],
    [
      'an unknown setting',
      { ...good, settings: { colour: 1 } },
      /at \/settings\/colour: expected nothing: there is no such field$/,
    ],
    [
      'a setting out of range',
      { ...good, settings: { passwordCost: 3 } },
      /at \/settings\/passwordCost: expected an integer from 4 to 14$/,
    ],
    [
      'none of several words',
      { ...good, settings: { cors: 'all' } },
      /at \/settings\/cors: expected one of "off", "loopback", "\*"$/,
    ],
    [
      'a host that is none',
      { ...good, settings: { ...good.settings, hosts: ['a.example:80'] } },
      /at \/settings\/hosts\/0: expected a host name such as auth\.example\.com, or \*\.example\.com for one label before it$/,
    ],
    [
      'none of several forms',
      { ...good, settings: { throttle: true } },
      /at \/settings\/throttle: expected false or \{limit, windowSeconds\}$/,
    ],
    [
      'one of several forms, with something wrong in it',
      { ...good, settings: { throttle: { limit: 1, windowSeconds: 0 } } },
      /at \/settings\/throttle\/windowSeconds: expected an integer from 1 to 2147483647$/,
    ],
    [
      'no bcrypt',
      { ...good, accounts: [{ ...john, passwordHash: 'x' }] },
      /at \/accounts\/0\/passwordHash: expected a bcrypt hash: .+, of a cost from 4 to 14$/,
    ],
    [
      'a bcrypt cost beyond reason',
      { ...good, accounts: [{ ...john, passwordHash: `$2y$31$${'.'.repeat(53)}` }] },
      /at \/accounts\/0\/passwordHash: expected a bcrypt hash: .+, of a cost from 4 to 14$/,
    ],
    [
      'a bcrypt cost that there is not',
      { ...good, accounts: [{ ...john, passwordHash: `$2y$00$${'.'.repeat(53)}` }] },
      /at \/accounts\/0\/passwordHash: expected a bcrypt hash: .+, of a cost from 4 to 14$/,
    ],
    [
      'no password',
      { ...good, accounts: [{ ...john, password: undefined, passwordHash: undefined }] },
      /at \/accounts\/0: expected a password or a passwordHash/,
    ],
    [
      'a login twice',
      { ...good, accounts: [john, { ...john, id: ivy.id, email: 'x@example.com' }] },
      /at \/accounts\/1: expected a username that no other account has: john\.doe is taken/,
    ],
    [
      'a crowd of nobody',
      { ...good, accounts: [john, { generate: 0, template: ivy }] },
      /at \/accounts\/1\/generate: expected an integer from 1 to 1000000$/,
    ],
    ['a crowd without a template', { ...good, accounts: [{ generate: 2 }] }, /at \/accounts\/0\/template: expected/],
    [
      'a crowd with a member of its own',
      { ...good, accounts: [{ generate: 2, template: crowd, password: 'x' }] },
      /at \/accounts\/0\/password: expected/,
    ],
    [
      'a crowd of accounts that cannot be',
      { ...good, accounts: [john, { generate: 2, template: { ...crowd, status: 'ill' } }] },
      /at \/accounts\/1\/template\/status: expected/,
    ],
    [
      'a crowd without a password',
      { ...good, accounts: [{ generate: 2, template: { ...crowd, password: undefined } }] },
      /at \/accounts\/0\/template: expected a password or a passwordHash/,
    ],
    [
      'a crowd with passwords of their own',
      { ...good, accounts: [{ generate: 2, template: { ...crowd, password: 'x{n}' } }] },
      /at \/accounts\/0\/template\/password: expected no \{n\}: a crowd shares one password/,
    ],
    [
      'a crowd of one name',
      { ...good, accounts: [{ generate: 2, template: { ...crowd, username: 'user' } }] },
      /at \/accounts\/0\/template: expected a username that no other account has: user is taken/,
    ],
  ]
  for (const [what, content, message] of rows) {
    const folder = t.testdir({ 'tavio.json': typeof content === 'string' ? content : JSON.stringify(content) })
    await t.rejects(buildApp({ fixtures: folder }), { name: 'FixtureError', message }, what)
  }
})

t.test('a signing key that is none is refused', async (t) => {
  const good = shipped('thiio')
  const rows: [string, RegExp][] = [
    ['', /thiio\.json: at \/signingKey: expected a string that is not empty$/],
    ['nowhere.pem', /at \/signingKey: expected the path of a readable file, not "nowhere\.pem"/],
    ['text.pem', /at \/signingKey: expected an RSA private key in PEM/],
    ['ec.pem', /at \/signingKey: expected an RSA private key, not ec/],
  ]
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  for (const [signingKey, message] of rows) {
    const fixtures = t.testdir({
      'thiio.json': JSON.stringify({ ...good, signingKey }),
      'text.pem': 'no key',
      'ec.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }),
    })
    await t.rejects(buildApp({ fixtures }), { name: 'FixtureError', message }, signingKey)
  }
})

t.test(
  'an unknown user costs what the dearest hash of the fixture costs, unless the fixture says otherwise',
  async (t) => {
    const cheap = `$2y$05$${'.'.repeat(53)}`
    const own = shipped('tavio')
    for (const account of own.accounts) account.passwordHash = cheap
    const costOf = async (settings: object) => {
      const { get } = await emulate(t, { fixtures: t.testdir({ 'tavio.json': JSON.stringify({ ...own, settings }) }) })
      return (await get('/_understudy/settings/tavio')).json.passwordCost
    }
    t.equal(await costOf({}), 5)
    t.equal(await costOf({ passwordCost: 7 }), 7)
  },
)

t.test('a path that holds no fixture is refused', async (t) => {
  const folder = t.testdir({ 'other.json': '{}', empty: {} })
  for (const path of ['nowhere', 'other.json', 'empty']) {
    await t.rejects(buildApp({ fixtures: join(folder, path) }), { name: 'FixtureError' }, path)
  }
})

t.test('a fixture replaces the shipped one of its vendor only, and may be a single file', async (t) => {
  const own = shipped('tavio')
  own.accounts = [
    {
      username: 'ann',
      email: 'ann@example.com',
      password: 'secret',
      memberships: [{ orgDomain: 'acme', roles: [], environments: [] }],
    },
  ]
  own.settings = { passwordCost: 4, tokenLifetimeSeconds: 7 }
  const folder = t.testdir({ 'tavio.json': JSON.stringify(own) })
  for (const fixtures of [folder, join(folder, 'tavio.json')]) {
    const { post, get } = await emulate(t, { fixtures })
    const login = (username: string, password: string) =>
      post('/tavio/v1/acme/auth/login', { body: { username, password } })
    const { status, json } = await login('ann', 'secret')
    t.equal(status, 200)
    t.equal(json.expires_in, 7)
    t.equal((await login('john.doe', 'john.doe.password')).status, 401)
    t.equal((await get('/thiio/api/nowhere')).status, 404, 'the other vendors are there')
  }
})

t.test('ids of fixture accounts follow from the seed', async (t) => {
  const own = shipped('tavio')
  for (const account of own.accounts) delete account.id
  const fixtures = t.testdir({ 'tavio.json': JSON.stringify(own) })
  const idOf = async (seed: number, world: string) => {
    const { post } = await emulate(t, { fixtures, seed })
    const body = { username: 'john.doe', password: 'john.doe.password' }
    return (await post(`/@${world}/tavio/v1/acme/auth/login`, { body })).json.user.id
  }
  const id = await idOf(5, 'default')
  t.equal(await idOf(5, 'default'), id)
  t.equal(await idOf(5, 'w7'), id, 'in every world')
  t.not(await idOf(6, 'default'), id)
})
