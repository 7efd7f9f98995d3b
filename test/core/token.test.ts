import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import type { NewToken } from '../../src/core/token.js'
import { bench, refusalOf, start, storeOf } from '../support/realm.js'

fc.configureGlobal({ seed: 1 })

interface Types {
  profile: unknown
  token: { environment: string }
  facts: unknown
  settings: unknown
}

const hour = 3_600_000
const access = (change: Partial<NewToken<Types['token']>> = {}): NewToken<Types['token']> => ({
  kind: 'access',
  account: '1',
  expiresAt: start + hour,
  facts: { environment: 'prod' },
  ...change,
})

t.test('a token is found by its text and by its id', async (t) => {
  const { tokens } = bench<Types>(t).realm
  const issued = tokens.issue('text', access())
  const expected = {
    // sha256sum of `text`: 982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1
    id: '982d9e3eb996f559e633f4d1',
    kind: 'access',
    account: '1',
    tenant: null,
    issuedAt: start,
    expiresAt: start + hour,
    revokedAt: null,
    family: null,
    facts: { environment: 'prod' },
    signedBy: null,
    forged: null,
    issuedBy: null,
    revokedBy: null,
  }
  t.strictSame(issued, expected)
  t.strictSame(tokens.findByText('text'), expected)
  t.strictSame(tokens.find('982d9e3eb996f559e633f4d1'), expected)
  t.equal(tokens.findByText('Text'), undefined)
  t.equal(tokens.find('nothing'), undefined)
})

t.test('a token keeps the id, tenant, family and times that it came with', async (t) => {
  const { tokens } = bench<Types>(t).realm
  const times = { issuedAt: 5, expiresAt: null, revokedAt: 7 }
  const given = { id: 'jti', tenant: 'acme', family: 'f', ...times, forged: '{}' }
  tokens.issue('text', access(given), 3)
  const nobody = { issuedBy: null, revokedBy: null }
  t.strictSame(tokens.find('jti'), {
    kind: 'access',
    account: '1',
    facts: { environment: 'prod' },
    ...nobody,
    ...given,
    signedBy: 3,
  })
})

t.test('a token that is renamed is found by its new text alone, and is otherwise as it was', async (t) => {
  const { tokens } = bench<Types>(t).realm
  const issued = tokens.issue('text', access())
  const other = tokens.issue('other', access())
  tokens.rename(issued, 'renamed')
  t.equal(tokens.findByText('text'), undefined)
  t.strictSame(tokens.findByText('renamed'), issued)
  t.strictSame(tokens.findByText('other'), other)
})

t.test('a store knows the digest of a token, never its text', async (t) => {
  const { realm, store } = bench<Types>(t)
  fc.assert(
    fc.property(fc.uuid(), (text) => {
      const { id } = realm.tokens.issue(text, access())
      const digest = createHash('sha256').update(text, 'utf8').digest()
      return store.tokens.byDigest('acme', digest)?.id === id && id === digest.toString('hex').slice(0, 24)
    }),
  )
  const secret = 'a text that occurs nowhere else'
  realm.tokens.issue(secret, access())
  const bytes = store.serialize()
  t.notOk(bytes.includes(secret))
  t.ok(bytes.includes(createHash('sha256').update(secret).digest()))
})

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\0', '\0\0', 'a\0b'))

t.test('any text finds its own token and no other', async (t) => {
  const { tokens } = bench<Types>(t).realm
  fc.assert(
    fc.property(fc.uniqueArray(text, { minLength: 2, maxLength: 5 }), (texts) => {
      const fresh = texts.filter((text) => !tokens.findByText(text))
      const ids = fresh.map((text) => tokens.issue(text, access()).id)
      return (
        new Set(ids).size === ids.length && fresh.every((text, index) => tokens.findByText(text)?.id === ids[index])
      )
    }),
  )
})

