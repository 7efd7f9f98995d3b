import t, { type Test } from 'tap'
import { Clock } from '../../src/core/clock.js'
import { type Asked, Faults, type Match, type NewFault } from '../../src/core/faults.js'
import type { Store } from '../../src/core/ports.js'
import { Refusal } from '../../src/core/refusal.js'
import { openStore } from '../../src/store/database.js'
import { start, storeOf } from '../support/realm.js'

const reset = { kind: 'reset' } as const
const lose = { kind: 'lose-response' } as const

const faultsOf = (t: Test, { seed = 1, name = 'default', store = storeOf(t) } = {}) => new Faults({ seed, name }, store)

/** A login of account 7 at acme from 127.0.0.1, but for what is changed. */
const asked = (changed: Partial<Asked> = {}): Asked => ({
  vendor: 'acme',
  operation: 'login',
  event: 'login',
  address: '127.0.0.1',
  clock: new Clock(() => start),
  account: () => '7',
  inBody: [],
  bodyRead: false,
  ...changed,
})

/** At which of `count` requests the oldest fault fires, counted from 1. */
const firings = (faults: Faults, count: number): number[] =>
  Array.from({ length: count }, (_, index) => (faults.decide(asked()) ? index + 1 : 0)).filter((at) => at > 0)

t.test('a fault happens to the requests that have all that its match names, and to no other', async (t) => {
  const rows: [Match | undefined, Partial<Asked>, boolean][] = [
    [undefined, {}, true],
    [undefined, { operation: null, event: undefined, account: () => undefined }, true],
    [{}, {}, true],
    [{ vendor: 'acme' }, {}, true],
    [{ vendor: 'acme' }, { operation: null, event: undefined }, true],
    [{ vendor: 'other' }, {}, false],
    [{ operation: 'login' }, {}, true],
    [{ operation: 'logout' }, {}, false],
    [{ operation: 'login' }, { operation: null }, false],
    [{ event: 'login' }, {}, true],
    [{ event: 'renew' }, {}, false],
    [{ event: 'login' }, { event: undefined }, false],
    [{ account: '7' }, {}, true],
    [{ account: '8' }, {}, false],
    [{ account: '7' }, { account: () => undefined }, false],
    [{ vendor: 'acme', operation: 'login', event: 'login', account: '7' }, {}, true],
    [{ vendor: 'acme', operation: 'login', event: 'login', account: '8' }, {}, false],
  ]
  for (const [match, changed, hit] of rows) {
    const faults = faultsOf(t)
    faults.add({ ...(match && { match }), effect: reset })
    const what = `${JSON.stringify(match)} ${JSON.stringify(changed)}`
    t.strictSame(
      faults.decide(asked(changed)),
      hit ? { id: 'fault-1', account: match?.account, action: reset } : undefined,
      what,
    )
    t.match(faults.dump(), [{ matched: hit ? 1 : 0, fired: hit ? 1 : 0 }], what)
  }
})

t.test('who is asking is found out only for a match that wants to know', async (t) => {
  const faults = faultsOf(t)
  faults.add({ match: { vendor: 'other', account: '7' }, effect: reset })
  faults.add({ match: { vendor: 'acme' }, effect: lose })
  const account = () => t.fail('it was asked')
  t.match(faults.decide(asked({ account: () => String(account()) })), { id: 'fault-2' })
})

t.test('what only the body tells is decided when it has been read, and all else before', async (t) => {
  const rows: [Match, Asked['inBody'], boolean][] = [
    [{ account: '7' }, ['account'], true],
    [{ account: '7' }, [], false],
    [{ event: 'login' }, ['account', 'event'], true],
    [{ event: 'login' }, ['account'], false],
    [{ operation: 'login' }, ['account', 'event'], false],
    [{}, ['account', 'event'], false],
  ]
  for (const [match, inBody, afterwards] of rows) {
    const faults = faultsOf(t)
    faults.add({ match, effect: reset })
    const what = `${JSON.stringify(match)} ${inBody}`
    t.equal(faults.decide(asked({ inBody, bodyRead: !afterwards })), undefined, what)
    t.match(faults.dump(), [{ matched: 0 }], `${what}: not even counted`)
    t.match(faults.decide(asked({ inBody, bodyRead: afterwards })), { id: 'fault-1' }, what)
  }
})

t.test('the oldest fault that fires wins; the younger ones do not even match', async (t) => {
  const faults = faultsOf(t)
  faults.add({ effect: reset, times: 1 })
  faults.add({ effect: lose })
  t.match(faults.decide(asked()), { id: 'fault-1', action: reset })
  t.match(faults.dump(), [{ matched: 1, fired: 1 }, { matched: 0 }])
  t.match(faults.decide(asked()), { id: 'fault-2', action: lose })
  t.match(faults.dump(), [
    { matched: 2, fired: 1 },
    { matched: 1, fired: 1 },
  ])
})

