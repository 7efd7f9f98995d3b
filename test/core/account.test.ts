import t from 'tap'
import { type NewAccount, TakenName } from '../../src/core/account.js'
import { bench, start, storeOf } from '../support/realm.js'

interface Profile {
  readonly name: string
  readonly roles?: readonly string[]
}

interface Types {
  profile: Profile
  token: unknown
  facts: unknown
  settings: unknown
}

const login = (key: string, { kind = 'email', tenant = '' } = {}) => ({ kind, key, tenant })

const ann = (change: Partial<NewAccount<Profile>> = {}): NewAccount<Profile> => ({
  id: '1',
  state: 'active',
  passwordHash: 'hash',
  logins: [login('ann@example.com'), login('ann', { kind: 'username' })],
  profile: { name: 'Ann', roles: ['a', 'b'] },
  ...change,
})

const stored = {
  id: '1',
  state: 'active',
  passwordHash: 'hash',
  createdAt: start,
  updatedAt: start,
  profile: { name: 'Ann', roles: ['a', 'b'] },
}

t.test('an account is found by its id and by each of its login names', async (t) => {
  const { accounts } = bench<Types>(t).realm
  t.strictSame(accounts.create(ann()), stored, 'as it was created, now')
  t.strictSame(accounts.find('1'), stored)
  t.strictSame(accounts.findByLogin(login('ann@example.com')), stored)
  t.strictSame(accounts.findByLogin(login('ann', { kind: 'username' })), stored)
})

t.test('a login name is found in its own kind, tenant and letter case only', async (t) => {
  const { accounts } = bench<Types>(t).realm
  accounts.create(ann({ logins: [login('ann', { tenant: 'acme.example' })] }))
  t.ok(accounts.findByLogin(login('ann', { tenant: 'acme.example' })))
  for (const name of [
    login('ann'),
    login('ann', { tenant: 'other.example' }),
    login('ann', { tenant: 'acme.example', kind: 'username' }),
    login('Ann', { tenant: 'acme.example' }),
  ]) {
    t.equal(accounts.findByLogin(name), undefined, JSON.stringify(name))
  }
  t.equal(accounts.find('2'), undefined)
})

t.test('a request that asks for a name twice sees what has become of the account in between', async (t) => {
  const { realm } = bench<Types>(t)
  realm.accounts.create(ann())
  const { accounts } = realm.at({ now: start + 1000, request: 'w-1' })
  const name = login('ann', { kind: 'username' })
  const find = () => accounts.findByLogin(name)
  const found = accounts.findByLogin({ ...name })
  if (!found) return t.fail('the account is there')
  t.equal(find(), found, 'and is not read again where nothing has changed')
  t.equal(accounts.findByLogin({ ...name, kind: 'email' }), undefined)
  t.equal(accounts.findByLogin({ ...name, tenant: 'acme' }), undefined)
  t.equal(accounts.findByLogin({ ...name, key: 'anna' }), undefined)
  const profile = { name: 'Anna' }
  accounts.updateProfile(found, profile)
  t.strictSame(find(), { ...stored, profile, updatedAt: start + 1000 })
  accounts.changePassword({ ...found, profile }, 'other')
  t.equal(find()?.passwordHash, 'other')
  accounts.change(found, ann({ logins: [login('ann@example.com')] }))
  t.equal(find(), undefined, 'it goes by that name no more')
  const mail = () => accounts.findByLogin(login('ann@example.com'))
  t.ok(mail())
  accounts.remove(found)
  t.equal(mail(), undefined)
})

t.test('outside a request an account is what others have made of it', async (t) => {
  const { realm, store } = bench<Types>(t)
  realm.accounts.create(ann())
  const name = login('ann@example.com')
  t.ok(realm.accounts.findByLogin(name))
  bench<Types>(t, { store }).realm.accounts.remove({ ...stored, state: 'active' })
  t.equal(realm.accounts.findByLogin(name), undefined)
})

t.test('an account keeps the times that it came with', async (t) => {
  const { accounts } = bench<Types>(t).realm
  accounts.create(ann({ createdAt: 1000, updatedAt: 2000 }))
  t.strictSame(accounts.find('1'), { ...stored, createdAt: 1000, updatedAt: 2000 })
})

