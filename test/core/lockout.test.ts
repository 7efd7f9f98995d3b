import t from 'tap'
import { Refusal } from '../../src/core/refusal.js'
import { bench, refusalOf, refused, start, storeOf } from '../support/realm.js'

const policy = { failures: 3, blockSeconds: 900 }
const locked = (until: number) => ({ code: 'account-locked', facts: { address: 'a', until } })

t.test('the failure with the number of the policy starts the block, and none before it', async (t) => {
  const { lockout } = bench(t).realm
  for (const number of [0, 1, 2]) {
    t.equal(
      refusalOf(() => lockout.assertOpen('a')),
      null,
      `after ${number} failures`,
    )
    lockout.failed('a', policy)
  }
  t.strictSame(
    refusalOf(() => lockout.assertOpen('a')),
    locked(start + 900_000),
  )
})

t.test('a block lasts to the millisecond before its end, and asking does not prolong it', async (t) => {
  const { realm, machine } = bench(t)
  for (let number = 1; number <= 3; number++) {
    machine.ms = start + number * 1000
    realm.lockout.failed('a', policy)
  }
  machine.ms = start + 902_999
  t.strictSame(
    refusalOf(() => realm.lockout.assertOpen('a')),
    locked(start + 903_000),
    'it began with the third failure',
  )
  machine.ms = start + 903_000
  t.equal(
    refusalOf(() => realm.lockout.assertOpen('a')),
    null,
  )
})

t.test('when a block is over failures count from one', async (t) => {
  const { realm, machine } = bench(t)
  const { lockout } = realm
  for (let number = 1; number <= 3; number++) lockout.failed('a', policy)
  machine.ms = start + 900_000
  lockout.failed('a', policy)
  lockout.failed('a', policy)
  t.equal(
    refusalOf(() => lockout.assertOpen('a')),
    null,
  )
  lockout.failed('a', policy)
  t.strictSame(
    refusalOf(() => lockout.assertOpen('a')),
    locked(start + 1_800_000),
  )
})

t.test('failures that are short of the policy are never forgotten by time alone', async (t) => {
  const { realm, machine } = bench(t)
  realm.lockout.failed('a', policy)
  realm.lockout.failed('a', policy)
  machine.ms = start + 365 * 86_400_000
  realm.lockout.failed('a', policy)
  t.equal(refusalOf(() => realm.lockout.assertOpen('a'))?.code, 'account-locked')
})

t.test('a success forgets the failures before it', async (t) => {
  const { lockout } = bench(t).realm
  lockout.failed('a', policy)
  lockout.failed('a', policy)
  lockout.succeeded('a')
  lockout.failed('a', policy)
  lockout.failed('a', policy)
  t.equal(
    refusalOf(() => lockout.assertOpen('a')),
    null,
  )
  lockout.succeeded('b')
  lockout.failed('a', policy)
  t.equal(refusalOf(() => lockout.assertOpen('a'))?.code, 'account-locked', 'another address’s success forgets nothing')
})

t.test('an attempt that was on its way when the block began fails into it and moves its end', async (t) => {
  const { realm, machine } = bench(t)
  for (let number = 1; number <= 3; number++) realm.lockout.failed('a', policy)
  machine.ms = start + 500
  realm.lockout.failed('a', policy)
  t.strictSame(
    refusalOf(() => realm.lockout.assertOpen('a')),
    locked(start + 900_500),
  )
})

t.test('addresses and vendors are blocked apart, and a snapshot remembers the block', async (t) => {
  const { store, realm } = bench(t)
  realm.lockout.failed('a', { ...policy, failures: 1 })
  t.equal(
    refusalOf(() => realm.lockout.assertOpen('b')),
    null,
  )
  t.equal(
    refusalOf(() => bench(t, { store, vendor: 'other' }).realm.lockout.assertOpen('a')),
    null,
  )
  const reopened = bench(t, { store: storeOf(t, store.serialize()) }).realm
  t.strictSame(
    refusalOf(() => reopened.lockout.assertOpen('a')),
    locked(start + 900_000),
  )
})

t.test('of guarded logins that run side by side no more fail in their own words than the policy allows', async (t) => {
  const { lockout } = bench(t).realm
  const policy = { failures: 3, blockSeconds: 60 }
  const wrong = async () => {
    await Promise.resolve()
    throw new Refusal('wrong-password', { account: '1' })
  }
  const codes = await Promise.all(
    Array.from({ length: 8 }, async () => (await refused(lockout.guard('a', policy, wrong)))?.code),
  )
  t.strictSame(codes.sort(), [...Array(5).fill('account-locked'), ...Array(3).fill('wrong-password')])
  t.equal((await refused(lockout.guard('a', policy, async () => 'right')))?.code, 'account-locked', 'nor is one let in')
})

t.test(
  'a guarded login that succeeds forgets the failures before it, one that breaks counts for neither',
  async (t) => {
    const { lockout } = bench(t).realm
    const policy = { failures: 2, blockSeconds: 60 }
    const wrong = () => Promise.reject(new Refusal('wrong-password', { account: '1' }))
    const broken = () => Promise.reject(new Error('the thread died'))
    t.equal((await refused(lockout.guard('a', policy, wrong)))?.code, 'wrong-password')
    t.equal(await lockout.guard('a', policy, async () => 'in'), 'in')
    t.equal((await refused(lockout.guard('a', policy, wrong)))?.code, 'wrong-password')
    await t.rejects(lockout.guard('a', policy, broken), { message: 'the thread died' })
    t.equal(await lockout.guard('a', policy, async () => 'in'), 'in', 'one failure was not the second')
  },
)

t.test('a right password that was compared while the block began is not let in', async (t) => {
  const { lockout } = bench(t).realm
  const policy = { failures: 1, blockSeconds: 60 }
  const slow = lockout.guard('a', policy, async () => {
    lockout.failed('a', policy)
    return 'in'
  })
  t.equal((await refused(slow))?.code, 'account-locked')
})
