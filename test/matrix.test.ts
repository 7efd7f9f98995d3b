import t from 'tap'
import { type Cell, matrixOf } from '../src/control/matrix.js'
import { type RegisteredOperation, settingsFrom, type Vendor } from '../src/vendors/vendor.js'
import { type Answer, emulate } from './support/emulate.js'
import { operationsOf } from './support/operations.js'
import { frozen, peopleOf, profiles, strangerTo } from './support/people.js'
import { type People, Trial } from './support/trial.js'

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
  'other-tenant': ({ name }) => peopleOf({ name }).elsewhere === undefined,
  'wrong-kind': ({ tokens }, { credential }) => credential !== 'login' && tokens.kinds.length === 1,
  'account-disabled': ({ states }) => Object.keys(states).every((state) => state === 'active'),
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
