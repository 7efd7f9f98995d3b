import t from 'tap'
import type { Store, TokenFilter, TokenRow } from '../../src/core/ports.js'
import { storeOf } from '../support/realm.js'

const digestOf = (id: string): Buffer => Buffer.from(`digest of ${id}`)

const row = (id: string, change: Partial<TokenRow> = {}): TokenRow => ({
  id,
  kind: 'access',
  account: '1',
  tenant: null,
  issuedAt: 1000,
  expiresAt: null,
  revokedAt: null,
  family: null,
  facts: '{}',
  signedBy: null,
  forged: null,
  issuedBy: null,
  revokedBy: null,
  ...change,
})

const insert = ({ tokens }: Store, vendor: string, token: TokenRow, digest = digestOf(token.id)): void =>
  tokens.insert(vendor, token, digest)

t.test('a token is read as it was written, by its id and by its digest', async (t) => {
  const store = storeOf(t)
  const { tokens } = store
  const bare = row('bare')
  const ended = { revokedAt: 1500, issuedBy: 'w-1', revokedBy: 'w-2' }
  const full = row('full', { tenant: 'acme', expiresAt: 2000, ...ended, family: 'f', facts: '{"a":[1]}' })
  for (const token of [bare, full]) {
    insert(store, 'acme', token)
    t.strictSame(tokens.byId('acme', token.id), token)
    t.strictSame(tokens.byDigest('acme', digestOf(token.id)), token)
  }
  t.equal(tokens.byId('acme', 'other'), undefined)
  t.equal(tokens.byId('other', 'bare'), undefined)
  t.equal(tokens.byDigest('other', digestOf('bare')), undefined)
  t.equal(tokens.byDigest('acme', Buffer.from('digest')), undefined)
})

t.test('neither an id nor a digest is given twice', async (t) => {
  const store = storeOf(t)
  const { tokens } = store
  insert(store, 'acme', row('a'))
  const taken = { code: 'SQLITE_CONSTRAINT_UNIQUE' }
  t.throws(() => insert(store, 'acme', row('a'), Buffer.from('other')), taken)
  t.throws(() => insert(store, 'acme', row('b'), digestOf('a')), taken)
  insert(store, 'other', row('a'))
  t.ok(tokens.byId('other', 'a'), 'but to another vendor')
})

t.test('tokens of a kind are listed as they were inserted, of all accounts or of one', async (t) => {
  const store = storeOf(t)
  const { tokens } = store
  insert(store, 'acme', row('c'))
  insert(store, 'acme', row('a', { account: '2' }))
  insert(store, 'acme', row('b'))
  insert(store, 'acme', row('d', { kind: 'refresh' }))
  insert(store, 'other', row('e'))
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
  const store = storeOf(t)
  const { tokens } = store
  for (const id of ['a', 'b']) insert(store, 'acme', row(id, { expiresAt: 2000 }))
  insert(store, 'other', row('a', { expiresAt: 2000 }))
  tokens.extend('acme', 'a', 3000)
  t.strictSame(tokens.byId('acme', 'a'), row('a', { expiresAt: 3000 }))
  t.equal(tokens.byId('acme', 'b')?.expiresAt, 2000)
  t.equal(tokens.byId('other', 'a')?.expiresAt, 2000)
})

t.test('an amendment changes the facts of one token and nothing else', async (t) => {
  const store = storeOf(t)
  const { tokens } = store
  for (const id of ['a', 'b']) insert(store, 'acme', row(id))
  insert(store, 'other', row('a'))
  tokens.amend('acme', 'a', '{"a":1}')
  t.strictSame(tokens.byId('acme', 'a'), row('a', { facts: '{"a":1}' }))
  t.strictSame(tokens.byId('acme', 'b'), row('b'))
  t.strictSame(tokens.byId('other', 'a'), row('a'))
})