t.test('all accounts are listed in the order of their creation', async (t) => {
  const { accounts } = bench<Types>(t).realm
  t.strictSame(accounts.all(), [])
  for (const id of ['b', 'c', 'a']) accounts.create(ann({ id, logins: [login(id)] }))
  t.strictSame(
    accounts.all().map(({ id }) => id),
    ['b', 'c', 'a'],
  )
})

t.test('accounts of one vendor are none of another’s, and share its login names and ids freely', async (t) => {
  const { store, realm } = bench<Types>(t)
  const other = bench<Types>(t, { store, vendor: 'other' }).realm
  realm.accounts.create(ann())
  t.equal(other.accounts.find('1'), undefined)
  t.equal(other.accounts.findByLogin(login('ann@example.com')), undefined)
  t.strictSame(other.accounts.all(), [])
  other.accounts.create(ann({ profile: { name: 'Another Ann' } }))
  t.equal(realm.accounts.find('1')?.profile.name, 'Ann')
  t.equal(other.accounts.find('1')?.profile.name, 'Another Ann')
})

t.test('a login name that is taken is refused by name, and leaves nothing behind', async (t) => {
  const { realm, store } = bench<Types>(t)
  const { accounts } = realm
  accounts.create(ann())
  const before = store.serialize()
  const bea = ann({ id: '2', logins: [login('bea@example.com'), login('ann', { kind: 'username' })] })
  try {
    accounts.create(bea)
    t.fail('the login name is taken')
  } catch (error) {
    if (!(error instanceof TakenName)) throw error
    t.equal(error.message, 'a username that no other account has: ann is taken')
    t.equal(error.pointer, '/username')
  }
  t.equal(accounts.find('2'), undefined)
  t.equal(accounts.findByLogin(login('bea@example.com')), undefined, 'nor the name that was free')
  t.ok(store.serialize().equals(before))
})

t.test('an id that is taken is refused and leaves nothing behind', async (t) => {
  const { accounts } = bench<Types>(t).realm
  accounts.create(ann())
  t.throws(() => accounts.create(ann({ logins: [login('bea@example.com')] })), {
    message: 'an id that no other account has: 1 is taken',
    pointer: '/id',
  })
  t.equal(accounts.findByLogin(login('bea@example.com')), undefined)
})

t.test('a new profile takes the place of the whole old one and moves the time of the update only', async (t) => {
  const { realm, machine } = bench<Types>(t)
  const created = realm.accounts.create(ann())
  machine.ms += 5000
  const expected = { ...stored, updatedAt: start + 5000, profile: { name: 'Anne' } }
  t.strictSame(realm.accounts.updateProfile(created, { name: 'Anne' }), expected)
  t.strictSame(realm.accounts.find('1'), expected)
  t.strictSame(realm.accounts.findByLogin(login('ann@example.com')), expected, 'found as before')
})

t.test('numbers for accounts are counted, those that are taken left out', async (t) => {
  const { realm, store } = bench<Types>(t)
  const { accounts, chance } = realm
  t.equal(accounts.nextNumber(chance), 1)
  for (const id of ['2', '3', '5']) accounts.create(ann({ id, logins: [] }))
  t.equal(accounts.nextNumber(chance), 4)
  t.equal(accounts.nextNumber(chance), 6)
  const reopened = bench<Types>(t, { store: storeOf(t, store.serialize()) }).realm
  t.equal(reopened.accounts.nextNumber(reopened.chance), 7)
})

t.test('accounts are found by a name in any tenant, each once and the oldest first', async (t) => {
  const { store, realm } = bench<Types>(t)
  const { accounts } = realm
  accounts.create(ann({ id: 'b', logins: [login('ann', { tenant: 'b.example' })] }))
  accounts.create(ann({ id: 'a', logins: [login('ann', { tenant: 'a.example' }), login('ann', { kind: 'username' })] }))
  bench<Types>(t, { store, vendor: 'other' }).realm.accounts.create(ann({ logins: [login('ann')] }))
  const idsOf = (...kinds: string[]) => accounts.named(kinds.map((kind) => ({ kind, key: 'ann' }))).map(({ id }) => id)
  t.strictSame(idsOf('email'), ['b', 'a'])
  t.strictSame(idsOf('username', 'email'), ['a', 'b'], 'in the order of the names asked for')
  t.strictSame(idsOf(), [])
  t.strictSame(accounts.named([{ kind: 'email', key: 'Ann' }]), [])
})

