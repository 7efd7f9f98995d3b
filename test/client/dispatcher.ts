import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { fetch as fetchOfUndici, request } from 'undici'
import { rule, tavio } from '../support/client.js'
import { segments } from '../support/jwt.js'

/** Something that is no vendor, which says what header of ours it was sent. */
async function stranger(t: Test): Promise<string> {
  const server = createServer(({ headers }, response) => response.end(`stranger ${headers['x-understudy-world']}`))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const login = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ username: 'john.doe', password: 'john.doe.password' }),
} as const

const real = 'https://api.integrationmarketplace.io/v1/acme/auth/login'

/** Which world answered, by the id of the request. */
const worldOf = (headers: { get(name: string): string | null }): string =>
  headers.get('x-understudy-request')?.replace(/-\d+$/, '') ?? 'no vendor'

/** Clients that know but the vendor's own host. */
export const dispatcher = [
  rule('a vendor’s own URL reaches the world whose dispatcher carries it, from any fetch', async (t, world) => {
    const dispatcher = await world.dispatcher()
    t.teardown(() => dispatcher.close())
    const answer = await fetch(real, { ...login, dispatcher })
    t.equal(answer.status, 200)
    t.equal(worldOf(answer.headers), world.name)
    t.match(await answer.json(), { token: /\S/, expires_in: 3600 })
    t.equal(worldOf((await fetchOfUndici(real, { ...login, dispatcher })).headers), world.name)
    const [entry] = await world.requests.list()
    const whole = await world.requests.get(entry?.id ?? '')
    t.match(whole, { path: '/v1/acme/auth/login', request: { headers: { host: 'api.integrationmarketplace.io' } } })
  }),

  rule(
    'the hosts are those of the vendors, of their settings, and those under .localhost',
    async (t, world, server) => {
      await world.settings.change('portsip', { hosts: ['pbx.example.com'] })
      const dispatcher = await world.dispatcher()
      t.teardown(() => dispatcher.close())
      const other = await server.world()
      const rows: [string, number][] = [
        ['http://api.integrationmarketplace.io/v1/acme/auth/login', 200],
        ['https://API.integrationmarketplace.io:8443/v1/acme/auth/login', 200],
        ['https://any.thiio.io/api/login', 422],
        ['https://pbx.example.com/api/login', 400],
        ['http://tavio.localhost/v1/acme/auth/login', 200],
        ['http://tavio.localhost:4444/v1/acme/auth/login', 200],
        [`http://tavio.${other.name}.localhost/v1/acme/auth/login`, 200],
      ]
      for (const [url, status] of rows) {
        const answer = await fetch(url, { ...login, dispatcher })
        t.strictSame([answer.status, worldOf(answer.headers)], [status, world.name], url)
      }
    },
  ),

  rule('without a world of its own, the host name chooses the world', async (t, world, server) => {
    const dispatcher = await server.dispatcher()
    t.teardown(() => dispatcher.close())
    const inWorld = await fetch(`http://tavio.${world.name}.localhost/v1/acme/auth/login`, { ...login, dispatcher })
    t.equal(worldOf(inWorld.headers), world.name)
    t.equal(worldOf((await fetch(real, { ...login, dispatcher })).headers), 'default')
  }),

  rule('what is sent to another host goes there, untouched, unless it is to be an error', async (t, world) => {
    const url = await stranger(t)
    const dispatcher = await world.dispatcher()
    t.equal(await (await fetch(url, { dispatcher })).text(), 'stranger undefined')
    const strict = await world.dispatcher({ onUnhandledRequest: 'error' })
    t.teardown(() => Promise.all([dispatcher.close(), strict.close()]))
    for (const elsewhere of [url, 'http://nobody.localhost', 'https://thiio.io', 'http://a.tavio.localhost']) {
      await t.rejects(fetch(elsewhere, { dispatcher: strict }), { cause: { code: 'unhandled-host', status: 0 } })
    }
    t.equal((await fetch(real, { ...login, dispatcher: strict })).status, 200)
    t.equal((await fetch(world.url('tavio'), { dispatcher: strict })).status, 404, 'the server’s own URL')
  }),

  rule('a URL of the server keeps the world that it names', async (t, world, server) => {
    const other = await server.world()
    const dispatcher = await world.dispatcher()
    t.teardown(() => dispatcher.close())
    const answer = await fetch(`${other.url('tavio')}/v1/acme/auth/login`, { ...login, dispatcher })
    t.equal(worldOf(answer.headers), other.name)
  }),

  rule('headers of each form that undici takes are kept', async (t, world) => {
    const dispatcher = await world.dispatcher()
    t.teardown(() => dispatcher.close())
    const { headers } = login
    const forms = [headers, Object.entries(headers).flat(), new Map(Object.entries(headers)), new Headers(headers)]
    const elsewhere = { ...headers, 'X-Understudy-World': 'elsewhere' }
    forms.push(elsewhere, Object.entries(elsewhere).flat())
    for (const form of forms) {
      const { statusCode, body, ...answer } = await request(real, { ...login, headers: form, dispatcher })
      t.equal(statusCode, 200)
      t.match(answer.headers['x-understudy-request'], `${world.name}-`)
      await body.dump()
    }
    const { headers: bare, body } = await request(real, { dispatcher })
    t.match(bare['x-understudy-request'], `${world.name}-`)
    await body.dump()
  }),

  rule('a vendor sees the scheme by which it was asked, as in production', async (t, world, server) => {
    const dispatcher = await world.dispatcher()
    const unbound = await server.dispatcher()
    t.teardown(() => Promise.all([dispatcher.close(), unbound.close()]))
    const token = async (origin: string, by: typeof dispatcher) => {
      const url = `${origin}/api/v1/authenticate`
      const body = JSON.stringify({ username: 'demoadmin', password: 'demopass' })
      return [url, await (await fetch(url, { ...login, body, dispatcher: by })).json()] as const
    }
    for (const scheme of ['http', 'https']) {
      for (const [origin, by] of [
        [`${scheme}://faveo.localhost`, dispatcher],
        [`${scheme}://faveo.${world.name}.localhost:8443`, unbound],
      ] as const) {
        const [url, answer] = await token(origin, by)
        t.equal(segments(Object(answer).token).claims.iss, url)
      }
      const body = JSON.stringify({ username: 'admin', password: 'admin' })
      const { headers } = await fetch(`${scheme}://portsip.localhost/api/login`, { ...login, body, dispatcher })
      t.equal(/; Secure/i.test(headers.get('set-cookie') ?? ''), scheme === 'https', scheme)
    }
  }),

  rule('faults of the connection are met by whoever is carried', async (t, world) => {
    const client = tavio(world.url('tavio'))
    for (const kind of ['reset', 'lose-response'] as const) {
      await world.faults.add({ match: { event: 'login' }, times: 1, effect: { kind } })
      await t.rejects(client.login(), TypeError, kind)
    }
    await world.faults.add({ match: { event: 'login' }, times: 1, effect: { kind: 'truncate', bytes: 20 } })
    await t.rejects(client.login(), { message: 'terminated' }, 'truncate')
    t.equal((await client.login()).status, 200)
  }),
]
