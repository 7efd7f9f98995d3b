import t from 'tap'
import { type Cell, matrixOf } from '../src/control/matrix.js'
import { Clock } from '../src/core/clock.js'
import { vendors } from '../src/vendors/registry.js'
import { profilesOf, type RegisteredOperation, settingsFrom, type Vendor } from '../src/vendors/vendor.js'
import { type Answer, emulate, start } from './support/emulate.js'
import { operationsOf } from './support/operations.js'
import { giving as givenByPortsip } from './support/portsip.js'
import { type People, Trial } from './support/trial.js'

const people: Readonly<Record<string, People>> = {
  thiio: {
    who: { login: 'admin@thiio.com', password: '123456789', tenant: null },
    newcomer: {
      login: 'new@thiio.com',
      password: 'Newc0mer!',
      tenant: null,
      entry: { email: 'new@thiio.com', password: 'Newc0mer!' },
    },
  },
  babelfor: {
    who: { login: 'admin', password: 'admin', tenant: null },
    newcomer: {
      login: 'new',
      password: 'Newc0mer!',
      tenant: null,
      entry: { userName: 'new', password: 'Newc0mer!' },
    },
  },
  portsip: {
    who: { login: 'alice.w', password: 'Passw0rd!', tenant: 'example.com' },
    elsewhere: 'example.org',
    newcomer: {
      login: 'new',
      password: 'Newc0mer!',
      tenant: 'example.com',
      entry: { username: 'new', domain: 'example.com', role: 'StandardUser', password: 'Newc0mer!' },
    },
    move: { domain: 'example.org' },
    giving: givenByPortsip,
    // Its names have no @.
    stranger: 'faveo',
  },
  faveo: {
    who: { login: 'demoadmin', password: 'demopass', tenant: null },
    query: { api_key: 'q3ZbX0uTgR7mYc1LkE9oWd5JpHs2VfAn' },
    newcomer: {
      login: 'new',
      password: 'Newc0mer!',
      tenant: null,
      entry: { user_name: 'new', password: 'Newc0mer!' },
    },
  },
  tavio: {
    who: { login: 'john.doe@example.com', password: 'john.doe.password', tenant: 'acme', environment: 'acme-prod' },
    elsewhere: 'globex',
    newcomer: {
      login: 'new@example.com',
      password: 'Newc0mer!',
      tenant: 'acme',
      environment: 'acme-prod',
      entry: {
        username: 'new',
        email: 'new@example.com',
        memberships: [{ orgDomain: 'acme', roles: [], environments: ['acme-prod'] }],
        password: 'Newc0mer!',
      },
    },
  },
}

/** Headers of the server and of one answer, and none of the refusal. */
const passing = /^(date|connection|content-length|x-understudy-)/

/** The answer as the matrix shows it. */
const seen = ({ status, headers, text }: Answer, refusal: string | null) => ({
  status,
  refusal,
  evidence: headers['x-understudy-evidence'],
  headers: Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !passing.test(name))
      .map(([name, value]) => [name, String(value)]),
  ),
  body: text,
})

/** The cell, with what `who` puts into the path and with the token that was presented. */
function promised(cell: Cell, { who, elsewhere }: People, token: string) {
  const { status, refusal, evidence, headers, body } = cell
  const tenant = cell.credential === 'login' && cell.case === 'other-tenant' ? elsewhere : who.tenant
  const shown = body
    ?.replace('{orgDomain}', String(tenant))
    .replace('{envDomain}', String(who.environment))
    .replace('{token}', token)
  return { status, refusal, evidence, headers, body: shown }
}

/** What a case that cannot be is held against. */
const impossible: Partial<Record<Cell['case'], (vendor: Vendor, cell: Cell) => boolean>> = {
  'other-tenant': ({ name }) => people[name]?.elsewhere === undefined,
  'wrong-kind': ({ tokens }, { credential }) => credential !== 'login' && tokens.kinds.length === 1,
  'account-disabled': ({ states }) => Object.keys(states).every((state) => state === 'active'),
}

/** Somebody of another vendor, the next one if no other is named. */
function strangerTo(vendor: Vendor) {
  const { stranger } = peopleOf(vendor)
  const named = vendors.find(({ name }) => name === stranger)
  return peopleOf(named ?? vendors[(vendors.indexOf(vendor) + 1) % vendors.length]).who
}

