import t from 'tap'
import type { MessageRow } from '../../src/core/ports.js'
import { storeOf } from '../support/realm.js'

const row = (id: string, change: Partial<MessageRow> = {}): MessageRow => ({
  id,
  at: 1000,
  account: '1',
  kind: 'otp',
  code: '123456',
  expiresAt: 2000,
  ...change,
})

t.test('messages are read as they were written, in that order, of all accounts or of one', async (t) => {
  const { messages } = storeOf(t)
  const written = [row('c'), row('a', { account: '2', kind: 'password-reset', code: 'Z', at: 500 }), row('b')]
  for (const message of written) messages.insert('acme', message)
  messages.insert('other', row('d'))
  t.strictSame(messages.all('acme'), written)
  t.strictSame(messages.all('acme', '1'), [row('c'), row('b')])
  t.strictSame(messages.all('acme', '3'), [])
  t.strictSame(messages.all('other', '1'), [row('d')])
})

t.test('no id is given twice, but to another vendor', async (t) => {
  const { messages } = storeOf(t)
  messages.insert('acme', row('a'))
  t.throws(() => messages.insert('acme', row('a')), { code: 'SQLITE_CONSTRAINT_UNIQUE' })
  messages.insert('other', row('a'))
  t.equal(messages.all('other').length, 1)
})

t.test('the messages of a vendor are cleared, and of no other', async (t) => {
  const { messages } = storeOf(t)
  for (const vendor of ['acme', 'other']) messages.insert(vendor, row('a'))
  messages.clear('acme')
  t.strictSame(messages.all('acme'), [])
  t.strictSame(messages.all('other'), [row('a')])
})

t.test('a redacted store holds no message', async (t) => {
  const store = storeOf(t)
  store.messages.insert('acme', row('a', { code: 'a code that occurs nowhere else' }))
  store.redact((json) => json)
  t.strictSame(store.messages.all('acme'), [])
  t.notOk(store.serialize().includes('a code that occurs nowhere else'))
})
