import t from 'tap'
import { bench, start, storeOf } from '../support/realm.js'

const otp = { account: '1', kind: 'otp', code: '000000', expiresAt: start + 300_000 } as const
const reset = { account: '2', kind: 'password-reset', code: 'ABC', expiresAt: start + 3_600_000 } as const

t.test('a message is kept with the instant at which it was sent and an id of its own', async (t) => {
  const { realm, machine } = bench(t)
  const first = realm.outbox.send(otp)
  machine.ms = start + 1
  const second = realm.outbox.send(otp)
  t.strictSame(first, { ...otp, id: first.id, at: start })
  t.strictSame(second, { ...otp, id: second.id, at: start + 1 })
  t.match(first.id, /^[0-9a-f]{24}$/)
  t.not(first.id, second.id)
  t.strictSame(realm.outbox.all(), [first, second])
})

t.test('messages are listed in the order of their sending, of all accounts or of one', async (t) => {
  const { outbox } = bench(t).realm
  const sent = [outbox.send(reset), outbox.send(otp), outbox.send(reset)]
  t.strictSame(outbox.all(), sent)
  t.strictSame(outbox.all('2'), [sent[0], sent[2]])
  t.strictSame(outbox.all('3'), [])
})

t.test('an outbox belongs to one vendor of one world and is cleared alone', async (t) => {
  const store = storeOf(t)
  const mine = bench(t, { store }).realm.outbox
  const neighbour = bench(t, { store, vendor: 'other' }).realm.outbox
  mine.send(otp)
  const kept = neighbour.send(reset)
  t.equal(mine.all().length, 1)
  mine.clear()
  t.strictSame(mine.all(), [])
  t.strictSame(neighbour.all(), [kept])
})

t.test('ids follow from the seed, and go on in a copy of the world', async (t) => {
  const ids = (seed: number) => {
    const { outbox } = bench(t, { seed }).realm
    return [outbox.send(otp).id, outbox.send(otp).id]
  }
  t.strictSame(ids(1), ids(1))
  t.not(ids(1)[0], ids(2)[0])
  const { realm, store } = bench(t)
  const [first] = [realm.outbox.send(otp)]
  const copy = bench(t, { store: storeOf(t, store.serialize()) }).realm.outbox
  t.strictSame(copy.all(), [first])
  t.equal(copy.send(otp).id, realm.outbox.send(otp).id)
})

t.test('a message of a transaction that fails was never sent', async (t) => {
  const { realm } = bench(t)
  t.throws(
    () =>
      realm.transaction(() => {
        realm.outbox.send(otp)
        throw new Error('no')
      }),
    { message: 'no' },
  )
  t.strictSame(realm.outbox.all(), [])
})