t.test('one text is one token', async (t) => {
  const { realm, store } = bench<Types>(t)
  realm.tokens.issue('text', access())
  t.throws(() => realm.tokens.issue('text', access({ id: 'other' })), { code: 'SQLITE_CONSTRAINT_UNIQUE' })
  t.throws(() => realm.tokens.issue('other', access({ id: '982d9e3eb996f559e633f4d1' })), {
    code: 'SQLITE_CONSTRAINT_UNIQUE',
  })
  const other = bench<Types>(t, { store, vendor: 'other' }).realm.tokens
  t.equal(other.findByText('text'), undefined, 'and another vendor’s is none of this one’s')
  t.ok(other.issue('text', access()))
})

t.test('tokens of a kind are listed in the order of their issue, of all accounts or of one', async (t) => {
  const { tokens } = bench<Types>(t).realm
  for (const [text, kind, account] of [
    ['c', 'access', '1'],
    ['a', 'access', '2'],
    ['d', 'refresh', '1'],
    ['b', 'access', '1'],
  ] as const) {
    tokens.issue(text, access({ id: text, kind, account }))
  }
  const ids = (kind: string, account?: string) => tokens.ofKind(kind, account).map(({ id }) => id)
  t.strictSame(ids('access'), ['c', 'a', 'b'])
  t.strictSame(ids('access', '1'), ['c', 'b'])
  t.strictSame(ids('refresh', '2'), [])
  t.strictSame(ids('other'), [])
})

t.test('a token is accepted from its issue to the millisecond before its expiry and refused at it', async (t) => {
  const { realm, machine } = bench<Types>(t)
  const { id } = realm.tokens.issue('text', access())
  for (const after of [0, 1, hour - 1]) {
    machine.ms = start + after
    t.equal(realm.tokens.present('text', ['access']).id, id, `after ${after} ms`)
  }
  for (const after of [hour, hour + 1]) {
    machine.ms = start + after
    t.strictSame(
      refusalOf(() => realm.tokens.present('text', ['access'])),
      { code: 'token-expired', facts: { at: start + hour, kind: 'access' } },
      `after ${after} ms`,
    )
  }
})

t.test('a token without an expiry never ends by itself', async (t) => {
  const { realm, machine } = bench<Types>(t)
  realm.tokens.issue('text', access({ expiresAt: null }))
  machine.ms = start + 1000 * 365 * 24 * hour
  t.ok(realm.tokens.present('text', ['access']))
})

t.test('what is presented is refused for the first that is wrong with it', async (t) => {
  const { realm, machine } = bench<Types>(t)
  const { tokens } = realm
  const token = tokens.issue('text', access())
  const presented = (text: string, kinds: readonly string[]) => refusalOf(() => tokens.present(text, kinds))
  t.strictSame(presented('other', []), { code: 'token-unknown', facts: {} })
  t.equal(presented('text', ['refresh', 'access']), null)
  tokens.revoke(token)
  machine.ms = start + hour
  t.strictSame(presented('text', ['refresh', 'session']), {
    code: 'token-wrong-kind',
    facts: { kind: 'access', expected: 'refresh or session' },
  })
  t.strictSame(
    presented('text', ['access']),
    { code: 'token-revoked', facts: { at: start, kind: 'access' } },
    'revoked before expired',
  )
})

t.test('an extended token lives to its new expiry', async (t) => {
  const { realm, machine } = bench<Types>(t)
  const token = realm.tokens.issue('text', access())
  realm.tokens.issue('other', access())
  realm.tokens.extend(token, start + 2 * hour)
  machine.ms = start + 2 * hour - 1
  t.equal(realm.tokens.present('text', ['access']).expiresAt, start + 2 * hour)
  t.equal(refusalOf(() => realm.tokens.present('other', ['access']))?.code, 'token-expired', 'and no other does')
  machine.ms = start + 2 * hour
  t.equal(refusalOf(() => realm.tokens.present('text', ['access']))?.code, 'token-expired')
})

t.test('amending a token replaces the facts of it, and nothing else', async (t) => {
  const { tokens } = bench<Types>(t).realm
  const token = tokens.issue('text', access())
  const other = tokens.issue('other', access())
  tokens.amend(token, { environment: 'test' })
  t.strictSame(tokens.find(token.id), { ...token, facts: { environment: 'test' } })
  t.strictSame(tokens.find(other.id), other)
})

