import fc from 'fast-check'
import t from 'tap'
import type { AccountPage, AccountRow } from '../../src/core/ports.js'
import { storeOf } from '../support/realm.js'

fc.configureGlobal({ seed: 1 })

const row: AccountRow = {
  id: '1',
  state: 'active',
  passwordHash: 'hash',
  createdAt: 1000,
  updatedAt: 2000,
  profile: '{"name":"Ann"}',
}
const login = { kind: 'email', key: 'ann@example.com', tenant: '' }

t.test('an account is read as it was written', async (t) => {
  const { accounts } = storeOf(t)
  accounts.insert('acme', row, [login])
  t.strictSame(accounts.get('acme', '1'), row)
  t.strictSame(accounts.byLogin('acme', login), row)
  t.strictSame(accounts.all('acme'), [row])
})

t.test('what is not there is not found', async (t) => {
  const { accounts } = storeOf(t)
  accounts.insert('acme', row, [login])
  t.equal(accounts.get('acme', '2'), undefined)
  t.equal(accounts.get('other', '1'), undefined)
  t.equal(accounts.byLogin('other', login), undefined)
  t.equal(accounts.byLogin('acme', { ...login, tenant: 'other' }), undefined)
  t.strictSame(accounts.all('other'), [])
})

t.test('an account is updated wholly, and no other is', async (t) => {
  const { accounts } = storeOf(t)
  accounts.insert('acme', row, [login])
  accounts.insert('acme', { ...row, id: '2' }, [])
  accounts.insert('other', row, [])
  const changed: AccountRow = {
    id: '1',
    state: 'deleted',
    passwordHash: 'other',
    createdAt: 1,
    updatedAt: 3000,
    profile: '[]',
  }
  accounts.update('acme', changed)
  t.strictSame(accounts.byLogin('acme', login), changed)
  t.strictSame(accounts.get('acme', '2'), { ...row, id: '2' })
  t.strictSame(accounts.get('other', '1'), row)
})

t.test('an account whose id another has is not inserted, and says so', async (t) => {
  const { accounts } = storeOf(t)
  const other = { ...login, key: 'other' }
  t.equal(accounts.insert('acme', row, [login]), true)
  t.equal(accounts.insert('acme', { ...row, profile: '{}' }, [other]), false)
  t.equal(accounts.byLogin('acme', other), undefined)
  t.strictSame(accounts.all('acme'), [row])
})

t.test('an account whose login names are not all free is not inserted at all', async (t) => {
  const { accounts } = storeOf(t)
  const free = { ...login, key: 'free' }
  accounts.insert('acme', row, [login])
  const taken = { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' }
  t.throws(() => accounts.insert('acme', { ...row, id: '2' }, [free, login]), taken)
  t.throws(() => accounts.insert('acme', { ...row, id: '2' }, [free, free]), taken)
  t.equal(accounts.get('acme', '2'), undefined)
  t.equal(accounts.byLogin('acme', free), undefined)
  t.strictSame(accounts.byLogin('acme', login), row, 'and the first keeps its name')
})

t.test('any profile that JSON can hold survives the store and its serialising', async (t) => {
  const store = storeOf(t)
  let id = 0
  const written: [string, unknown][] = []
  fc.assert(
    fc.property(fc.jsonValue(), (profile) => {
      const text = JSON.stringify(profile)
      store.accounts.insert('acme', { ...row, id: `${++id}`, profile: text }, [])
      written.push([`${id}`, JSON.parse(text)])
      return store.accounts.get('acme', `${id}`)?.profile === text
    }),
  )
  const { accounts } = storeOf(t, store.serialize())
  t.strictSame(
    accounts.all('acme').map((account) => [account.id, JSON.parse(account.profile)]),
    written,
  )
})

t.test('any login name finds its own account, whatever characters it has', async (t) => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\0', '\0\0', 'a\0b'))
  const names = fc.uniqueArray(fc.record({ kind: text, key: text, tenant: text }), {
    selector: (name) => JSON.stringify(name),
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(names, (logins) => {
      const { accounts } = storeOf(t)
      logins.forEach((name, index) => {
        accounts.insert('acme', { ...row, id: `${index}` }, [name])
      })
      return logins.every((name, index) => accounts.byLogin('acme', name)?.id === `${index}`)
    }),
    { numRuns: 30 },
  )
})

t.test('the names of an account are replaced as one, or stay', async (t) => {
  const { accounts } = storeOf(t)
  const taken = { ...login, key: 'taken' }
  const [one, two] = [
    { ...login, key: 'one' },
    { ...login, kind: 'a', key: 'two', tenant: 'x' },
  ]
  accounts.insert('acme', row, [login])
  accounts.insert('acme', { ...row, id: '2' }, [taken])
  accounts.insert('other', row, [login])
  accounts.rename('acme', '1', [one, two])
  t.strictSame(accounts.logins('acme', '1'), [two, one], 'by kind and key')
  t.equal(accounts.byLogin('acme', login), undefined)
  t.throws(() => accounts.rename('acme', '1', [login, taken]), { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
  t.strictSame(accounts.logins('acme', '1'), [two, one])
  t.strictSame(accounts.logins('acme', '2'), [taken])
  t.strictSame(accounts.logins('other', '1'), [login])
})

t.test('a removed account leaves no name behind, and no other account goes with it', async (t) => {
  const { accounts } = storeOf(t)
  accounts.insert('acme', row, [login])
  accounts.insert('acme', { ...row, id: '2' }, [{ ...login, key: 'two' }])
  accounts.insert('other', row, [login])
  accounts.remove('acme', '1')
  t.equal(accounts.get('acme', '1'), undefined)
  t.strictSame(accounts.byName('acme', login), [])
  t.strictSame(accounts.logins('acme', '1'), [])
  t.ok(accounts.get('acme', '2'))
  t.strictSame(accounts.byName('other', login), [row])
})

t.test('a page lists what lies behind a position, of one vendor and if wanted of one state', async (t) => {
  const { accounts } = storeOf(t)
  for (const [vendor, id, state] of [
    ['acme', 'b', 'active'],
    ['other', 'x', 'active'],
    ['acme', 'a', 'disabled'],
    ['acme', 'c', 'active'],
  ] as const) {
    accounts.insert(vendor, { ...row, id, state }, [])
  }
  const idsOf = (which: Partial<AccountPage>) =>
    accounts.page('acme', { after: 0, limit: 10, state: null, ...which }).map(({ id }) => id)
  t.strictSame(idsOf({}), ['b', 'a', 'c'])
  t.strictSame(idsOf({ limit: 2 }), ['b', 'a'])
  t.strictSame(idsOf({ state: 'active' }), ['b', 'c'])
  const [first] = accounts.page('acme', { after: 0, limit: 1, state: null })
  t.strictSame(idsOf({ after: first?.position ?? 0 }), ['a', 'c'])
})
