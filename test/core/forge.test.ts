import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { issueHs256, issueRs256, type JwtDraft } from '../../src/core/draft.js'
import { type Forgery, mint, reforge } from '../../src/core/forge.js'
import { type Defect, jwtDefects, type TokenMaking, type Wanted } from '../../src/core/making.js'
import type { RealmTypes } from '../../src/core/realm.js'
import { publicPem, segments, signedBy, signedWith } from '../support/jwt.js'
import { bench, start } from '../support/realm.js'

interface Types extends RealmTypes {
  profile: { name: string }
  token: null
}

type Kind = 'HS256' | 'RS256'
type Ordered = Wanted<Types['profile']>

const pem = (name: string) => readFileSync(`fixtures/keys/${name}.pem`, 'utf8')

const draftJwt = ({ kind, account, issuedAt, expiresAt, id: jti = 'drawn' }: Ordered): JwtDraft<null> => ({
  jwt: {
    algorithm: kind === 'RS256' ? 'RS256' : 'HS256',
    claims: { sub: account.id, jti, iss: 'a/b', exp: expiresAt },
    ...(kind === 'RS256' && {
      written: { header: { typ: 'JWT', alg: 'RS256' }, json: (part) => ` ${JSON.stringify(part)}` },
    }),
  },
  row: { id: jti, kind, account: account.id, issuedAt, expiresAt, facts: null },
})

const making: TokenMaking<Types> = {
  kinds: [
    { name: 'HS256', defects: jwtDefects },
    { name: 'RS256', defects: jwtDefects, identifiedBy: 'jti' },
    { name: 'opaque', defects: [] },
  ],
  tenants: () => ['one'],
  scopes: () => [{ tenant: 'one', environments: [] }],
  expiry: (_kind, issuedAt) => issuedAt + 1000,
  draft: (wanted, { chance }) => {
    if (wanted.kind !== 'opaque') return draftJwt(wanted)
    const { kind, account, issuedAt, expiresAt } = wanted
    const row = { kind, account: account.id, issuedAt, expiresAt, facts: null, family: 'f' }
    return { text: chance.hex('text', 8), row, companions: [{ text: 'companion', row }] }
  },
  present: (text) => ({ authorization: text }),
}

function furnished(t: Test, kind: string, id = '7') {
  const { realm, clock } = bench<Types>(t)
  clock.freeze()
  realm.keys.install(kind === 'RS256' ? pem('current') : 'secret', true)
  if (kind === 'RS256') realm.keys.keep('foreign', pem('foreign'))
  const account = realm.accounts.create({ id, state: 'active', passwordHash: '', logins: [], profile: { name: 'x' } })
  const times = { issuedAt: start, expiresAt: start + 5000 }
  const wanted: Ordered = { kind, account, tenant: 'one', environment: null, issuer: '', ...times }
  return { realm, clock, wanted, forge: (forgery: Forgery = {}) => mint(realm, making, wanted, forgery) }
}

const isSigned = (kind: Kind, token: string): boolean =>
  kind === 'RS256' ? signedBy(token, publicPem(pem('current'))) : signedWith(token, 'secret')

for (const kind of ['HS256', 'RS256'] as const) {
  t.test(`${kind}: what is minted is what a login would issue, written as the vendor writes`, async (t) => {
    const { realm, wanted, forge } = furnished(t, kind)
    const draft = draftJwt(wanted)
    const issued = kind === 'RS256' ? await issueRs256(realm, draft) : issueHs256(realm, draft)
    const { signedBy, forged } = realm.tokens.findByText(issued) ?? {}
    t.strictSame([signedBy, forged], [realm.keys.accepted(kind)[0].number, null])
    const minted = await forge()
    t.equal(minted.text, issued)
    t.strictSame(minted.token, realm.tokens.findByText(issued), 'and is the same token')
    t.ok(isSigned(kind, issued))
    t.equal(segments(issued).header, kind === 'RS256' ? ' {"typ":"JWT","alg":"RS256"}' : '{"alg":"HS256","typ":"JWT"}')
  })

  t.test(`${kind}: a defect lies in the signature or in a claim, and is remembered`, async (t) => {
    const rows: [Defect, boolean, object][] = [
      ['wrong-key', false, {}],
      ['bad-signature', false, {}],
      ['missing-claim', true, kind === 'RS256' ? { jti: undefined } : { sub: undefined }],
      ['wrong-audience', true, { aud: 'a0' }],
      ['not-yet-valid', true, { nbf: start / 1000 + 3600 }],
      ['unknown-account', true, { sub: '2147483647' }],
      ['expired', true, { exp: start - 1000 }],
      ['revoked', true, {}],
    ]
    for (const [defect, signed, change] of rows) {
      const { forge, wanted } = furnished(t, kind)
      const { text, token, claims } = await forge({ defect, claims: { aud: 'a' } })
      t.equal(isSigned(kind, text), signed, defect)
      const { jwt } = draftJwt(wanted)
      const expected = JSON.parse(JSON.stringify({ ...jwt.claims, aud: 'a', ...change }))
      t.strictSame({ ...segments(text).claims }, expected, defect)
      t.strictSame({ ...claims }, expected, defect)
      t.equal(JSON.parse(token?.forged ?? '{}').defect, defect)
      t.equal(token?.revokedAt ?? null, defect === 'revoked' ? start : null)
    }
  })

  t.test(`${kind}: made again from what is remembered of it, a token is the same, whatever its defect`, async (t) => {
    for (const defect of [
      undefined,
      'bad-signature',
      'alg-none',
      'missing-claim',
      'not-yet-valid',
      'revoked',
    ] as const) {
      const { realm, forge } = furnished(t, kind)
      const { text, token } = await forge({ ...(defect && { defect }), claims: { more: 1 } })
      if (!token) return t.fail('it is remembered')
      await realm.keys.rotate('HS256', 0)
      t.equal(await reforge(realm, making, token, ''), text, defect ?? 'none')
      t.strictSame(realm.tokens.findByText(text), token)
    }
  })
}