t.test('nth is one match and times is a number of firings', async (t) => {
  const rows: [Omit<NewFault, 'effect'>, number[]][] = [
    [{}, [1, 2, 3, 4, 5]],
    [{ match: { nth: 1 } }, [1]],
    [{ match: { nth: 3 } }, [3]],
    [{ match: { nth: 6 } }, []],
    [{ times: 1 }, [1]],
    [{ times: 3 }, [1, 2, 3]],
    [{ match: { nth: 3 }, times: 2 }, [3]],
  ]
  for (const [fault, hit] of rows) {
    const faults = faultsOf(t)
    faults.add({ ...fault, effect: reset })
    t.strictSame(firings(faults, 5), hit, JSON.stringify(fault))
    t.match(faults.dump(), [{ matched: 5, fired: hit.length }], JSON.stringify(fault))
  }
})

t.test('a probability is met by seed and world, about as often as it says', async (t) => {
  const draw = (options: { seed?: number; name?: string }, probability: number): number[] => {
    const faults = faultsOf(t, options)
    faults.add({ probability, effect: reset })
    return firings(faults, 1000)
  }
  const hit = draw({}, 0.3)
  t.strictSame(draw({}, 0.3), hit)
  t.ok(hit.length > 240 && hit.length < 360, String(hit.length))
  t.notSame(draw({ seed: 2 }, 0.3), hit)
  t.notSame(draw({ name: 'other' }, 0.3), hit)
  t.equal(draw({}, 1).length, 1000)
})

t.test('a delay between two bounds is drawn, and reaches both', async (t) => {
  const faults = faultsOf(t)
  faults.add({ effect: { kind: 'delay', minMs: 5, maxMs: 7 } })
  const drawn = Array.from({ length: 60 }, () => faults.decide(asked())?.action)
  const again = faultsOf(t)
  again.load(faults.dump())
  t.strictSame(
    Array.from({ length: 60 }, () => again.decide(asked())?.action),
    drawn,
    'the same in every world of that seed and name',
  )
  const ms = new Set(drawn.map((action) => (action?.kind === 'delay' ? action.ms : action?.kind)))
  t.strictSame([...ms].sort(), [5, 6, 7])
})

t.test('a fixed delay is what it says', async (t) => {
  const faults = faultsOf(t)
  faults.add({ effect: { kind: 'delay', ms: 5 } })
  t.strictSame(faults.decide(asked())?.action, { kind: 'delay', ms: 5 })
})

t.test('a throttle counts by address in the time of the world, and fires when it refuses', async (t) => {
  const machine = { ms: start }
  const clock = new Clock(() => machine.ms)
  const faults = faultsOf(t)
  faults.add({ effect: { kind: 'throttle', limit: 2, windowSeconds: 60 } })
  faults.add({ match: { vendor: 'other' }, effect: { kind: 'throttle', limit: 1, windowSeconds: 60 } })
  t.strictSame(firings(faults, 3), [3])
  t.equal(faults.decide(asked({ address: '10.0.0.1' })), undefined, 'another address')
  t.equal(faults.decide(asked({ vendor: 'other', address: '10.0.0.2' })), undefined, 'each fault counts for itself')
  t.match(faults.dump(), [
    { matched: 5, fired: 1 },
    { matched: 1, fired: 0 },
  ])
  machine.ms = start + 59_999
  const action = faults.decide(asked({ clock }))?.action
  const facts = { limit: 2, retryAfterSeconds: 1, resetAt: start + 60_000 }
  t.match(action, { kind: 'throttle', refusal: { code: 'throttled', facts } })
  t.ok(action?.kind === 'throttle' && action.refusal instanceof Refusal)
  machine.ms = start + 60_000
  t.equal(faults.decide(asked({ clock })), undefined, 'the next window')
})

t.test('a throttle that cannot count says why', async (t) => {
  const store = openStore()
  const faults = faultsOf(t, { store })
  faults.add({ effect: { kind: 'throttle', limit: 2, windowSeconds: 60 } })
  store.close()
  t.throws(() => faults.decide(asked()), { message: 'The database connection is not open' })
})

t.test('ids are never used twice in a world, and count on in its snapshot', async (t) => {
  const store: Store = storeOf(t)
  const faults = faultsOf(t, { store })
  t.equal(faults.size, 0)
  t.strictSame(faults.add({ match: { vendor: 'acme' }, times: 2, effect: reset }), {
    id: 'fault-1',
    match: { vendor: 'acme' },
    times: 2,
    effect: reset,
    matched: 0,
    fired: 0,
  })
  faults.add({ effect: lose })
  faults.remove('fault-1')
  t.strictSame(
    faults.dump().map(({ id }) => id),
    ['fault-2'],
  )
  faults.clear()
  t.equal(faults.size, 0)
  t.equal(faults.decide(asked()), undefined)
  t.equal(faultsOf(t, { store: storeOf(t, store.serialize()) }).add({ effect: reset }).id, 'fault-3')
})

t.test('a dump is plain JSON, goes on where it stood, and does not move with what it was taken of', async (t) => {
  const faults = faultsOf(t)
  faults.add({ match: { nth: 3 }, effect: reset })
  faults.decide(asked())
  const dump = JSON.parse(JSON.stringify(faults.dump()))
  t.strictSame(dump, [{ id: 'fault-1', match: { nth: 3 }, effect: { kind: 'reset' }, matched: 1, fired: 0 }])
  const taken = faults.dump()
  faults.decide(asked())
  t.strictSame(taken, dump)
  const other = faultsOf(t)
  other.load(dump)
  t.strictSame(firings(other, 3), [2])
})
