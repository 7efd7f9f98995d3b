import t from 'tap'
import { findClaimant, findText } from '../../src/core/claimant.js'
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
    t.equal(findClaimant(realm, text), expected, text ?? 'none')
  }
})
