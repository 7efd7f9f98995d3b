import t from 'tap'
import { storeOf } from '../support/realm.js'

t.test('a count begins at 1 and belongs to a vendor and a purpose', async (t) => {
  const { counters } = storeOf(t)
  t.strictSame(
    [
      counters.next('acme', 'a'),
      counters.next('acme', 'a'),
      counters.next('acme', 'b'),
      counters.next('other', 'a'),
      counters.next('acme', 'a'),
    ],
    [1, 2, 1, 1, 3],
  )
})

t.test('a count goes on in a store opened from the bytes', async (t) => {
  const store = storeOf(t)
  store.counters.next('acme', 'a')
  t.equal(storeOf(t, store.serialize()).counters.next('acme', 'a'), 2)
})

t.test('a window is read as it was written last, and its end may be open', async (t) => {
  const { windows } = storeOf(t)
  for (const row of [
    { count: 1, endsAt: null },
    { count: 2, endsAt: 9_007_199_254_740_991 },
    { count: 3, endsAt: 0 },
  ]) {
    windows.put('acme', 'lockout', 'a', row)
    t.strictSame(windows.get('acme', 'lockout', 'a'), row)
  }
})

t.test('a window belongs to a vendor, a purpose and a key', async (t) => {
  const { windows } = storeOf(t)
  const names: [string, string, string][] = [
    ['acme', 'lockout', 'a'],
    ['acme', 'lockout', 'b'],
    ['acme', 'throttle', 'a'],
    ['other', 'lockout', 'a'],
  ]
  names.forEach((name, count) => {
    windows.put(...name, { count, endsAt: null })
  })
  t.strictSame(
    names.map((name) => windows.get(...name)?.count),
    [0, 1, 2, 3],
  )
  windows.remove('acme', 'lockout', 'a')
  t.strictSame(
    names.map((name) => windows.get(...name)?.count),
    [undefined, 1, 2, 3],
    'and goes alone',
  )
})

t.test('removing a window that is not there changes nothing', async (t) => {
  const store = storeOf(t)
  store.windows.put('acme', 'lockout', 'a', { count: 1, endsAt: null })
  const before = store.serialize()
  store.windows.remove('acme', 'lockout', 'b')
  t.ok(store.serialize().equals(before))
})

t.test('windows that end later are found, of all vendors, the soonest first', async (t) => {
  const { windows } = storeOf(t)
  const rows: [string, string, string, number | null][] = [
    ['acme', 'lockout', 'a', 3000],
    ['other', 'throttle', 'b', 2000],
    ['acme', 'throttle', 'a', 1000],
    ['acme', 'lockout', 'c', null],
  ]
  for (const [vendor, purpose, key, endsAt] of rows) windows.put(vendor, purpose, key, { count: 1, endsAt })
  const second = { vendor: 'other', purpose: 'throttle', key: 'b', endsAt: 2000 }
  const third = { vendor: 'acme', purpose: 'lockout', key: 'a', endsAt: 3000 }
  t.strictSame(windows.ending(1000, 9), [second, third])
  t.strictSame(windows.ending(999, 9).length, 3)
  t.strictSame(windows.ending(1000, 1), [second])
  t.strictSame(windows.ending(3000, 9), [])
})
