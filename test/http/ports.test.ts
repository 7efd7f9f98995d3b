import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createUnderstudy, type Options, type Understudy } from '../../src/index.js'
import { checkOptions } from '../../src/options.js'
import { startServer } from '../../src/start-server.js'
import { cheapFixtures } from '../support/emulate.js'
import { Client, last, login } from '../support/wire.js'

const fixtures = cheapFixtures()
const json = { 'content-type': 'application/json' }

/** A server with ports of some vendors' own, and the base URL of each. */
async function serve(t: Test, listen: Record<string, number>, options: Partial<Options> = {}) {
  const understudy = await createUnderstudy({ fixtures, seed: 1, listen, ...options })
  t.teardown(() => understudy.close())
  const { ports } = await understudy.health()
  const at = (vendor: string) =>
    `http://127.0.0.1:${ports.find((port) => 'vendor' in port && port.vendor === vendor)?.port ?? 0}`
  return { understudy, ports, at }
}

const portOf = (url: string): number => Number(new URL(url).port)
const isHealthy = async (url: string) => (await fetch(`${url}/_understudy/health`)).status === 200
const read = async (answer: Response | Promise<Response>) => JSON.parse(await (await answer).text())
const lastAsked = async ({ url }: Understudy, world = 'default') =>
  (await read(fetch(`${url}/@${world}/_understudy/requests`))).items.at(-1)

t.test('a vendor has its own paths at the root of its own port', async (t) => {
  const { understudy, ports, at } = await serve(t, { tavio: 0, thiio: 0 })
  t.strictSame(
    ports.map(({ protocol, vendor }) => [protocol, vendor]),
    [
      ['http', undefined],
      ['http', 'tavio'],
      ['http', 'thiio'],
    ],
  )
  t.equal(new Set(ports.map(({ port }) => port)).size, 3)
  const body = JSON.stringify({ username: 'john.doe', password: 'john.doe.password' })
  const answer = await fetch(`${at('tavio')}/v1/acme/auth/login`, { method: 'POST', headers: json, body })
  t.equal(answer.status, 200)
  t.match(await lastAsked(understudy), { vendor: 'tavio', operation: 'login', path: '/v1/acme/auth/login' })
  const stranger = await fetch(`${at('thiio')}/v1/acme/auth/login`, { method: 'POST', headers: json, body })
  t.equal(stranger.status, 404)
  t.match(await lastAsked(understudy), { vendor: 'thiio', operation: null })
})

t.test('its own port names the vendor, whatever path and Host say', async (t) => {
  const { understudy, at } = await serve(t, { tavio: 0 })
  for (const [path, host] of [
    ['/thiio/api/login', '127.0.0.1'],
    ['/api/login', 'my-domain.thiio.io'],
    ['/api/login', 'thiio.localhost'],
    ['/tavio/v1/acme/me', '127.0.0.1'],
  ] as const) {
    const bytes = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
    t.match(await new Client(t, portOf(at('tavio'))).write(bytes).answers(), [{ status: 404 }], path)
    t.match(await lastAsked(understudy), { vendor: 'tavio', refusal: { code: 'unknown-route' } }, path)
  }
})

t.test('worlds and the control plane are to be had there as elsewhere', async (t) => {
  const { understudy, at } = await serve(t, { tavio: 0, portsip: 0 })
  await fetch(`${at('tavio')}/@w7/v1/acme/me`)
  t.match(await lastAsked(understudy, 'w7'), { vendor: 'tavio', operation: 'me' })
  await fetch(`${at('tavio')}/v1/acme/me`, { headers: { 'x-understudy-world': 'w8' } })
  t.match(await lastAsked(understudy, 'w8'), { vendor: 'tavio', operation: 'me' })
  t.ok(await isHealthy(at('tavio')))
  for (const [base, path] of [
    ['', '/'],
    ['/@w7', '/@w7'],
  ]) {
    const body = JSON.stringify({ username: 'admin', password: 'admin' })
    const answer = await fetch(`${at('portsip')}${base}/api/login`, { method: 'POST', headers: json, body })
    t.match(answer.headers.get('set-cookie'), `; Path=${path};`)
  }
})