t.test('a bad signature is never the good one, whatever that begins with', async (t) => {
  const [good, bad] = [furnished(t, 'HS256'), furnished(t, 'HS256')]
  const letters = new Set<string | undefined>()
  for (let n = 0; !(letters.has('A') && letters.size > 1); n++) {
    const { text } = await good.forge({ claims: { n } })
    const spoilt = (await bad.forge({ claims: { n }, defect: 'bad-signature' })).text
    t.not(spoilt, text)
    t.equal(spoilt.length, text.length)
    letters.add(text.split('.')[2]?.[0])
  }
})

t.test('an opaque token is remembered with its companions and ends with them', async (t) => {
  const { realm, forge } = furnished(t, 'opaque')
  const { text, token, claims } = await forge({ defect: 'revoked' })
  t.match(text, /^[0-9a-f]{16}$/)
  t.strictSame([token?.revokedAt, claims, token?.signedBy], [start, null, null])
  t.equal(realm.tokens.findByText('companion')?.revokedAt, start)
})

t.test('an opaque token that is made again has another text', async (t) => {
  const { realm, forge } = furnished(t, 'opaque')
  const { text, token } = await forge()
  if (!token) return t.fail('it is remembered')
  const again = await reforge(realm, making, token, '')
  t.not(again, text)
  t.equal(realm.tokens.findByText(text), undefined)
  t.strictSame(realm.tokens.findByText(again), token)
})

t.test('a malformed token is a part of one that nobody remembers', async (t) => {
  for (const kind of ['HS256', 'opaque']) {
    const { realm, forge } = furnished(t, kind)
    const { text, token } = await forge({ defect: 'malformed' })
    t.equal(token, null)
    t.equal(realm.tokens.findByText(text), undefined)
    t.match(text, kind === 'opaque' ? /^[0-9a-f]{8}$/ : /^[\w-]+\.[\w-]+$/)
  }
})

t.test('a stranger’s id has the form of an id and is no account’s', async (t) => {
  const rows = [
    ['7', [], '2147483647'],
    ['7', ['2147483647'], '2147483646'],
    ['9f1c2b', [], '000000'],
    ['9f1c2b', ['000000', '000001'], '000002'],
    ['6f1e7f53-6a0c-4b7e-9d0f-2f4b7a1c9e01', [], '00000000-0000-0000-0000-000000000000'],
  ] as const
  for (const [id, taken, expected] of rows) {
    const { realm, forge } = furnished(t, 'opaque', id)
    for (const other of taken) {
      realm.accounts.create({ id: other, state: 'active', passwordHash: '', logins: [], profile: { name: '' } })
    }
    t.equal((await forge({ defect: 'unknown-account' })).token?.account, expected, id)
  }
})

t.test('what cannot be made says why', async (t) => {
  const { realm, forge } = furnished(t, 'HS256')
  await t.rejects(forge({ defect: 'other-tenant' }), {
    name: 'ImpossibleToken',
    message: 'this world has no other tenant',
  })
  await forge({ claims: { jti: 'taken' } })
  await t.rejects(forge({ claims: { jti: 'taken', more: 1 } }), { message: 'another token has the jti taken' })

  const token = realm.tokens.issue('text', { kind: 'opaque', account: '7', expiresAt: null, facts: null }, 1)
  await t.rejects(reforge(realm, making, token, ''), { message: 'a token of the kind opaque is not signed' })
  const empty = bench<Types>(t).realm
  await t.rejects(reforge(empty, making, token, ''), { message: 'this world has no account' })
})

t.test('a token of an account that is gone is made again for its id', async (t) => {
  const { realm, wanted } = furnished(t, 'HS256')
  const stranger = { ...wanted, account: { ...wanted.account, id: '8' } }
  const { text, token } = await mint(realm, making, stranger)
  if (!token) return t.fail('it is remembered')
  t.equal(await reforge(realm, making, token, ''), text)
  t.equal(segments(text).claims.sub, '8')
})
