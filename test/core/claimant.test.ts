import t from 'tap'
import { bearerOf, findClaimant, findPresented, findText, spoken } from '../../src/core/claimant.js'
import { forge, unsigned } from '../support/jwt.js'
import { bench } from '../support/realm.js'

t.test('a text is found in a body under its own name only', async (t) => {
  t.equal(findText({ name: 'ann' }, 'name'), 'ann')
  for (const body of [{ name: 1 }, { nickname: 'ann' }, [], null, undefined, 'name', Object.create({ name: 'ann' })]) {
    t.equal(findText(body, 'name'), undefined, JSON.stringify(body))
  }
})

t.test('a token claims its account by its record, and otherwise by the sub of a JWT', async (t) => {
  const { realm } = bench(t)
  for (const id of ['1', '2']) {
    realm.accounts.create({ id, state: 'active', passwordHash: '', logins: [], profile: null })
  }
  const jwt = (claims: object | string) => forge({ alg: 'none' }, claims, unsigned)
  const recorded = jwt({ sub: '2' })
  realm.tokens.issue(recorded, { kind: 'access', account: '1', expiresAt: 0, facts: null })
  for (const [text, expected] of [
    [recorded, '1'],
    [jwt({ sub: '2', exp: 0 }), '2'],
    [jwt({ sub: 2 }), '2'],
    [jwt({ sub: '3' }), undefined],
    [jwt({ sub: true }), undefined],
    [jwt({ subject: '2' }), undefined],
    [jwt('null'), undefined],
    [jwt('"2"'), undefined],
    [jwt('{'), undefined],
    ['opaque', undefined],
    [undefined, undefined],
  ] as const) {
    t.equal(findClaimant(realm, bearerOf(text)), expected, text ?? 'none')
  }
})

t.test('a login claims its account, and of several tokens the first that names somebody does', async (t) => {
  const { realm } = bench(t)
  for (const account of ['1', '2'])
    realm.tokens.issue(`of ${account}`, { kind: 'key', account, expiresAt: 0, facts: null })
  t.equal(findClaimant(realm, { account: '3' }), '3')
  t.equal(findClaimant(realm, { account: undefined }), undefined)
  t.equal(findClaimant(realm, bearerOf('nobody’s', undefined, 'of 2', 'of 1')), '2')
})

t.test('what a JWT says is read without its signature, and nothing is read of another text', async (t) => {
  const jwt = forge({ alg: 'none' }, { sub: '1', a: [{}] }, unsigned)
  t.strictSame(spoken(jwt), { header: { alg: 'none' }, claims: { sub: '1', a: [{}] } })
  t.strictSame(spoken(`${jwt}cut`), { header: { alg: 'none' }, claims: { sub: '1', a: [{}] } }, 'altered')
  t.strictSame(spoken(jwt.split('.')[0] ?? ''), { header: { alg: 'none' }, claims: null }, 'cut')
  t.strictSame(spoken(forge({ alg: 'none' }, '[1]', unsigned)), { header: { alg: 'none' }, claims: null })
  for (const text of ['', 'opaque', '.', 'W10.e30.x', 'bnVsbA.e30.x']) {
    t.strictSame(spoken(text), { header: null, claims: null }, text)
  }
})

t.test('nothing is read of a JWT that lies deeper than it could be written again', async (t) => {
  const within = (count: number) => forge({ alg: 'none' }, `{"a":${'['.repeat(count)}1${']'.repeat(count)}}`, unsigned)
  t.not(spoken(within(511)).claims, null)
  t.equal(spoken(within(512)).claims, null)
  t.equal(spoken(within(100_000)).claims, null)
})

t.test('the token that is read first is presented, and known to whoever of the world has its text', async (t) => {
  const { realm, store } = bench(t)
  const other = bench(t, { store, vendor: 'other' }).realm
  const issue = (tokens: typeof realm.tokens, text: string, id: string) =>
    tokens.issue(text, { id, kind: 'key', account: '1', expiresAt: 0, facts: null })
  issue(other.tokens, 'both', 'theirs')
  issue(realm.tokens, 'both', 'ours')
  issue(other.tokens, 'foreign', 'foreign')
  const opaque = { header: null, claims: null }
  t.strictSame(findPresented(realm, bearerOf('both', 'foreign')), { ...opaque, holder: { vendor: 'acme', id: 'ours' } })
  t.strictSame(findPresented(realm, bearerOf('foreign')), { ...opaque, holder: { vendor: 'other', id: 'foreign' } })
  t.strictSame(findPresented(realm, bearerOf('Both')), { ...opaque, holder: null })
  t.equal(findPresented(realm, bearerOf(undefined)), undefined)
  t.equal(findPresented(realm, { account: '1' }), undefined)
})
