import t from 'tap'
import type { NewTokenRow, TokenFilter, TokenRow } from '../../src/core/ports.js'
import { storeOf } from '../support/realm.js'

const row = (id: string, change: Partial<NewTokenRow> = {}): NewTokenRow => ({
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
  signedBy: null,
  forged: null,
  issuedBy: null,
  revokedBy: null,
  ...change,
})

/** The row as it is read. */
const read = (id: string, change: Partial<TokenRow> = {}): TokenRow => {
  const { digest: _, ...rest } = row(id, change)
  return rest
}

t.test('a token is read as it was written, by its id and by its digest', async (t) => {
  const { tokens } = storeOf(t)
  const bare = row('bare')
  const ended = { revokedAt: 1500, issuedBy: 'w-1', revokedBy: 'w-2' }
  const full = row('full', { tenant: 'acme', expiresAt: 2000, ...ended, family: 'f', facts: '{"a":[1]}' })
  for (const token of [bare, full]) {
    tokens.insert('acme', token)
    const { digest, ...shown } = token
    t.strictSame(tokens.byId('acme', token.id), shown)
    t.strictSame(tokens.byDigest('acme', digest), shown)
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
  t.strictSame(tokens.byId('acme', 'a'), read('a', { expiresAt: 3000 }))
  t.equal(tokens.byId('acme', 'b')?.expiresAt, 2000)
  t.equal(tokens.byId('other', 'a')?.expiresAt, 2000)
})

t.test('an amendment changes the facts of one token and nothing else', async (t) => {
  const { tokens } = storeOf(t)
  for (const id of ['a', 'b']) tokens.insert('acme', row(id))
  tokens.insert('other', row('a'))
  tokens.amend('acme', 'a', '{"a":1}')
  t.strictSame(tokens.byId('acme', 'a'), read('a', { facts: '{"a":1}' }))
  t.strictSame(tokens.byId('acme', 'b'), read('b'))
  t.strictSame(tokens.byId('other', 'a'), read('a'))
})

t.test('a revocation keeps its first instant and request, of a token and of a family', async (t) => {
  const { tokens } = storeOf(t)
  for (const id of ['a', 'b']) tokens.insert('acme', row(id, { family: 'f' }))
  tokens.insert('acme', row('c', { family: 'g' }))
  tokens.insert('other', row('a', { family: 'f' }))
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
  const { tokens } = storeOf(t)
  const { digest } = row('a')
  tokens.insert('other', row('b', { digest }))
  tokens.insert('acme', row('a'))
  tokens.insert('acme', row('c'))
  t.strictSame(tokens.holders(digest), [
    { vendor: 'other', id: 'b' },
    { vendor: 'acme', id: 'a' },
  ])
  t.strictSame(tokens.holders(Buffer.from('nobody’s')), [])
})

t.test('another digest finds the token of one vendor, and the old one finds nothing', async (t) => {
  const { tokens } = storeOf(t)
  for (const vendor of ['acme', 'other']) tokens.insert(vendor, row('a'))
  const digest = Buffer.from('new')
  tokens.replaceDigest('acme', 'a', digest)
  t.strictSame(tokens.byDigest('acme', digest), read('a'))
  t.equal(tokens.byDigest('acme', row('a').digest), undefined)
  t.strictSame(tokens.byDigest('other', row('a').digest), read('a'))
})

t.test('tokens of all vendors are listed in their order, by what is asked for', async (t) => {
  const { tokens } = storeOf(t)
  tokens.insert('acme', row('live', { expiresAt: 2001 }))
  tokens.insert('other', row('endless', { kind: 'key', account: '2' }))
  tokens.insert('acme', row('expired', { expiresAt: 2000 }))
  tokens.insert('acme', row('revoked', { expiresAt: 1000, revokedAt: 500, account: '2' }))
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
    { vendor: 'other', number: 2, ...read('endless', { kind: 'key', account: '2' }) },
  ])
})

t.test('tokens that end later are found, of all vendors, the soonest first', async (t) => {
  const { tokens } = storeOf(t)
  tokens.insert('acme', row('late', { expiresAt: 3000 }))
  tokens.insert('other', row('soon', { expiresAt: 2001 }))
  tokens.insert('acme', row('over', { expiresAt: 2000 }))
  tokens.insert('acme', row('revoked', { expiresAt: 4000, revokedAt: 1 }))
  tokens.insert('acme', row('endless'))
  t.strictSame(
    tokens.ending(2000, 9).map(({ id, vendor, expiresAt }) => [id, vendor, expiresAt]),
    [
      ['soon', 'other', 2001],
      ['late', 'acme', 3000],
    ],
  )
  t.strictSame(tokens.ending(2000, 1).length, 1)
})
