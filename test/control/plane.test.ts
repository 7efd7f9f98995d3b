import t from 'tap'
import { vendors } from '../../src/vendors/registry.js'
import { emulate } from '../support/emulate.js'

t.test('health says who serves', async (t) => {
  const { get } = await emulate(t)
  const { status, json, headers } = await get('/_understudy/health')
  t.equal(status, 200)
  t.match(json, { status: 'ok', name: 'understudy', version: '0.1.0', instance: /^[0-9a-f]{16}$/, seed: 1, worlds: 1 })
  t.strictSame(
    json.vendors,
    vendors.map(({ name }) => name),
  )
  t.notOk(headers['x-understudy-request'], 'the control plane is no vendor')
})

t.test('the vendors are listed with base URL, hosts, operations, their evidence and what is not built', async (t) => {
  const { get } = await emulate(t)
  const { json } = await get('/_understudy/vendors', { headers: { host: '127.0.0.1:4555' } })
  const tavio = json.vendors.find((vendor: { name: string }) => vendor.name === 'tavio')
  t.equal(tavio.baseUrl, 'http://127.0.0.1:4555/tavio')
  t.strictSame(tavio.hosts, ['api.integrationmarketplace.io', 'tavio.localhost'])
  t.match(tavio.operations, [
    { id: 'login', method: 'POST', path: '/v1/:orgDomain/auth/login', evidence: 'seed', event: 'login' },
    { id: 'renew', evidence: 'documented', event: 'renew' },
    { id: 'connect', evidence: 'assumed', event: 'token-use' },
    { id: 'me', evidence: 'assumed' },
    { id: 'listUsers', evidence: 'assumed' },
  ])
  t.ok(tavio.unbuilt.every(({ why }: { why: string }) => why.length > 10))
})

t.test('base URLs lead to the world that was selected, and by path whatever the host', async (t) => {
  const { get } = await emulate(t)
  const baseOf = async (url: string, headers: Record<string, string>) => {
    const { vendors: listed } = (await get(url, { headers })).json
    return listed.find((vendor: { name: string }) => vendor.name === 'tavio').baseUrl
  }
  t.equal(await baseOf('/@w7/_understudy/vendors', { host: '127.0.0.1:4555' }), 'http://127.0.0.1:4555/@w7/tavio')
  t.equal(
    await baseOf('/_understudy/vendors', { host: 'localhost', 'x-understudy-world': 'w8' }),
    'http://localhost/@w8/tavio',
  )
  t.equal(await baseOf('/_understudy/vendors', { host: 'thiio.w9.localhost:81' }), 'http://localhost:81/@w9/tavio')
})

t.test('settings are read and changed in the world that is selected', async (t) => {
  const { get, ask } = await emulate(t)
  const before = (await get('/_understudy/settings/tavio')).json
  t.match(before, {
    tokenLifetimeSeconds: 3600,
    renewRevokes: false,
    statusCase: 'lower',
    cors: 'loopback',
    throttle: false,
  })
  const changed = await ask('PATCH', '/@w7/_understudy/settings/tavio', { body: { tokenLifetimeSeconds: 60 } })
  t.equal(changed.status, 200)
  t.strictSame(changed.json, { ...before, tokenLifetimeSeconds: 60 }, 'merged')
  t.strictSame((await get('/_understudy/settings/tavio')).json, before, 'the default world is as it was')
  t.strictSame(
    (await get('/_understudy/settings/tavio', { headers: { 'x-understudy-world': 'w7' } })).json,
    changed.json,
  )
})

t.test('a setting that cannot be is refused with its pointer, and nothing changes', async (t) => {
  const { get, ask } = await emulate(t)
  const before = (await get('/_understudy/settings/tavio')).text
  const rows: [unknown, string, string][] = [
    [{ tokenLifetimeSeconds: '60' }, 'invalid-input', '/tokenLifetimeSeconds'],
    [{ tokenLifetimeSeconds: 0 }, 'invalid-input', '/tokenLifetimeSeconds'],
    [{ colour: 'red' }, 'invalid-input', '/colour'],
    [{ hosts: ['*'] }, 'invalid-input', '/hosts/0'],
    [{ hosts: ['127.0.0.1'] }, 'invalid-input', '/hosts/0'],
    [{ hosts: ['localhost'] }, 'invalid-input', '/hosts/0'],
    [{ hosts: ['a.example:80'] }, 'invalid-input', '/hosts/0'],
    [{ hosts: ['a\r\nb'] }, 'invalid-input', '/hosts/0'],
    [{ throttle: { limit: 1, windowSeconds: 1e308 } }, 'invalid-input', '/throttle'],
    [{ statusCase: 'lower', throttle: { limit: 1 } }, 'invalid-input', '/throttle'],
    [[], 'invalid-input', ''],
    ['x', 'invalid-input', ''],
    [null, 'invalid-input', ''],
  ]
  for (const [change, code, pointer] of rows) {
    const { status, json } = await ask('PATCH', '/_understudy/settings/tavio', {
      body: JSON.stringify(change),
      headers: { 'content-type': 'application/json' },
    })
    t.equal(status, 422, JSON.stringify(change))
    t.match(json, { error: { code, message: String, details: { pointer } } }, JSON.stringify(change))
  }
  t.equal((await get('/_understudy/settings/tavio')).text, before)
  t.match((await get('/_understudy/settings/nobody')).json, {
    error: { code: 'unknown-vendor', details: { vendors: Array } },
  })
})

