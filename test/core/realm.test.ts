import t from 'tap'
import { bench, refusalOf, start, storeOf } from '../support/realm.js'

interface Types {
  profile: { name: string }
  token: null
  facts: { organizations: string[] }
  settings: { lifetime: number }
}

const contents = { facts: { organizations: ['acme'] }, settings: { lifetime: 60 } }
const ann = { id: '1', state: 'active', passwordHash: '', logins: [], profile: { name: 'Ann' } } as const

t.test('a realm holds the facts and settings that it was furnished with', async (t) => {
  const { realm } = bench<Types>(t)
  realm.furnish(contents)
  t.strictSame(realm.facts, contents.facts)
  t.strictSame(realm.settings, contents.settings)
  t.equal(realm.settings, realm.settings, 'read once, not each time')
})

t.test('a realm that was never furnished says so', async (t) => {
  const { realm } = bench<Types>(t)
  t.throws(() => realm.settings, { message: 'the realm acme was never furnished' })
  t.throws(() => realm.facts, { message: 'the realm acme was never furnished' })
})

t.test('changed settings take the place of the whole old ones and leave the facts', async (t) => {
  const { realm, store } = bench<Types>(t)
  realm.furnish(contents)
  t.equal(realm.settings.lifetime, 60)
  realm.changeSettings({ lifetime: 5 })
  t.strictSame(realm.settings, { lifetime: 5 })
  t.strictSame(realm.facts, contents.facts)
  const reopened = bench<Types>(t, { store: storeOf(t, store.serialize()) }).realm
  t.strictSame(reopened.settings, { lifetime: 5 })
  t.strictSame(reopened.facts, contents.facts)
})

t.test('realms of one store hold contents of their own', async (t) => {
  const { realm, store } = bench<Types>(t)
  const other = bench<Types>(t, { store, vendor: 'other' }).realm
  realm.furnish(contents)
  other.furnish({ facts: { organizations: [] }, settings: { lifetime: 1 } })
  t.strictSame(realm.settings, { lifetime: 60 })
  t.strictSame(other.settings, { lifetime: 1 })
})

t.test('a transaction answers what was decided and keeps all of it', async (t) => {
  const { realm } = bench<Types>(t)
  t.equal(
    realm.transaction(() => realm.accounts.create(ann).id),
    '1',
  )
  t.ok(realm.accounts.find('1'))
})

t.test('a transaction that fails keeps nothing, whatever it touched', async (t) => {
  const { realm, store } = bench<Types>(t)
  const policy = { limit: 1, windowSeconds: 60 }
  realm.furnish(contents)
  t.equal(realm.settings.lifetime, 60)
  const before = store.serialize()
  t.throws(
    () =>
      realm.transaction(() => {
        realm.changeSettings({ lifetime: 5 })
        t.equal(realm.settings.lifetime, 5, 'within it the change holds')
        const { id } = realm.accounts.create({ ...ann, id: realm.chance.uuid('account') })
        realm.tokens.issue('text', { kind: 'access', account: id, expiresAt: null, facts: null })
        realm.keys.install('secret', false)
        realm.lockout.failed('a', { failures: 1, blockSeconds: 60 })
        realm.throttle.count('a', policy)
        throw new Error('no')
      }),
    { message: 'no' },
  )
  t.ok(store.serialize().equals(before))
  t.equal(realm.settings.lifetime, 60)
  t.strictSame(realm.accounts.all(), [])
  t.equal(realm.tokens.findByText('text'), undefined)
  t.equal(
    refusalOf(() => realm.lockout.assertOpen('a')),
    null,
  )
  t.equal(realm.throttle.count('a', policy), 0)
})

t.test('all parts of a realm tell the time of its world', async (t) => {
  const { realm, clock } = bench<Types>(t)
  clock.freeze(start + 1000)
  t.equal(realm.clock.now(), start + 1000)
  t.equal(realm.accounts.create(ann).createdAt, start + 1000)
  t.equal(realm.tokens.issue('text', { kind: 'a', account: '1', expiresAt: null, facts: null }).issuedAt, start + 1000)
})

t.test('a request sees the realm at one instant, and all else of it as it is', async (t) => {
  const { realm, machine } = bench<Types>(t)
  realm.furnish(contents)
  const seen = realm.at({ now: start, request: 'w-1' })
  machine.ms = start + 60_000
  t.equal(seen.clock.now(), start)
  t.equal(realm.clock.now(), start + 60_000)
  t.equal(seen.accounts.create(ann).createdAt, start)
  t.equal(realm.accounts.find('1')?.createdAt, start)
  t.equal(seen.settings, realm.settings, 'read once for both')
  realm.changeSettings({ lifetime: 5 })
  t.equal(seen.settings.lifetime, 5)
  t.equal(seen.keys.secret().secret, realm.keys.secret().secret, 'parsed once for both')
  t.not(seen.chance.uuid('x'), realm.chance.uuid('x'), 'one stream, from which each draws what comes next')
})