t.test('whoever asks at a vendor’s own port is told where all vendors are', async (t) => {
  const { understudy, at } = await serve(t, { tavio: 0 })
  for (const [asked, world] of [
    [understudy.url, ''],
    [at('tavio'), ''],
    [at('tavio'), '/@w7'],
  ]) {
    const { vendors } = await read(fetch(`${asked}${world}/_understudy/vendors`))
    for (const { name, baseUrl, ownUrl } of vendors) {
      t.equal(baseUrl, `${understudy.url}${world}/${name}`)
      t.equal(ownUrl, name === 'tavio' ? at('tavio') + world : undefined)
    }
  }
  const made = await fetch(`${at('tavio')}/_understudy/worlds`, {
    method: 'POST',
    headers: json,
    body: '{"name":"w9"}',
  })
  t.equal((await read(made)).baseUrls.tavio, `${understudy.url}/@w9/tavio`)
})

t.test('further ports are as strict and as patient as the first one', async (t) => {
  const { at } = await serve(t, { tavio: 0 })
  const client = () => new Client(t, portOf(at('tavio')))
  const own = login().replace('/tavio', '')
  const rows: [string, string, number[]][] = [
    ['garbage', 'garbage\r\n\r\n', [400]],
    ['a tunnel', 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n', [400]],
    ['too long a header', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, [431]],
    ['what was asked before', `${own}garbage\r\n\r\n`, [200, 400]],
    ['an unknown expectation', own.replace('\r\n', '\r\nExpect: foo\r\n') + last, [200, 200]],
    ['no Host', 'GET /v1/acme/me HTTP/1.0\r\n\r\n', [401]],
  ]
  for (const [what, bytes, statuses] of rows) {
    const answers = await client().write(bytes).answers()
    t.strictSame(
      answers.map(({ status }) => status),
      statuses,
      what,
    )
  }
  t.match(await client().write(own).half().answers(), [{ status: 200 }], 'who has said all still gets the answer')
})

t.test('with `localhost` each port is on the addresses that the first one is on', async (t) => {
  const { understudy, ports } = await serve(t, { tavio: 0 }, { host: 'localhost' })
  t.equal(ports.length, 2)
  t.ok(await isHealthy(understudy.url))
  t.ok(await isHealthy(`http://localhost:${ports[1]?.port}`))
})

t.test('a port that cannot be had is named with its flag, and nothing listens', async (t) => {
  const { understudy: taken } = await serve(t, {})
  const port = portOf(taken.url)
  const rows: [Partial<Options>, string][] = [
    [{ listen: { tavio: port } }, '--listen tavio=PORT, or --listen tavio=0'],
    [{ tls: port }, '--tls, or --tls 0'],
    [{ port }, '--port, or --port 0'],
  ]
  for (const [options, flags] of rows) {
    const message = `port ${port} of 127.0.0.1 is in use; choose another with ${flags} for a free one`
    await t.rejects(createUnderstudy({ fixtures, ...options }), { message })
  }
  // A free port that the server that gives up has held before.
  const { understudy: probe, ports } = await serve(t, { tavio: 0 })
  await probe.close()
  const [first = 0, second = 0] = ports.map((one) => one.port)
  const options = { port: first, listen: { tavio: second, thiio: port } }
  await t.rejects(createUnderstudy({ fixtures, ...options }), { message: /--listen thiio=0/ })
  for (const one of [first, second]) {
    const socket = connect(one, '127.0.0.1')
    await t.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' })
  }
})

t.test('all ports end with the server: what is under way is answered, the rest is cut off', async (t) => {
  const options = checkOptions({ port: 0, logLevel: 'silent', fixtures, listen: { tavio: 0 } })
  const { app } = await startServer(options)
  const port = app.ports.open[1]?.port ?? 0
  const [idle, asked, silent] = [new Client(t, port), new Client(t, port), new Client(t, port)]
  const me = 'GET /v1/acme/me HTTP/1.1\r\nHost: localhost\r\n\r\n'
  await idle.write(me).until((text) => text.endsWith('}'))
  const control = { headers: { host: 'localhost' } }
  const fault = { times: 1, effect: { kind: 'delay', ms: 600_000 } }
  await app.inject({ method: 'POST', url: '/_understudy/faults', ...control, payload: fault })
  asked.write(me)
  const arrived = async () => (await app.inject({ url: '/_understudy/requests', ...control })).json().items.length === 2
  while (!(await arrived())) await nextTurn()
  const closing = app.close()
  await asked.until((text) => text.endsWith('}'))
  await idle.until(() => false)
  app.ports.cutOff()
  t.match(await asked.answers(), [{ status: 401 }])
  await closing
  await silent.until(() => false)
})