t.test('a revoked token has ended at that instant, and revoking it again changes nothing', async (t) => {
  const { realm, machine } = bench<Types>(t)
  const token = realm.tokens.issue('text', access())
  const other = realm.tokens.issue('other', access())
  machine.ms = start + 5000
  realm.tokens.revoke(token)
  machine.ms = start + 9000
  realm.tokens.revoke(token)
  t.equal(realm.tokens.find(token.id)?.revokedAt, start + 5000)
  t.equal(realm.tokens.find(other.id)?.revokedAt, null, 'a token without a family ends alone')
})

t.test('a token knows the requests that issued and revoked it, and none where none did', async (t) => {
  const { realm } = bench<Types>(t)
  const within = (request: string) => realm.at({ now: start, request }).tokens
  const made = within('w-1').issue('a', access({ id: 'a', family: 'f' }))
  realm.tokens.issue('b', access({ id: 'b', family: 'f' }))
  const alone = realm.tokens.issue('c', access({ id: 'c' }))
  within('w-2').revoke(made)
  within('w-3').revoke(made)
  within('w-4').revoke(alone)
  t.equal(made.issuedBy, 'w-1')
  t.strictSame(
    ['a', 'b', 'c'].map((id) => [realm.tokens.find(id)?.issuedBy, realm.tokens.find(id)?.revokedBy]),
    [
      ['w-1', 'w-2'],
      [null, 'w-2'],
      [null, 'w-4'],
    ],
  )
  const minted = realm.tokens.issue('d', access({ id: 'd' }))
  realm.tokens.revoke(minted)
  within('w-5').revoke(minted)
  t.match(realm.tokens.find('d'), { issuedBy: null, revokedBy: null })
})

t.test('a text speaks for its account until the request is over that presented it', async (t) => {
  const { realm } = bench<Types>(t)
  const token = realm.tokens.issue('text', access())
  const { tokens } = realm.at({ now: start, request: 'w-1' })
  t.equal(tokens.findAccountOf('text'), token.account)
  tokens.rename(token, 'another text')
  t.equal(tokens.findByText('text'), undefined)
  t.equal(tokens.findAccountOf('text'), token.account, 'for that is who asked')
  t.equal(tokens.findAccountOf('another text'), token.account)
  t.equal(tokens.findAccountOf('nobody’s'), undefined)
  t.equal(realm.tokens.findAccountOf('text'), undefined)
  t.equal(realm.tokens.findAccountOf('another text'), token.account)
  realm.tokens.rename(token, 'text')
  t.equal(realm.tokens.findAccountOf('another text'), undefined)
})

t.test('revoking one of a family ends all of it and leaves earlier ends as they were', async (t) => {
  const { realm, store, machine } = bench<Types>(t)
  const { tokens } = realm
  const other = bench<Types>(t, { store, vendor: 'other' }).realm.tokens
  const first = tokens.issue('a', access({ id: 'a', family: 'f' }))
  tokens.issue('b', access({ id: 'b', family: 'f', kind: 'refresh' }))
  tokens.issue('c', access({ id: 'c', family: 'f', revokedAt: start - 1000 }))
  tokens.issue('d', access({ id: 'd', family: 'g' }))
  tokens.issue('e', access({ id: 'e' }))
  other.issue('a', access({ id: 'a', family: 'f' }))
  machine.ms = start + 5000
  tokens.revoke(first)
  t.strictSame(
    ['a', 'b', 'c', 'd', 'e'].map((id) => tokens.find(id)?.revokedAt),
    [start + 5000, start + 5000, start - 1000, null, null],
  )
  t.equal(other.find('a')?.revokedAt, null, 'nor does another vendor’s of that name')
})

t.test('a snapshot remembers tokens and their ends', async (t) => {
  const { realm, store, machine } = bench<Types>(t)
  realm.tokens.issue('live', access())
  machine.ms = start + 1
  realm.tokens.revoke(realm.tokens.issue('revoked', access()))
  const reopened = bench<Types>(t, { store: storeOf(t, store.serialize()) }).realm.tokens
  t.strictSame(reopened.findByText('live'), realm.tokens.findByText('live'))
  t.strictSame(
    refusalOf(() => reopened.present('revoked', ['access'])),
    { code: 'token-revoked', facts: { at: start + 1, kind: 'access' } },
  )
})
