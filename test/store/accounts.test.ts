import fc from 'fast-check'
import t from 'tap'
import type { AccountRow } from '../../src/core/ports.js'
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

t.test('an account is updated wholly but for its creation, and no other is', async (t) => {
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
  t.strictSame(accounts.byLogin('acme', login), { ...changed, createdAt: 1000 })
  t.strictSame(accounts.get('acme', '2'), { ...row, id: '2' })
  t.strictSame(accounts.get('other', '1'), row)
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