t.test('a revocation keeps its first instant and request, of a token and of a family', async (t) => {
  const store = storeOf(t)
  const { tokens } = store
  for (const id of ['a', 'b']) insert(store, 'acme', row(id, { family: 'f' }))
  insert(store, 'acme', row('c', { family: 'g' }))
  insert(store, 'other', row('a', { family: 'f' }))
  tokens.revoke('acme', 'a', { at: 5000, by: 'w-5' })
  tokens.revoke('acme', 'a', { at: 6000, by: 'w-6' })
  tokens.revokeFamily('acme', 'f', { at: 7000, by: null })
  tokens.revokeFamily('acme', 'f', { at: 8000, by: 'w-8' })
  t.strictSame(
    ['a', 'b', 'c'].map((id) => tokens.byId('acme', id)?.revokedAt),
    [5000, 7000, null],
  )
  t.strictSame(
    ['a', 'b', 'c'].map((id) => tokens.byId('acme', id)?.revokedBy),
    ['w-5', null, null],
  )
  t.equal(tokens.byId('other', 'a')?.revokedAt, null)
})

t.test('whoever has a digest is found in the whole world, in the order of issue', async (t) => {
  const store = storeOf(t)
  const { tokens } = store
  insert(store, 'other', row('b'), digestOf('a'))
  insert(store, 'acme', row('a'))
  insert(store, 'acme', row('c'))
  t.strictSame(tokens.holders(digestOf('a')), [
    { vendor: 'other', id: 'b' },
    { vendor: 'acme', id: 'a' },
  ])
  t.strictSame(tokens.holders(Buffer.from('nobody’s')), [])
})

t.test('another digest finds the token of one vendor, and the old one finds nothing', async (t) => {
  const store = storeOf(t)
  const { tokens } = store
  for (const vendor of ['acme', 'other']) insert(store, vendor, row('a'))
  const digest = Buffer.from('new')
  tokens.replaceDigest('acme', 'a', digest)
  t.strictSame(tokens.byDigest('acme', digest), row('a'))
  t.equal(tokens.byDigest('acme', digestOf('a')), undefined)
  t.strictSame(tokens.byDigest('other', digestOf('a')), row('a'))
})

t.test('tokens of all vendors are listed in their order, by what is asked for', async (t) => {
  const store = storeOf(t)
  const { tokens } = store
  insert(store, 'acme', row('live', { expiresAt: 2001 }))
  insert(store, 'other', row('endless', { kind: 'key', account: '2' }))
  insert(store, 'acme', row('expired', { expiresAt: 2000 }))
  insert(store, 'acme', row('revoked', { expiresAt: 1000, revokedAt: 500, account: '2' }))
  const ids = (filter: TokenFilter, page = { now: 2000, after: 0, limit: 9 }) =>
    tokens.list(filter, page).map(({ id }) => id)
  t.strictSame(ids({}), ['live', 'endless', 'expired', 'revoked'])
  t.strictSame(ids({ vendor: 'acme' }), ['live', 'expired', 'revoked'])
  t.strictSame(ids({ account: '2' }), ['endless', 'revoked'])
  t.strictSame(ids({ kind: 'key' }), ['endless'])
  t.strictSame(ids({ state: 'live' }), ['live', 'endless'])
  t.strictSame(ids({ state: 'expired' }), ['expired'])
  t.strictSame(ids({ state: 'revoked' }), ['revoked'])
  t.strictSame(ids({ state: 'revoked', account: '1' }), [])
  t.strictSame(ids({}, { now: 2000, after: 1, limit: 2 }), ['endless', 'expired'])
  t.strictSame(tokens.list({ kind: 'key' }, { now: 0, after: 0, limit: 1 }), [
    { vendor: 'other', number: 2, ...row('endless', { kind: 'key', account: '2' }) },
  ])
})

t.test('tokens that end later are found, of all vendors, the soonest first', async (t) => {
  const store = storeOf(t)
  const { tokens } = store
  insert(store, 'acme', row('late', { expiresAt: 3000 }))
  insert(store, 'other', row('soon', { expiresAt: 2001 }))
  insert(store, 'acme', row('over', { expiresAt: 2000 }))
  insert(store, 'acme', row('revoked', { expiresAt: 4000, revokedAt: 1 }))
  insert(store, 'acme', row('endless'))
  t.strictSame(
    tokens.ending(2000, 9).map(({ id, vendor, expiresAt }) => [id, vendor, expiresAt]),
    [
      ['soon', 'other', 2001],
      ['late', 'acme', 3000],
    ],
  )
  t.strictSame(tokens.ending(2000, 1).length, 1)
})