t.test('pages of accounts, of all states or one, hold each once and end with the last', async (t) => {
  const { accounts } = bench<Types>(t).realm
  for (const [id, state] of [
    ['c', 'active'],
    ['a', 'disabled'],
    ['b', 'active'],
    ['d', 'active'],
  ] as const) {
    accounts.create(ann({ id, state, logins: [] }))
  }
  const pages = (limit: number, state?: 'active' | 'disabled' | 'deleted') => {
    const ids: string[][] = []
    let after: number | null = 0
    while (after !== null) {
      const page: ReturnType<typeof accounts.page> = accounts.page({ after, limit, state })
      ids.push(page.items.map(({ id }) => id))
      after = page.next
    }
    return ids
  }
  t.strictSame(pages(3), [['c', 'a', 'b'], ['d']])
  t.strictSame(pages(4), [['c', 'a', 'b', 'd']])
  t.strictSame(pages(2, 'active'), [['c', 'b'], ['d']])
  t.strictSame(pages(2, 'deleted'), [[]])
  t.strictSame(accounts.page({ after: 0, limit: 0 }), { items: [], next: 0 }, 'more follow from where it stands')
})

t.test('a changed account has the new names only, keeps its creation and is found as what it is now', async (t) => {
  const { realm, machine } = bench<Types>(t)
  const { accounts } = realm
  const created = accounts.create(ann())
  machine.ms += 5000
  const next = ann({
    state: 'disabled',
    passwordHash: 'new',
    logins: [login('anne@example.com')],
    profile: { name: 'Anne' },
  })
  const expected = {
    ...stored,
    state: 'disabled',
    passwordHash: 'new',
    profile: { name: 'Anne' },
    updatedAt: start + 5000,
  }
  t.strictSame(accounts.change(created, next), expected)
  t.strictSame(accounts.find('1'), expected)
  t.strictSame(accounts.loginsOf(created), [login('anne@example.com')])
  t.strictSame(accounts.findByLogin(login('anne@example.com')), expected)
  t.equal(accounts.findByLogin(login('ann@example.com')), undefined)
  accounts.change(created, ann({ createdAt: 1000, updatedAt: 2000 }))
  t.match(accounts.find('1'), { createdAt: 1000, updatedAt: 2000 }, 'unless it is told otherwise')
})

t.test(
  'a change to a name that is taken is refused and leaves nothing behind; its own names are free to it',
  async (t) => {
    const { realm, store } = bench<Types>(t)
    const { accounts } = realm
    accounts.create(ann())
    const bea = accounts.create(ann({ id: '2', logins: [login('bea@example.com')] }))
    const before = store.serialize()
    t.throws(() => accounts.change(bea, ann({ logins: [login('free@example.com'), login('ann@example.com')] })), {
      message: 'an email that no other account has: ann@example.com is taken',
      pointer: '/email',
    })
    t.ok(store.serialize().equals(before))
    accounts.change(bea, ann({ logins: [login('bea@example.com'), login('bea', { kind: 'username' })] }))
    t.equal(accounts.findByLogin(login('bea', { kind: 'username' }))?.id, '2')
  },
)

t.test('a new password takes the place of the old one', async (t) => {
  const { realm, machine } = bench<Types>(t)
  const created = realm.accounts.create(ann())
  machine.ms += 5000
  realm.accounts.changePassword(created, 'new')
  t.strictSame(realm.accounts.find('1'), { ...stored, passwordHash: 'new', updatedAt: start + 5000 })
})

t.test('a removed account is gone and its names are free, while others stay', async (t) => {
  const { store, realm } = bench<Types>(t)
  const { accounts } = realm
  const other = bench<Types>(t, { store, vendor: 'other' }).realm.accounts
  const created = accounts.create(ann())
  other.create(ann())
  accounts.remove(created)
  t.equal(accounts.find('1'), undefined)
  t.equal(accounts.findByLogin(login('ann@example.com')), undefined)
  t.strictSame(accounts.loginsOf(created), [])
  t.ok(other.findByLogin(login('ann@example.com')))
  accounts.create(ann())
  t.ok(accounts.findByLogin(login('ann', { kind: 'username' })))
})
