import t from 'tap'
import { Throttle } from '../../src/core/throttle.js'
import { bench, refusalOf, start, storeOf } from '../support/realm.js'

const policy = { limit: 3, windowSeconds: 60 }

t.test('each request leaves one less, and the one after the last is refused', async (t) => {
  const { throttle } = bench(t).realm
  t.strictSame(
    [1, 2, 3].map(() => throttle.count('a', policy)),
    [2, 1, 0],
  )
  t.strictSame(
    refusalOf(() => throttle.count('a', policy)),
    { code: 'throttled', facts: { limit: 3, retryAfterSeconds: 60, resetAt: start + 60_000 } },
  )
})

t.test('a window begins with its first request, and neither later nor refused ones move its end', async (t) => {
  const { realm, machine } = bench(t)
  const { throttle } = realm
  machine.ms = start + 10_000
  throttle.count('a', policy)
  machine.ms = start + 69_998
  throttle.count('a', policy)
  throttle.count('a', policy)
  const refused = { code: 'throttled', facts: { limit: 3, retryAfterSeconds: 1, resetAt: start + 70_000 } }
  t.strictSame(
    refusalOf(() => throttle.count('a', policy)),
    refused,
  )
  machine.ms = start + 69_999
  t.strictSame(
    refusalOf(() => throttle.count('a', policy)),
    refused,
    'in the last millisecond of the window',
  )
  machine.ms = start + 70_000
  t.equal(throttle.count('a', policy), 2, 'at its end the next window begins')
  machine.ms = start + 129_999
  t.equal(throttle.count('a', policy), 1)
  machine.ms = start + 130_000
  t.equal(throttle.count('a', policy), 2)
})

t.test('the seconds to wait are rounded up', async (t) => {
  const { realm, machine } = bench(t)
  const rows = [
    [0, 60],
    [1, 60],
    [1000, 59],
    [58_999, 2],
    [59_000, 1],
  ] as const
  realm.throttle.count('a', { ...policy, limit: 1 })
  for (const [after, retryAfterSeconds] of rows) {
    machine.ms = start + after
    t.strictSame(
      refusalOf(() => realm.throttle.count('a', { ...policy, limit: 1 }))?.facts,
      { limit: 1, retryAfterSeconds, resetAt: start + 60_000 },
      `${after} ms`,
    )
  }
})

t.test('a limit of none lets no request through', async (t) => {
  const { throttle } = bench(t).realm
  t.equal(refusalOf(() => throttle.count('a', { ...policy, limit: 0 }))?.code, 'throttled')
})

t.test('addresses and vendors are counted apart, and a snapshot remembers the count', async (t) => {
  const { store, realm } = bench(t)
  realm.throttle.count('a', policy)
  t.equal(realm.throttle.count('b', policy), 2)
  t.equal(bench(t, { store, vendor: 'other' }).realm.throttle.count('a', policy), 2)
  t.equal(bench(t, { store: storeOf(t, store.serialize()) }).realm.throttle.count('a', policy), 1)
})

t.test('throttles with different purposes count apart', async (t) => {
  const { store, clock, realm } = bench(t)
  realm.throttle.count('a', policy)
  t.equal(new Throttle(store.windows, 'acme', clock, 'other').count('a', policy), 2)
})

t.test('requests and failed logins of an address are counted apart', async (t) => {
  const { realm } = bench(t)
  realm.lockout.failed('a', { failures: 1, blockSeconds: 60 })
  t.equal(realm.throttle.count('a', policy), 2)
})

t.test('what was counted last can be taken back, of the same address and purpose only', async (t) => {
  const { store, realm } = bench(t)
  realm.throttle.giveBack('a')
  realm.throttle.count('a', policy)
  realm.throttle.giveBack('a')
  t.equal(store.windows.get('acme', 'throttle', 'a'), undefined, 'nothing is left of the only one')
  realm.throttle.count('b', policy)
  realm.throttle.count('a', policy)
  realm.throttle.count('a', policy)
  realm.throttle.giveBack('a')
  t.strictSame([realm.throttle.count('a', policy), realm.throttle.count('b', policy)], [1, 1])
})
