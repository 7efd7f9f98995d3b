import { performance } from 'node:perf_hooks'
import t, { type Test } from 'tap'
import { type Ask, type Emulator, emulate } from '../support/emulate.js'
import { mannWhitney } from '../support/mann-whitney.js'

/*
 * Does the time of a refused login tell whether the user exists? Logins of one known and one unknown user, both with
 * passwords that nobody has, are sent one at a time in a shuffled order, at the cost that the shipped hashes have; then
 * the U test of Mann and Whitney asks whether the two sets of times can be of one distribution.
 *
 * Threshold: 5 standard deviations. Whatever the machine does meanwhile, it does to both kinds alike, for the order is
 * shuffled; so where the two are alike a run exceeds it with a probability of 6e-7 for each vendor (the exact
 * distribution of U has thinner tails than the normal one). Where every login of one kind is slower than every one of the
 * other, 25 of each give 6.1; a shortcut past bcrypt, a second one, or one step of its cost, are of this sort.
 */
const threshold = 5
const each = 25

type Login = (user: 'known' | 'unknown', turn: number) => [path: string, ask: Ask]

const json =
  (path: string, body: (user: boolean, password: string) => object): Login =>
  (user, turn) => [
    path,
    { body: body(user === 'known', `no password ${turn}`), remoteAddress: `10.9.${turn >> 8}.${turn & 255}` },
  ]

const form = { 'content-type': 'application/x-www-form-urlencoded' }

const logins: [string, Login][] = [
  [
    'thiio',
    json('/thiio/api/login', (known, password) => ({
      email: known ? 'admin@thiio.com' : 'nobody@thiio.com',
      password,
    })),
  ],
  [
    'babelfor',
    json('/babelfor/v1/auth/login', (known, password) => ({ username: known ? 'admin' : 'nobod', password })),
  ],
  ['portsip', json('/portsip/api/login', (known, password) => ({ username: known ? 'admin' : 'nobod', password }))],
  [
    'portsip',
    (user, turn) => {
      const fields = {
        grant_type: 'password',
        username: user === 'known' ? 'admin' : 'nobod',
        password: `no password ${turn}`,
        scope: 'all',
        client_id: '9d806019-75b2-4b3d-bb8b-f5a3a412cc0a',
      }
      const body = String(new URLSearchParams(fields))
      return [
        '/portsip/api/login/oauth/token',
        { headers: form, body, remoteAddress: `10.8.${turn >> 8}.${turn & 255}` },
      ]
    },
  ],
  [
    'faveo',
    json('/faveo/api/v1/authenticate', (known, password) => ({
      username: known ? 'demoadmin' : 'demonobod',
      password,
    })),
  ],
  [
    'tavio',
    json('/tavio/v1/acme/auth/login', (known, password) => ({ username: known ? 'john.doe' : 'john.nob', password })),
  ],
]

/** A fixed shuffle: which of the logins are of the known user. */
function order(count: number): boolean[] {
  const kinds = Array.from({ length: 2 * count }, (_, at) => at < count)
  let state = 1
  for (let at = kinds.length - 1; at > 0; at--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (at + 1))
    const [a = false, b = false] = [kinds[at], kinds[other]]
    kinds[at] = b
    kinds[other] = a
  }
  return kinds
}

/** How far the times of known and unknown users lie apart, in standard deviations. */
async function distance({ ask }: Pick<Emulator, 'ask'>, t: Test, login: Login): Promise<number> {
  const times = { known: [] as number[], unknown: [] as number[] }
  const answers = new Set<string>()
  // The first two are not counted: threads start with them.
  for (const [turn, isKnown] of [true, false, ...order(each)].entries()) {
    const user = isKnown ? 'known' : 'unknown'
    const [path, how] = login(user, turn)
    const from = performance.now()
    const { status, text } = await ask('POST', path, how)
    if (turn >= 2) times[user].push(performance.now() - from)
    answers.add(`${status} ${text}`)
  }
  t.equal(answers.size, 1, 'all get the same answer')
  return mannWhitney(times.known, times.unknown)
}

const shippedHashes = { fixtures: 'fixtures' }

for (const [name, login] of logins) {
  const [path] = login('known', 0)
  t.test(`${path}: the time of a refused login does not tell whether the user exists`, async (t) => {
    const emulator = await emulate(t, shippedHashes)
    if (name === 'portsip') await emulator.set('portsip', { lockout: false })
    const found = await distance(emulator, t, login)
    t.ok(Math.abs(found) < threshold, `${found.toFixed(2)} standard deviations`)
  })
}

t.test('a login that knows an unknown user without comparing is found', async (t) => {
  const emulator = await emulate(t, shippedHashes)
  const [, login] = logins.at(-1) ?? []
  if (!login) throw new Error('no login')
  let last = { status: 0, text: '' }
  const shortcut: Emulator['ask'] = async (method, path, how) => {
    const answer = path === login('unknown', 0)[0] && JSON.stringify(how).includes('john.nob') && last.status !== 0
    if (answer) return { ...last, headers: {}, json: null }
    const { status, text, ...rest } = await emulator.ask(method, path, how)
    last = { status, text }
    return { status, text, ...rest }
  }
  t.ok((await distance({ ask: shortcut }, t, login)) > threshold)
})

t.test('the test of Mann and Whitney gives what their tables give', async (t) => {
  // Complete separation of 30 and 30: U = 900, mean 450, deviation sqrt(900 * 61 / 12).
  const low = Array.from({ length: 30 }, (_, at) => at)
  const high = low.map((value) => value + 100)
  t.ok(Math.abs(mannWhitney(high, low) - 450 / Math.sqrt(4575)) < 1e-9)
  t.equal(mannWhitney(high, low), -mannWhitney(low, high))
  t.equal(mannWhitney(low, low), 0)
})
