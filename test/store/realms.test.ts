import t from 'tap'
import { storeOf } from '../support/realm.js'

t.test('the current key of a vendor is the one inserted last', async (t) => {
  const { keys } = storeOf(t)
  t.equal(keys.current('acme'), undefined)
  for (const row of [
    { material: 'first', published: true },
    { material: 'second', published: false },
    { material: 'first', published: true },
  ]) {
    keys.insert('acme', row)
    t.strictSame(keys.current('acme'), row)
  }
  t.equal(keys.current('other'), undefined)
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
