import t from 'tap'
import { storeOf } from '../support/realm.js'

t.test('the keys of a vendor are read by purpose, newest first, and by number', async (t) => {
  const { keys } = storeOf(t)
  t.strictSame(keys.all('acme', 'signing'), [])
  keys.insert('acme', { purpose: 'signing', material: 'first', published: true })
  keys.insert('acme', { purpose: 'next', material: 'second', published: true })
  keys.insert('acme', { purpose: 'signing', material: 'third', published: false })
  t.strictSame(keys.all('acme', 'signing'), [
    { number: 3, purpose: 'signing', material: 'third', published: false, retiresAt: null },
    { number: 1, purpose: 'signing', material: 'first', published: true, retiresAt: null },
  ])
  t.equal(keys.numbered('acme', 2)?.material, 'second')
  t.equal(keys.numbered('acme', 4), undefined)
  t.equal(keys.numbered('other', 2), undefined)
  t.strictSame(keys.all('other', 'signing'), [])
})

t.test('a key retires once, and a purpose is cleared for one vendor alone', async (t) => {
  const { keys } = storeOf(t)
  const ends = () => keys.all('acme', 'signing').map(({ retiresAt }) => retiresAt)
  keys.insert('acme', { purpose: 'signing', material: 'first', published: true })
  keys.insert('acme', { purpose: 'next', material: 'next', published: true })
  keys.insert('other', { purpose: 'signing', material: 'first', published: true })
  keys.retire('acme', 1000)
  keys.insert('acme', { purpose: 'signing', material: 'second', published: true })
  keys.retire('acme', 2000)
  t.strictSame(ends(), [2000, 1000])
  t.equal(keys.all('other', 'signing')[0]?.retiresAt, null)
  t.equal(keys.all('acme', 'next')[0]?.retiresAt, null)
  keys.remove('acme', 'next')
  keys.remove('other', 'signing')
  t.strictSame([keys.all('acme', 'next').length, keys.all('other', 'signing').length, ends().length], [0, 0, 2])
})

t.test('a vendor’s facts and settings are read as they were put last', async (t) => {
  const { realms } = storeOf(t)
  t.equal(realms.get('acme'), undefined)
  for (const row of [
    { facts: '{"a":1}', settings: '{"b":2}' },
    { facts: 'null', settings: '[]' },
  ]) {
    realms.put('acme', row)
    t.strictSame(realms.get('acme'), row)
  }
  t.equal(realms.get('other'), undefined)
})
