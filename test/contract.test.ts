import t from 'tap'
import { documentsOf } from '../src/control/documents.js'
import { vendors } from '../src/vendors/registry.js'
import { levels } from '../src/vendors/vendor.js'
import { type Ask, emulate } from './support/emulate.js'

/** The coverage table: operations to serve, and what its rows leave for later. */
const coverage: Record<string, readonly string[]> = {
  thiio: ['POST /api/login', 'GET /api/check'],
  babelfor: [
    'POST /v1/auth/login',
    'GET /v1/auth/user',
    'POST /v1/auth/user',
    'POST /v1/auth/logout',
    'GET /v1/roles',
    'GET /v1/api-keys',
    'POST /v1/api-keys',
  ],
  portsip: [
    'POST /api/login',
    'GET /api/login',
    'POST /api/logout',
    'GET /api/info',
    'GET /api/user',
    'POST /api/login/oauth/token',
    'POST /api/login/oauth/revoke',
    'POST /api/auth/sign_in',
    'POST /api/auth/send_otp',
    'POST /api/auth/verify_otp',
    'POST /api/auth/refresh_token',
    'POST /api/auth/sign_out',
    'GET /api/auth/user',
    'POST /api/auth/forget_password',
    'POST /api/auth/reset_password',
  ],
  faveo: [
    'POST /api/v1/authenticate',
    'GET /api/v1/authenticate/user',
    'GET /api/v1/helpdesk/check-url',
    'GET /api/v1/helpdesk/api_key',
  ],
  tavio: [
    'POST /v1/:orgDomain/auth/login',
    'POST /v1/:orgDomain/auth/token/renew',
    'POST /v1/:orgDomain/environments/:envDomain/connect',
    'GET /v1/:orgDomain/me',
    'GET /v1/:orgDomain/users',
  ],
}

/** Operations that ask for a credential, and what each answers to one that is no good. */
const guarded: Record<string, readonly string[]> = {
  thiio: ['GET /api/check'],
  babelfor: [
    'GET /v1/auth/user',
    'POST /v1/auth/user',
    'POST /v1/auth/logout',
    'GET /v1/roles',
    'GET /v1/api-keys',
    'POST /v1/api-keys',
  ],
  portsip: ['GET /api/login', 'GET /api/user', 'POST /api/login/oauth/revoke'],
  faveo: ['GET /api/v1/authenticate/user', 'GET /api/v1/helpdesk/api_key'],
  tavio: [
    'POST /v1/acme/auth/token/renew',
    'POST /v1/acme/environments/acme-prod/connect',
    'GET /v1/acme/me',
    'GET /v1/acme/users',
  ],
}

const oversize: Record<string, number> = { thiio: 413, babelfor: 413, portsip: 413, faveo: 500, tavio: 400 }

/** Babelfor blocks by address, Faveo's handler loses the 429. */
const refusedByThrottle: Record<string, number> = { babelfor: 403, faveo: 500 }

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY']

interface Listed {
  readonly name: string
  readonly operations: { readonly method: string; readonly path: string; readonly evidence: string }[]
  readonly unbuilt: { readonly operation: string; readonly why: string }[]
}

const split = (route: string): [string, string] => {
  const [method = '', path = ''] = route.split(' ')
  return [method, path]
}

t.test('the registry holds the vendors of the coverage table', async (t) => {
  t.strictSame(vendors.map(({ name }) => name).sort(), Object.keys(coverage).sort())
})