t.test('a write is JSON, well formed and of bounded size', async (t) => {
  const { ask } = await emulate(t)
  const patch = (body: string, type: string) =>
    ask('PATCH', '/_understudy/settings/tavio', { body, headers: { 'content-type': type } })
  t.match(await patch('{}', 'text/plain'), { status: 415, json: { error: { code: 'invalid-media-type' } } })
  t.match(await patch('a=1', 'application/x-www-form-urlencoded'), { status: 415 })
  for (const body of ['{', '{"__proto__":{"a":1}}', '{"constructor":{"prototype":{"a":1}}}']) {
    const { status, json } = await patch(body, 'application/json')
    t.match({ status, json }, { status: 400, json: { error: { code: 'invalid-json-body' } } }, body)
    t.equal(json.error.details.pointer, '', body)
  }
  t.match(await patch(' '.repeat(1_048_577), 'application/json'), {
    status: 413,
    json: { error: { code: 'body-too-large' } },
  })
})

t.test(
  'of what can have several forms it is said where the one that was given is wrong, or which there are',
  async (t) => {
    const { ask } = await emulate(t)
    const rows: [string, object, string, string][] = [
      ['worlds', { from: {} }, '/from', '{world} or {snapshot}'],
      ['worlds', { from: 5 }, '/from', '{world} or {snapshot}'],
      ['worlds', { from: { world: 'a', snapshot: 'b' } }, '/from', '{world} or {snapshot}'],
      ['worlds', { from: { world: 'A' } }, '/from/world', 'a string that matches ^[a-z0-9][a-z0-9-]{0,62}$'],
      ['tokens/revoke', { token: 5 }, '/token', 'a string that is not empty'],
      ['faults', { effect: { kind: 'reset', why: 'x' } }, '/effect/why', 'nothing: there is no such field'],
      [
        'faults',
        { effect: { kind: 'respond', status: 200, headers: { a: 5 } } },
        '/effect/headers/a',
        'a string or an array',
      ],
    ]
    for (const [route, body, pointer, expected] of rows) {
      const { status, json } = await ask('POST', `/_understudy/${route}`, { body })
      t.equal(status, 422, pointer)
      t.strictSame(json.error.details, { pointer, expected })
    }
  },
)

t.test('what is nowhere is said in the control plane’s shape, with what there is', async (t) => {
  const { get, ask } = await emulate(t)
  const route = await get('/_understudy/nowhere')
  t.equal(route.status, 404)
  t.equal(route.json.error.code, 'unknown-route')
  t.ok(route.json.error.details.routes.includes('GET /_understudy/health'))
  const vendor = await ask('POST', '/nobody/api/login')
  t.equal(vendor.status, 404)
  t.strictSame(
    vendor.json.error.details.vendors,
    vendors.map(({ name }) => name),
  )
  t.match(await get('/%zz'), { status: 404, json: { error: { code: 'unknown-vendor' } } })
  for (const url of ['/@W7/tavio/v1/acme/me', '/@W7/_understudy/health']) {
    t.match(await get(url), { status: 400, json: { error: { code: 'malformed-world', message: /"W7"/ } } })
  }
})

t.test('more worlds than allowed are refused with 503, and those that are keep working', async (t) => {
  const { get } = await emulate(t, { maxWorlds: 3 })
  for (const world of ['a', 'b']) t.equal((await get(`/@${world}/tavio/v1/acme/me`)).status, 401)
  t.match(await get('/@c/tavio/v1/acme/me'), {
    status: 503,
    json: { error: { code: 'too-many-worlds', details: { max: 3 } } },
  })
  t.match(await get('/@c/tavio/%ff'), { status: 503, json: { error: { code: 'too-many-worlds' } } }, 'no router needed')
  t.equal((await get('/@a/tavio/v1/acme/me')).status, 401)
})

t.test('a token of one world is unknown in another', async (t) => {
  const { get, post } = await emulate(t)
  const body = { username: 'john.doe', password: 'john.doe.password' }
  const { token } = (await post('/@a/tavio/v1/acme/auth/login', { body })).json
  const headers = { authorization: `Bearer ${token}` }
  t.equal((await get('/@a/tavio/v1/acme/me', { headers })).status, 200)
  t.equal((await get('/@b/tavio/v1/acme/me', { headers })).status, 401)
  t.equal((await get('/tavio/v1/acme/me', { headers })).status, 401)
})

t.test('the start page names the vendors, the documents and their reader are served', async (t) => {
  const { get } = await emulate(t)
  const page = await get('/')
  t.equal(page.status, 200)
  t.match(page.headers['content-type'], /^text\/html/)
  for (const { name, title } of vendors) {
    t.match(page.text, title)
    const { status, json } = await get(`/_understudy/openapi/${name}.json`)
    t.equal(status, 200)
    t.equal(json.openapi, '3.1.0')
  }
  t.match(await get('/_understudy/openapi/nobody.json'), { status: 404, json: { error: { code: 'unknown-document' } } })
  t.match(await get('/_understudy/openapi/..%2fpackage.json'), { status: 404 })
  t.equal((await get('/_understudy/docs')).status, 302)
  const reader = await get('/_understudy/docs/')
  t.equal(reader.status, 200)
  t.match(reader.text, /swagger-ui/i)
  t.equal((await get('/_understudy/docs/static/swagger-ui.css')).status, 200)
  t.match((await get('/_understudy/docs/static/swagger-initializer.js')).text, '/_understudy/openapi/tavio.json')
})
