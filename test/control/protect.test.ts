import { readFileSync } from 'node:fs'
import t from 'tap'
import { emulate } from '../support/emulate.js'

t.test('a page of another origin cannot write', async (t) => {
  const { get, ask } = await emulate(t)
  const patch = (headers: Record<string, string>) =>
    ask('PATCH', '/_understudy/settings/tavio', {
      body: { renewRevokes: true },
      headers: { host: 'localhost:4555', ...headers },
    })
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:3000' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]
  for (const headers of foreign) {
    t.match(await patch(headers), { status: 403, json: { error: { code: 'foreign-origin' } } }, JSON.stringify(headers))
  }
  t.equal((await get('/_understudy/settings/tavio')).json.renewRevokes, false, 'nothing was written')
  t.equal((await ask('POST', '/_understudy/reset', { headers: { origin: 'https://evil.example' } })).status, 403)
  t.equal((await patch({ origin: 'http://localhost:4555', 'sec-fetch-site': 'same-origin' })).status, 200)
})

t.test('the control plane answers only to names that no stranger’s DNS can point here', async (t) => {
  const { get } = await emulate(t)
  for (const host of [
    '127.0.0.1:4555',
    '[::1]:4555',
    'localhost',
    'understudy:4555',
    'tavio.localhost',
    '192.168.1.7',
  ]) {
    t.equal((await get('/_understudy/health', { headers: { host } })).status, 200, host)
  }
  for (const host of ['evil.example', 'localhost.evil.example:4555', '127.0.0.1.evil.example', '127.0.0.1.nip.io']) {
    t.match(
      await get('/_understudy/health', { headers: { host } }),
      { status: 403, json: { error: { code: 'foreign-host' } } },
      host,
    )
  }
})

t.test('with a control token every control request but health presents it', async (t) => {
  const { get } = await emulate(t, { controlToken: 'a-secret' })
  t.equal((await get('/_understudy/health')).status, 200)
  t.equal((await get('/_understudy/vendors', { headers: { authorization: 'Bearer a-secret' } })).status, 200)
  for (const authorization of ['', 'a-secret', 'Bearer a-secre', 'Bearer a-secretx', 'Basic a-secret']) {
    t.match(
      await get('/_understudy/vendors', { headers: { authorization } }),
      { status: 401, json: { error: { code: 'control-token' } } },
      authorization,
    )
  }
  t.equal((await get('/tavio/v1/acme/me')).status, 401, 'vendors are asked as ever')
})

t.test('a write without a body needs no type, one with a JSON type may be empty', async (t) => {
  const { post } = await emulate(t)
  t.equal((await post('/_understudy/reset')).status, 204)
  t.equal((await post('/_understudy/reset', { headers: { 'content-type': 'application/json' } })).status, 204)
  t.equal(
    (await post('/_understudy/clock/freeze', { body: 'x', headers: { 'content-type': 'text/plain' } })).status,
    415,
  )
})

interface Route {
  readonly method: string
  readonly path: string
  /** The type that a body of it has; `undefined`: it takes none. */
  readonly bodyType: string | undefined
}

interface Documented {
  readonly requestBody?: { readonly content: Record<string, unknown> }
}

/** Every operation of the control plane, by its own document. */
const routes: Route[] = Object.entries<Record<string, Documented>>(
  JSON.parse(readFileSync('openapi/control.json', 'utf8')).paths,
).flatMap(([template, item]) =>
  Object.entries(item).map(([method, { requestBody }]) => ({
    method: method.toUpperCase(),
    path: `/_understudy${template.replace('{vendor}', 'tavio').replace(/\{\w+\}/g, 'x')}`,
    bodyType: Object.keys(requestBody?.content ?? {})[0],
  })),
)
const writes = routes.filter(({ method }) => method !== 'GET')

t.test('every operation is protected, whatever it does', async (t) => {
  const { ask, get } = await emulate(t, { controlToken: 'a-secret' })
  const token = { authorization: 'Bearer a-secret' }
  const nouns = ['clock', 'settings/tavio', 'accounts', 'tokens', 'keys', 'faults', 'requests', 'snapshots', 'worlds']
  const state = () =>
    Promise.all(
      nouns.map(async (noun) =>
        (await get(`/_understudy/${noun}`, { headers: token })).text.replace(/"offsetMs":-?\d+/, ''),
      ),
    )
  const before = await state()
  t.ok(routes.length > 40)
  for (const { method, path, bodyType } of routes) {
    const body = { ...(bodyType && { body: '{}' }) }
    const type = bodyType && { 'content-type': bodyType }
    const what = `${method} ${path}`
    t.match(
      await ask(method, path, { headers: { ...token, ...type, host: 'evil.example' }, ...body }),
      { status: 403, json: { error: { code: 'foreign-host' } } },
      `${what} under a name that somebody else points here`,
    )
    if (path.endsWith('/health')) continue
    for (const wrong of [{}, { authorization: 'Bearer another' }]) {
      t.match(
        await ask(method, path, { headers: { ...wrong, ...type }, ...body }),
        { status: 401, json: { error: { code: 'control-token' } } },
        `${what} with ${JSON.stringify(wrong)}`,
      )
    }
  }
  for (const { method, path, bodyType } of writes) {
    const what = `${method} ${path}`
    for (const page of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const headers = { ...token, ...page, ...(bodyType && { 'content-type': bodyType }) }
      t.match(
        await ask(method, path, { headers, ...(bodyType && { body: '{}' }) }),
        { status: 403, json: { error: { code: 'foreign-origin' } } },
        `${what} from a page with ${JSON.stringify(page)}`,
      )
    }
    // What a form of any page can send without asking first.
    for (const form of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const { status } = await ask(method, path, { headers: { ...token, 'content-type': form }, body: '{"a":"=b"}' })
      t.equal(status, 415, `${what} as ${form}`)
    }
  }
  t.strictSame(await state(), before, 'nothing was written')
})