for (const { name, login } of vendors) {
  const rows = coverage[name] ?? []
  const base = `/${name}`

  t.test(
    `${name}: each row of the coverage table is registered or stands among the unbuilt, and nothing else is registered`,
    async (t) => {
      const { get } = await emulate(t)
      const listed: Listed[] = (await get('/_understudy/vendors')).json.vendors
      const vendor = listed.find((candidate) => candidate.name === name)
      const registered = vendor?.operations.map(({ method, path }) => `${method} ${path}`) ?? []
      const unbuilt = vendor?.unbuilt ?? []
      for (const row of rows) {
        const named = unbuilt.some(({ operation, why }) => operation.includes(row) && why.length > 0)
        t.not(registered.includes(row), named, `${row} is one or the other`)
      }
      t.strictSame(
        registered.filter((route) => !rows.includes(route)),
        [],
      )
    },
  )

  t.test(`${name}: the login that is shown works`, async (t) => {
    const { post } = await emulate(t)
    const { status, text } = await post(`${base}${login.path}`, {
      body: login.body,
      headers: { 'content-type': login.contentType },
    })
    t.equal(status, 200, text)
    t.notMatch(text, /error|"success":false/)
  })

  t.test(`${name}: an unknown route and a wrong method are refused in the vendor's dialect`, async (t) => {
    const { ask } = await emulate(t)
    for (const path of [
      '/',
      '/nowhere',
      '/api/nowhere',
      '/v1/nowhere',
      '/%zz',
      '/%00',
      '/..%2f',
      `/${'x'.repeat(3000)}`,
    ]) {
      for (const method of methods)
        t.equal((await ask(method, base + path)).status, 404, `${method} ${path.slice(0, 20)}`)
    }
    for (const row of rows) {
      const [, path] = split(row.replaceAll(/:\w+/g, 'acme'))
      const known = rows.filter((other) => split(other)[1] === split(row)[1]).map((other) => split(other)[0])
      for (const method of methods.filter((candidate) => !known.includes(candidate))) {
        const { status } = await ask(method, base + path, {
          body: '{}',
          headers: { 'content-type': 'application/json' },
        })
        t.ok([404, 405].includes(status), `${method} ${path}: ${status}`)
      }
    }
  })

  t.test(`${name}: no body makes an operation fail`, async (t) => {
    const { ask } = await emulate(t)
    const bodies: [string, Ask][] = [
      ['nothing', {}],
      ['a type without a body', { headers: { 'content-type': 'application/json' } }],
      ['broken JSON', { body: '{"a":', headers: { 'content-type': 'application/json' } }],
      ['JSON null', { body: 'null', headers: { 'content-type': 'application/json' } }],
      ['a JSON array', { body: '[1]', headers: { 'content-type': 'application/json' } }],
      ['a JSON string', { body: '"x"', headers: { 'content-type': 'application/json' } }],
      ['a prototype key', { body: '{"__proto__":{"username":"x"}}', headers: { 'content-type': 'application/json' } }],
      ['no type', { body: Buffer.from('{"a":1}') }],
      ['a nonsense type', { body: 'x', headers: { 'content-type': 'nonsense' } }],
      ['an empty type', { body: 'x', headers: { 'content-type': '' } }],
      ['a type with broken parameters', { body: '{}', headers: { 'content-type': 'application/json;;=' } }],
      ['an unknown type', { body: 'x', headers: { 'content-type': 'application/x-unheard-of' } }],
      ['text', { body: 'x', headers: { 'content-type': 'text/plain' } }],
      ['XML', { body: '<a/>', headers: { 'content-type': 'application/xml' } }],
      ['a form', { body: 'a=1&a=2&b[c]=3', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
      ['a multipart form without boundary', { body: 'x', headers: { 'content-type': 'multipart/form-data' } }],
      [
        'a broken multipart form',
        { body: '--x\r\nbroken', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      ],
      [
        'invalid UTF-8',
        { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), headers: { 'content-type': 'application/json' } },
      ],
      ['a deep array', { body: '['.repeat(100_000), headers: { 'content-type': 'application/json' } }],
    ]
    for (const row of rows) {
      const [method, path] = split(row.replaceAll(/:\w+/g, 'acme'))
      for (const [what, body] of bodies) {
        const { status } = await ask(method, base + path, body)
        t.ok(status < 500, `${row} with ${what}: ${status}`)
      }
    }
  })

  t.test(`${name}: a body beyond 1 MiB is refused with the status of the contracts`, async (t) => {
    const { post } = await emulate(t)
    const headers = { 'content-type': login.contentType }
    const { status } = await post(base + login.path, { body: ' '.repeat(1_048_577), headers })
    t.equal(status, oversize[name])
    const within = await post(base + login.path, { body: login.body.padEnd(1_048_576), headers })
    t.not(within.status, oversize[name], 'one of exactly 1 MiB is read')
  })

  t.test(`${name}: no operation takes a body beyond 1 MiB without saying so in its document`, async (t) => {
    const { ask } = await emulate(t)
    for (const row of rows) {
      const [method, path] = split(row.replaceAll(/:\w+/g, 'acme'))
      const headers = { 'content-type': 'application/json' }
      // An answer that the document does not declare throws.
      await t.resolves(ask(method, base + path, { body: ' '.repeat(1_048_577), headers }), row)
    }
  })

  t.test(`${name}: a guarded operation refuses what is no credential of this vendor`, async (t) => {
    const { ask, post } = await emulate(t)
    const others: string[] = []
    for (const other of vendors.filter((candidate) => candidate.name !== name)) {
      const { text } = await post(`/${other.name}${other.login.path}`, {
        body: other.login.body,
        headers: { 'content-type': other.login.contentType },
      })
      const token = /"(?:token|access_token)":"([^"]+)"/.exec(text)?.[1]
      if (token) others.push(token)
    }
    t.ok(others.length >= 3, 'other vendors gave tokens')
    for (const row of guarded[name] ?? []) {
      const [method, path] = split(row)
      const credentials: (Record<string, string> | undefined)[] = [
        {},
        { authorization: '' },
        { authorization: 'Bearer' },
        { authorization: 'Bearer ' },
        { authorization: 'Bearer garbage' },
        { authorization: 'Bearer a.b.c' },
        { authorization: 'Bearer ..' },
        { authorization: 'Basic YWRtaW46YWRtaW4=' },
        { 'x-api-key': 'api_000000000000000000000000' },
        { cookie: 'portsip_session=x; token=x' },
        ...others.map((token) => ({ authorization: `Bearer ${token}` })),
      ]
      for (const headers of credentials) {
        const { status } = await ask(method, base + path, { headers: { ...headers } })
        t.equal(status, 401, `${row} with ${JSON.stringify(headers).slice(0, 60)}`)
      }
    }
  })

  t.test(
    `${name}: every answer carries the world's date, a request number and a level of evidence, unless plain`,
    async (t) => {
      const { ask, clock } = await emulate(t)
      clock.advance(86_400_000)
      let number = 0
      for (const row of [...rows, 'GET /nowhere', 'PUT /%zz']) {
        const [method, path] = split(row.replaceAll(/:\w+/g, 'acme'))
        const { headers } = await ask(method, base + path)
        number += 1
        t.equal(headers.date, 'Fri, 02 Jan 2026 00:00:00 GMT', row)
        t.equal(headers['x-understudy-request'], `default-${number}`, row)
        t.ok(
          levels.some((level) => level === headers['x-understudy-evidence']),
          row,
        )
      }
      const bare = await emulate(t, { plain: true })
      const { headers } = await bare.post(base + login.path, {
        body: login.body,
        headers: { 'content-type': login.contentType },
      })
      t.strictSame(
        Object.keys(headers).filter((header) => header.startsWith('x-understudy')),
        [],
      )
    },
  )

  t.test(`${name}: a browser page on loopback may call, another may not; the setting cors decides`, async (t) => {
    const { ask, set } = await emulate(t)
    const preflight = {
      origin: 'http://localhost:3000',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    }
    const allowed = await ask('OPTIONS', base + login.path, { headers: preflight })
    t.equal(allowed.status, 204)
    t.equal(allowed.headers['access-control-allow-origin'], 'http://localhost:3000')
    t.equal(allowed.headers['access-control-allow-headers'], 'content-type')
    const foreign = await ask('OPTIONS', base + login.path, {
      headers: { ...preflight, origin: 'https://evil.example' },
    })
    t.notOk(foreign.headers['access-control-allow-origin'])
    t.not(foreign.status, 204)
    await set(name, { cors: '*' })
    t.equal(
      (await ask('OPTIONS', base + login.path, { headers: { ...preflight, origin: 'https://a.example' } })).status,
      204,
    )
    await set(name, { cors: 'off' })
    t.not((await ask('OPTIONS', base + login.path, { headers: preflight })).status, 204)
  })

  t.test(`${name}: with throttle an address has so many requests a window`, async (t) => {
    const { ask, set, clock } = await emulate(t)
    await set(name, { throttle: { limit: 2, windowSeconds: 60 } })
    const [method, path] = split((guarded[name] ?? [])[0] ?? '')
    const once = async (remoteAddress = '127.0.0.1') => (await ask(method, base + path, { remoteAddress })).status
    const throttled = refusedByThrottle[name] ?? 429
    t.strictSame([await once(), await once(), await once()], [401, 401, throttled])
    t.equal(await once('10.0.0.2'), 401, 'another address has its own window')
    t.equal(await once('::ffff:127.0.0.1'), throttled, 'an IPv4 address in IPv6 clothes is the same')
    clock.advance(60_000)
    t.equal(await once(), 401)
  })

  t.test(`${name}: by Host it answers as by path`, async (t) => {
    const { ask } = await emulate(t)
    for (const row of guarded[name] ?? []) {
      const [method, path] = split(row)
      const byPath = await ask(method, base + path)
      const byHost = await ask(method, path, { headers: { host: `${name}.localhost:4555` } })
      t.equal(byHost.status, byPath.status)
      t.equal(byHost.text.replace(/"traceId":"[^"]*"/, ''), byPath.text.replace(/"traceId":"[^"]*"/, ''))
    }
  })
}

for (const { vendor, profile } of vendors.flatMap(documentsOf).filter((document) => document.profile !== undefined)) {
  const { name, login } = vendor

  t.test(`${name} ${profile}: the login that is shown works, and no credential is refused`, async (t) => {
    const { ask, post, set } = await emulate(t)
    await set(name, { profile })
    const { status, text } = await post(`/${name}${login.path}`, {
      body: login.body,
      headers: { 'content-type': login.contentType },
    })
    t.equal(status, 200, text)
    t.notMatch(text, /error|"success":false/)
    for (const row of guarded[name] ?? []) {
      const [method, path] = split(row)
      t.match((await ask(method, `/${name}${path}`)).text, /error|"success":false/, row)
    }
    const elsewhere = await ask('GET', `/${name}/api/nowhere`)
    t.ok(elsewhere.status === 404 || elsewhere.json.status === '404')
  })
}