function peopleOf(vendor: Vendor | undefined): People {
  const known = people[vendor?.name ?? '']
  if (!known) throw new Error(`nobody of ${vendor?.name} is known here`)
  return known
}

/** Settings that change outcomes, with the profile under which they do. */
const variants: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  babelfor: [{ failureStatus: 401, statelessLogout: true, indent: true, ignoreDefaultValues: true }],
  portsip: [{ profile: '22.2', lockout: false }],
  faveo: [
    { errorKey: 'Error', legacyExpiredBody: true, apiKeyMandatory: true },
    { apiEnabled: false, apiKeyMandatory: true },
  ],
  thiio: [{ badCredentials: 422, requireIntegration: true }],
}

const profileOf = ({ profile }: Readonly<Record<string, unknown>>) => (profile === undefined ? {} : { profile })

const profiles = vendors.flatMap((vendor) => {
  const named = profilesOf(vendor)
  const plain = named.length === 0 ? [{}] : named.map((profile) => ({ profile }))
  const others = (variants[vendor.name] ?? []).map((given) => ({ vendor, given, apartFrom: profileOf(given) }))
  return [...plain.map((given) => ({ vendor, given, apartFrom: null })), ...others]
})

/** Of each world its own, so that one can be ahead of the others. */
function frozen(): Clock {
  const clock = new Clock()
  clock.freeze(start)
  return clock
}

// Thousands of requests.
t.setTimeout(600_000)

for (const { vendor, given, apartFrom } of profiles) {
  const name = [vendor.name, ...Object.entries(given).map((pair) => pair.join(' '))].join(', ')
  t.test(`${name}: every wrong credential at every operation is answered as the matrix promises`, async (t) => {
    const operations = await operationsOf(vendor)
    const settings = settingsFrom(vendor, given)
    const before = apartFrom ? matrixOf(vendor, operations, settingsFrom(vendor, apartFrom)) : []
    const known = new Set(before.map((cell) => JSON.stringify(cell)))
    const cells = matrixOf(vendor, operations, settings).filter((cell) => !known.has(JSON.stringify(cell)))
    t.ok(cells.length > 0 || before.length === 0, 'these settings make a difference')
    const emulator = await emulate(t, { clock: frozen })
    // The documents show the defaults: answers in other forms are not held against them.
    if (apartFrom) await emulator.set(vendor.name, given)
    const whole = peopleOf(vendor)
    let number = 0
    for (const cell of cells) {
      const what = `${cell.operation} (${cell.credential}): ${cell.case}`
      if (cell.outcome === 'inapplicable') {
        t.ok(impossible[cell.case]?.(vendor, cell), `${what} cannot be`)
        continue
      }
      const operation = operations.find(({ id }) => id === cell.operation)
      if (!operation) throw new Error(`there is no operation ${cell.operation}`)
      const trial = new Trial(emulator, `c${++number}`, vendor, operations, whole, strangerTo(vendor))
      await trial.control('PATCH', `/settings/${vendor.name}`, { passwordCost: 4, ...given })
      const answer = await trial.perform(operation, cell.credential, cell.case)
      const refusal = await trial.refusal()
      await trial.end()
      if (cell.outcome === 'accepted')
        t.strictSame([answer.status, refusal], [cell.status, null], `${what}: ${answer.text}`)
      else t.strictSame(seen(answer, refusal), promised(cell, whole, trial.token), what)
    }
  })

  t.test(`${name}: the matrix has every operation, and each credential that it takes`, async (t) => {
    const operations = await operationsOf(vendor)
    const settings = settingsFrom(vendor, given)
    const treatments = vendor.matrix(settings)
    const isThere = ({ profiles }: RegisteredOperation) => !profiles || profiles.includes(String(settings.profile))
    const ids = new Set(operations.filter(isThere).map(({ id }) => id))
    const treated = new Set(treatments.flatMap((treatment) => treatment.operations))
    t.strictSame([...treated].sort(), [...ids].sort())
    const pairs = treatments.flatMap(({ credential, operations }) => operations.map((id) => `${id} ${credential}`))
    t.equal(new Set(pairs).size, pairs.length, 'each once')
    for (const { name } of vendor.tokens.kinds) {
      t.ok(
        treatments.some(({ credential }) => credential === name),
        name,
      )
    }
    for (const { id, logIn } of operations.filter(isThere)) {
      if (logIn) t.ok(pairs.includes(`${id} login`), `${id} takes a name and a password`)
    }
  })
}
