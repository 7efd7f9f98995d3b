import t from 'tap'
import type { TokenRow } from '../../src/core/ports.js'
import { storeOf } from '../support/realm.js'

const row = (id: string, change: Partial<TokenRow> = {}): TokenRow => ({
  id,
  digest: Buffer.from(`digest of ${id}`),
  kind: 'access',
  account: '1',
  tenant: null,
  issuedAt: 1000,
  expiresAt: null,
  revokedAt: null,
  family: null,
  facts: '{}',
  ...change,
})

t.test('a token is read as it was written, by its id and by its digest', async (t) => {
  const { tokens } = storeOf(t)
  const bare = row('bare')
  const full = row('full', { tenant: 'acme', expiresAt: 2000, revokedAt: 1500, family: 'f', facts: '{"a":[1]}' })
  for (const token of [bare, full]) {
    tokens.insert('acme', token)
    t.strictSame(tokens.byId('acme', token.id), token)
    t.strictSame(tokens.byDigest('acme', token.digest), token)
  }
  t.equal(tokens.byId('acme', 'other'), undefined)
  t.equal(tokens.byId('other', 'bare'), undefined)
  t.equal(tokens.byDigest('other', bare.digest), undefined)
  t.equal(tokens.byDigest('acme', Buffer.from('digest')), undefined)
})

t.test('neither an id nor a digest is given twice', async (t) => {
  const { tokens } = storeOf(t)
  tokens.insert('acme', row('a'))
  const taken = { code: 'SQLITE_CONSTRAINT_UNIQUE' }
  t.throws(() => tokens.insert('acme', row('a', { digest: Buffer.from('other') })), taken)
  t.throws(() => tokens.insert('acme', row('b', { digest: row('a').digest })), taken)
  tokens.insert('other', row('a'))
  t.ok(tokens.byId('other', 'a'), 'but to another vendor')
})

t.test('tokens of a kind are listed as they were inserted, of all accounts or of one', async (t) => {
  const { tokens } = storeOf(t)
  tokens.insert('acme', row('c'))
  tokens.insert('acme', row('a', { account: '2' }))
  tokens.insert('acme', row('b'))
  tokens.insert('acme', row('d', { kind: 'refresh' }))
  tokens.insert('other', row('e'))
  t.strictSame(
    tokens.ofKind('acme', 'access').map(({ id }) => id),
    ['c', 'a', 'b'],
  )
  t.strictSame(
    tokens.ofKind('acme', 'access', '1').map(({ id }) => id),
    ['c', 'b'],
  )
})

t.test('an extension changes the expiry of one token and nothing else', async (t) => {
  const { tokens } = storeOf(t)
  for (const id of ['a', 'b']) tokens.insert('acme', row(id, { expiresAt: 2000 }))
  tokens.insert('other', row('a', { expiresAt: 2000 }))
  tokens.extend('acme', 'a', 3000)
  t.strictSame(tokens.byId('acme', 'a'), row('a', { expiresAt: 3000 }))
  t.equal(tokens.byId('acme', 'b')?.expiresAt, 2000)
  t.equal(tokens.byId('other', 'a')?.expiresAt, 2000)
})

t.test('a revocation keeps its first instant, of a token and of a family', async (t) => {
  const { tokens } = storeOf(t)
  for (const id of ['a', 'b']) tokens.insert('acme', row(id, { family: 'f' }))
  tokens.insert('acme', row('c', { family: 'g' }))
  tokens.insert('other', row('a', { family: 'f' }))
  tokens.revoke('acme', 'a', 5000)
  tokens.revoke('acme', 'a', 6000)
  tokens.revokeFamily('acme', 'f', 7000)
  tokens.revokeFamily('acme', 'f', 8000)
  t.strictSame(
    ['a', 'b', 'c'].map((id) => tokens.byId('acme', id)?.revokedAt),
    [5000, 7000, null],
  )
  t.equal(tokens.byId('other', 'a')?.revokedAt, null)
})
