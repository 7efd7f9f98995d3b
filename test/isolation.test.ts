import t, { type Test } from 'tap'
import { buildApp } from '../src/app.js'
import { Clock } from '../src/core/clock.js'
import { cheapFixtures, kept, start } from './support/emulate.js'
import { type Memory, traffic } from './support/traffic.js'

const frozen = () => {
  const clock = new Clock()
  clock.freeze(start)
  return clock
}

const server = (t: Test) => buildApp({ seed: 42, fixtures: cheapFixtures(), clock: frozen, ...kept(t) })
type App = Awaited<ReturnType<typeof server>>

/** Fields that say how long something took in real time, or how far this machine's clock is from the world's. */
const real = /"(durationMs|offsetMs)":-?[\d.e-]+/g

/** Everything that a world has answered, and what it holds in the end. */
async function life(app: App, world: string, number: number): Promise<string[]> {
  const seen: string[] = []
  let memory: Memory = {}
  const say = async (method: string, path: string, headers: Record<string, string> = {}, payload?: string) => {
    const answer = await app.inject({
      method: method as 'GET',
      url: `/@${world}${path}`,
      headers,
      ...(payload !== undefined && { payload }),
    })
    // The control plane is not of this world, and its Date header is the machine’s.
    const shown = path.startsWith('/_understudy') ? {} : answer.headers
    seen.push(
      `${method} ${path} ${answer.statusCode} ${JSON.stringify(shown)} ${answer.payload}`.replace(real, '"$1":0'),
    )
    return { text: answer.payload, headers: answer.headers }
  }
  for (const { request, keep } of traffic(number, 30)) {
    const { method, path, headers = {}, body } = request(memory)
    const answer = await say(method, path, { ...headers }, body)
    if (keep && /^[[{]/.test(answer.text || '{'))
      memory = { ...memory, ...keep({ ...answer, text: answer.text || '{}' }) }
  }
  for (const noun of ['accounts', 'tokens', 'faults', 'requests', 'clock', 'clock/timers', 'keys', 'outbox']) {
    await say('GET', `/_understudy/${noun}`)
  }
  return seen
}

// Eight thousand requests, and 64 servers.
t.setTimeout(300_000)

t.test('64 worlds at once: each ends as a world that ran alone', async (t) => {
  const numbers = Array.from({ length: 64 }, (_, number) => number)
  const crowded = await server(t)
  t.teardown(() => crowded.close())
  const together = await Promise.all(numbers.map((number) => life(crowded, `w${number}`, number)))
  for (const number of numbers) {
    const empty = await server(t)
    const alone = await life(empty, `w${number}`, number)
    await empty.close()
    t.strictSame(together[number], alone, `w${number}`)
  }
  const statuses = new Set(together.flat().map((line) => line.split(' ')[2]))
  t.ok(
    ['200', '401', '503'].every((status) => statuses.has(status)),
    [...statuses].join(),
  )
})

t.test('a token of one world is unknown in another, whatever the vendor', async (t) => {
  const app = await server(t)
  t.teardown(() => app.close())
  const minted = async (vendor: string, account: string, more = {}) =>
    (
      await app.inject({ method: 'POST', url: '/@one/_understudy/tokens', payload: { vendor, account, ...more } })
    ).json()
  const rows: [string, object][] = [
    ['/thiio/api/check', (await minted('thiio', 'admin@thiio.com')).present],
    ['/babelfor/v1/auth/user', (await minted('babelfor', 'admin')).present],
    ['/babelfor/v1/auth/user', (await minted('babelfor', 'admin', { kind: 'api-key' })).present],
    ['/portsip/api/user', (await minted('portsip', 'admin')).present],
    ['/portsip/api/user', (await minted('portsip', 'admin', { kind: 'oauth' })).present],
    ['/portsip/api/login', (await minted('portsip', 'admin', { kind: 'session' })).present],
    ['/faveo/api/v1/authenticate/user', (await minted('faveo', 'demoadmin')).present],
    ['/tavio/v1/acme/me', (await minted('tavio', 'john.doe')).present],
  ]
  for (const [path, present] of rows) {
    const ask = async (world: string) =>
      (await app.inject({ method: 'GET', url: `/@${world}${path}`, headers: { ...present } })).statusCode
    t.equal(await ask('one'), 200, path)
    t.equal(await ask('two'), 401, path)
  }
})
