import type { Static } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import type { Advice } from '../../src/control/advice.js'
import { type Cell, matrixOf } from '../../src/control/matrix.js'
import { settingsFrom, type Vendor } from '../../src/vendors/vendor.js'
import { type Ask, type Emulator, emulate } from '../support/emulate.js'
import { operationsOf } from '../support/operations.js'
import { frozen, peopleOf, profiles, strangerTo } from '../support/people.js'
import { Trial } from '../support/trial.js'

type Told = Static<typeof Advice>

interface Sent {
  readonly method: string
  readonly url: string
  readonly ask: Ask
}

const password = 'Carr1ed-0ut!'

/** How the last vendor request of a world could have been accepted. */
async function adviceOf({ get }: Emulator, world: string): Promise<readonly Told[]> {
  const headers = { 'x-understudy-world': world }
  const { items } = (await get('/_understudy/requests?limit=10000', { headers })).json
  return (await get(`/_understudy/requests/${items.at(-1).id}`, { headers })).json.why.instead
}

/** Does what is advised, in a copy of the world, with nothing but what the advice says and the request as it was. */
async function carryOut({ ask }: Emulator, vendor: Vendor, world: string, told: Told, sent: Sent) {
  const copy = `${world}-copy`
  const headers = { 'x-understudy-world': copy }
  const control = async (method: string, path: string, body?: unknown) => {
    const answer = await ask(method, path, { headers, ...(body ? { body: Object(body) } : {}) })
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.text}`)
    return answer
  }
  const made = await ask('POST', '/_understudy/worlds', { body: { name: copy, from: { world } } })
  if (made.status !== 201) throw new Error(made.text)
  try {
    let token = ''
    for (const { method, path, body } of told.first) {
      const answer = await control(method, path.replace(`/@${world}/`, '/'), body)
      if (path.endsWith('/_understudy/tokens')) token = answer.json.token
    }
    if (told.account !== undefined)
      await control('PATCH', `/_understudy/accounts/${vendor.name}/${encodeURIComponent(told.account)}`, { password })
    const filled: typeof told.request = JSON.parse(
      JSON.stringify(told.request ?? {})
        .replaceAll('<token>', token)
        .replaceAll('<password>', password),
    )
    const { method = sent.method, path, headers: own = sent.ask.headers, body = sent.ask.body ?? null } = filled ?? {}
    const { query } = sent.ask
    return await ask(method, path === undefined ? sent.url : `/${vendor.name}${path}`, {
      headers: { ...own, ...headers },
      ...(body !== null && { body }),
      ...(path === undefined && query && { query }),
    })
  } finally {
    await ask('DELETE', `/_understudy/worlds/${copy}`)
  }
}

async function holds(t: Test, emulator: Emulator, vendor: Vendor, world: string, sent: Sent, what: string) {
  const all = await adviceOf(emulator, world)
  const executable = all.filter((told) => told.do !== 'mend')
  for (const told of executable) {
    const { status, text } = await carryOut(emulator, vendor, world, told, sent)
    t.ok(status < 400 && !text.includes('"success":false'), `${what}: ${told.text}\n${status} ${text}`)
  }
  return executable.length
}

/** One cell for each refusal at each operation and credential. */
const one = (cells: readonly Cell[]): Cell[] => [
  ...new Map(
    cells
      .filter(({ outcome }) => outcome === 'refused')
      // Of several the first: later ones leave nobody who could be advised.
      .reverse()
      .map((cell) => [[cell.operation, cell.credential, cell.refusal].join(' '), cell]),
  ).values(),
]

/** Why nothing can be tried there, if so. */
function excuse({ credential, refusal }: Cell, given: object): string | undefined {
  if (refusal === 'client-key-wrong' || refusal === 'client-access-disabled') return 'it is for the operator to allow'
  if (refusal === 'throttled') return 'a body that nobody has read cannot be sent again'
  if ('apiKeyMandatory' in given) return 'the key of the installation is a secret'
  return ['two-factor', 'password-reset'].includes(credential) ? 'nobody mints such a token' : undefined
}

t.setTimeout(900_000)

for (const { vendor, given } of profiles) {
  const name = [vendor.name, ...Object.entries(given).map((pair) => pair.join(' '))].join(', ')
  t.test(`${name}: whatever is refused, what is advised is accepted`, async (t) => {
    const operations = await operationsOf(vendor)
    const emulator = await emulate(t, { clock: frozen })
    await emulator.set(vendor.name, given)
    let number = 0
    for (const cell of one(matrixOf(vendor, operations, settingsFrom(vendor, given)))) {
      const world = `c${++number}`
      const trial = new Trial(emulator, world, vendor, operations, peopleOf(vendor), strangerTo(vendor))
      await trial.control('PATCH', `/settings/${vendor.name}`, { passwordCost: 4, ...given })
      const operation = operations.find(({ id }) => id === cell.operation)
      if (!operation) throw new Error(`there is no operation ${cell.operation}`)
      await trial.perform(operation, cell.credential, cell.case)
      const what = `${cell.operation} (${cell.credential}) ${cell.case}, ${cell.refusal}`
      const count = await holds(t, emulator, vendor, world, trial.last, what)
      if (excuse(cell, given) === undefined) t.ok(count > 0, `${what}: there is something that can be done`)
      await trial.end()
    }
  })
}

const cases: readonly { what: string; sent: Sent; twice?: number }[] = [
  {
    what: 'a wrong password at a tenant to which the account does not belong',
    sent: {
      method: 'POST',
      url: '/tavio/v1/globex/auth/login',
      ask: { body: { username: 'john.doe', password: 'x' } },
    },
  },
  {
    what: 'a wrong password of an account that is not active',
    sent: {
      method: 'POST',
      url: '/tavio/v1/acme/auth/login',
      ask: { body: { username: 'invited@example.com', password: 'x' } },
    },
  },
  {
    what: 'the wrong password before the last attempt, and the one after it',
    sent: { method: 'POST', url: '/portsip/api/login', ask: { body: { username: 'admin', password: 'x' } } },
    twice: 6,
  },
  {
    what: 'a block that outlasts a wrong password',
    sent: { method: 'POST', url: '/portsip/api/login', ask: { body: { username: 'admin', password: 'x' } } },
    twice: 8,
  },
  {
    what: 'a route that has another name',
    sent: { method: 'GET', url: '/thiio/api/chek', ask: {} },
  },
  { what: 'a wrong method', sent: { method: 'GET', url: '/tavio/v1/acme/auth/token/renew', ask: {} } },
]

for (const { what, sent, twice = 1 } of cases) {
  t.test(`what is advised against ${what} is accepted`, async (t) => {
    const emulator = await emulate(t, { clock: frozen })
    const [, name] = sent.url.split('/')
    const { vendor } = profiles.find((one) => one.vendor.name === name) ?? {}
    if (!vendor) throw new Error(`no vendor ${name}`)
    for (let turn = 0; turn < twice; turn++) {
      const { status } = await emulator.ask(sent.method, sent.url, sent.ask)
      t.ok(status >= 400)
    }
    t.ok((await holds(t, emulator, vendor, 'default', sent, what)) > 0)
  })
}
