import t from 'tap'
import { vendors } from '../../src/vendors/registry.js'
import { type Ask, type Emulator, emulate } from '../support/emulate.js'

/** Ways to write, in JSON, what assigning member by member would put on every object. */
const poisons = [
  '"__proto__":{"polluted":"yes","active":true,"state":"active","length":1}',
  '"constructor":{"prototype":{"polluted":"yes"}}',
  '"\\u005f\\u005fproto\\u005f\\u005f":{"polluted":"yes"}',
  '"prototype":{"polluted":"yes"}',
  '"__proto__":null',
  '"__proto__":[]',
  '"__defineGetter__":"x","toString":"x","valueOf":"x","hasOwnProperty":"x","then":"x","toJSON":"x"',
]

/** The same as names of a form, which PHP nests. */
const fields = [
  '__proto__[polluted]=yes',
  '__proto__=yes',
  'constructor[prototype][polluted]=yes',
  'a[__proto__][polluted]=yes',
  'a[constructor][prototype][polluted]=yes',
  '__proto__[]=yes',
  '[__proto__]=yes',
  '.__proto__.polluted=yes',
  '__proto__%5Bpolluted%5D=yes',
  'toString=x&valueOf=x&hasOwnProperty=x&then=x',
]

const multipart = (name: string) =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nyes\r\n` +
  `--x\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n\r\nyes\r\n--x--\r\n`

const names = ['__proto__', '__proto__[polluted]', 'constructor[prototype][polluted]', 'toString']

/** What every object of this process has from its prototypes. */
const inherited = () =>
  [Object.prototype, Array.prototype, Function.prototype, Buffer.prototype, String.prototype].map(
    (prototype) => Object.getOwnPropertyNames(prototype).length,
  )
const before = inherited()

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Every operation of a vendor, with the bodies that a good login would have, poisoned. */
async function poison({ ask, get }: Emulator, name: string, address: () => string): Promise<number[]> {
  const vendor = vendors.find((one) => one.name === name)
  if (!vendor) throw new Error(`no vendor ${name}`)
  const { operations } = (await get('/_understudy/vendors')).json.vendors.find(
    (one: { name: string }) => one.name === name,
  )
  const statuses: number[] = []
  for (const { method, path } of operations) {
    const url = `/${name}${path.replace(/:(\w+)|\{\w+\}/g, 'acme')}`
    const send = async (how: Ask, query = '') => {
      const { status } = await ask(method, url + query, { remoteAddress: address(), ...how })
      statuses.push(status)
    }
    for (const poison of poisons) {
      const login = vendor.login.body.startsWith('{') ? vendor.login.body.slice(1, -1) : '"username":"admin"'
      for (const body of [
        `{${poison}}`,
        `{${poison},${login}}`,
        `{${login},${poison}}`,
        `{"user":{${poison}}}`,
        `[{${poison}}]`,
      ]) {
        await send({ headers: json, body })
      }
      await send({ headers: { ...json, authorization: 'Bearer __proto__', cookie: '__proto__=x; constructor=y' } })
    }
    for (const field of fields) {
      await send({ headers: form, body: `${field}&username=admin&password=x` })
      await send({}, `?${field}`)
    }
    for (const part of names) {
      await send({ headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: multipart(part) })
    }
  }
  return statuses
}

for (const { name, login } of vendors) {
  t.test(`${name}: no body, query, form or cookie reaches what all objects share`, async (t) => {
    const emulator = await emulate(t)
    let asked = 0
    const statuses = await poison(emulator, name, () => `10.7.${++asked >> 8}.${asked & 255}`)
    t.ok(statuses.length > 100)
    t.notOk(
      statuses.some((status) => status >= 500),
      'each is answered',
    )
    t.notOk('polluted' in {}, 'nothing on objects')
    t.strictSame(inherited(), before)
    const headers = { 'content-type': login.contentType }
    const good = await emulator.post(`/${name}${login.path}`, { headers, body: login.body, remoteAddress: '10.6.0.1' })
    t.equal(good.status, 200, 'a good login is one as ever')
  })
}

t.test('the control plane refuses a poisoned body, and the world stays as it was', async (t) => {
  const { ask, get } = await emulate(t)
  const nouns = [
    'clock',
    'settings/tavio',
    'settings/portsip',
    'accounts?limit=100',
    'faults',
    'tokens',
    'keys',
    'worlds',
  ]
  const state = async () =>
    Promise.all(nouns.map(async (noun) => (await get(`/_understudy/${noun}`)).text.replace(/"offsetMs":-?\d+/, '')))
  const first = await state()
  const writes: [string, string, string][] = [
    ['PATCH', '/settings/tavio', '"renewRevokes":true'],
    ['PATCH', '/settings/portsip', '"lockout":false'],
    ['POST', '/accounts', '"vendor":"tavio","email":"a@b.example","username":"a","password":"secret-secret"'],
    ['POST', '/accounts', '"vendor":"portsip","name":"a","password":"secret-secret"'],
    ['PATCH', '/accounts/tavio/john.doe', '"first_name":"x"'],
    ['POST', '/faults', '"effect":{"kind":"respond","status":503}'],
    ['POST', '/tokens', '"vendor":"tavio","account":"john.doe"'],
    ['POST', '/tokens/inspect', '"token":"x"'],
    ['POST', '/clock/freeze', '"at":"2030-01-01T00:00:00Z"'],
    ['POST', '/worlds', '"name":"w7"'],
    ['POST', '/snapshots', '"name":"s"'],
    ['POST', '/keys/rotate', '"vendor":"thiio"'],
    ['POST', '/requests/verify', '"steps":[]'],
  ]
  for (const [method, path, good] of writes) {
    for (const poison of poisons) {
      const refused = await ask(method, `/_understudy${path}`, { headers: json, body: `{${good},${poison}}` })
      t.ok([400, 422].includes(refused.status), `${method} ${path} with ${poison}: ${refused.text}`)
    }
  }
  // Where a body may hold what it likes: one level down.
  for (const poison of poisons.slice(0, 3)) {
    for (const [path, body] of [
      ['/faults', `{"effect":{"kind":"respond","status":503,"headers":{${poison}}}}`],
      ['/faults', `{"effect":{"kind":"respond","status":503,"body":{${poison}}}}`],
      ['/faults', `{"effect":{"kind":"refuse","refusal":"wrong-password","facts":{${poison}}}}`],
      ['/requests/verify', `{"steps":[{"match":{${poison}}}]}`],
    ] as const) {
      const refused = await ask('POST', `/_understudy${path}`, { headers: json, body })
      t.ok([400, 422].includes(refused.status), `${path} with ${body}: ${refused.text}`)
    }
  }
  for (const field of fields) {
    for (const noun of ['requests', 'accounts', 'tokens', 'outbox', 'faults', 'snapshots/s']) {
      const { status } = await get(`/_understudy/${noun}?${field}`)
      t.ok(status < 500, `${noun}?${field}`)
    }
  }
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']) {
    for (const [method, path] of [
      ['GET', `/settings/${name}`],
      ['PATCH', `/settings/${name}`],
      ['GET', `/accounts/${name}/x`],
      ['GET', `/accounts/tavio/${name}`],
      ['GET', `/tokens/${name}`],
      ['GET', `/faults/${name}`],
      ['GET', `/requests/${name}`],
      ['GET', `/snapshots/${name}`],
      ['GET', `/openapi/${name}`],
      ['DELETE', `/worlds/${name}`],
    ] as const) {
      const { status } = await ask(method, `/_understudy${path}`, method === 'PATCH' ? { body: {} } : {})
      t.ok([400, 404, 422].includes(status), `${method} ${path}: ${status}`)
    }
    t.equal((await get(`/${name}/api/login`)).status, 404, `no vendor is called ${name}`)
  }
  t.strictSame(await state(), first)
  t.notOk('polluted' in {})
  t.strictSame(inherited(), before)
})

t.test('an account may be called like what every object has', async (t) => {
  const { post, get } = await emulate(t)
  for (const username of ['__proto__', 'constructor', 'toString']) {
    const body = {
      vendor: 'tavio',
      email: `${username}@example.com`,
      username,
      password: 'secret-secret',
      memberships: [{ orgDomain: 'acme', roles: [], environments: [] }],
    }
    const made = await post('/_understudy/accounts', { body })
    t.equal(made.status, 201, made.text)
    const login = { username, password: 'secret-secret' }
    t.equal((await post('/tavio/v1/acme/auth/login', { body: login })).status, 200, username)
    t.equal((await get(`/_understudy/accounts/tavio/${username}`)).json.profile.username, username)
  }
})
