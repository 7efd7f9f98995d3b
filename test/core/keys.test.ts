import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { whyNotRsa } from '../../src/core/keys.js'
import { bench, storeOf } from '../support/realm.js'

const pem = (name: string) => readFileSync(`fixtures/keys/${name}.pem`, 'utf8')
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 })

t.test('a realm signs with the pair that was installed last', async (t) => {
  const { keys } = bench(t).realm
  keys.install(pem('current'), true)
  const { privateKey, publicKey } = keys.pair()
  const text = Buffer.from('text')
  t.ok(verify('sha256', text, publicKey, sign('sha256', text, pem('current'))), 'the public half is the key’s own')
  t.ok(verify('sha256', text, pem('current'), sign('sha256', text, privateKey)), 'and so is the private one')
  t.equal(keys.pair().privateKey, privateKey, 'it is read from its text once')

  keys.install(pem('next'), true)
  t.notOk(verify('sha256', text, pem('current'), sign('sha256', text, keys.pair().privateKey)))
  t.ok(verify('sha256', text, pem('next'), sign('sha256', text, keys.pair().privateKey)))
})

t.test('a realm without a key says that its fixture must name one', async (t) => {
  t.throws(() => bench(t).realm.keys.pair(), {
    message: 'the realm acme has no key: its fixture must name a signingKey',
  })
})

t.test('only an RSA private key in PEM can be a realm’s signing key', async (t) => {
  const unusable = 'an RSA private key in PEM'
  const rows = [
    ['the shipped one', pem('current'), null],
    ['one in PKCS #1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(), null],
    ['one in PKCS #8', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), null],
    ['nothing', '', unusable],
    ['a secret', 'secret', unusable],
    ['a public key', rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(), unusable],
    [
      'an encrypted key',
      rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString(),
      unusable,
    ],
    [
      'an elliptic curve',
      ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'an RSA private key, not ec',
    ],
  ] as const
  for (const [name, text, expected] of rows) t.equal(whyNotRsa(text), expected, name)
})

t.test('a realm that was given no secret draws one of 32 alphanumerics and keeps it', async (t) => {
  const { realm, store } = bench(t)
  const secret = realm.keys.secret().secret.export().toString()
  t.match(secret, /^[A-Za-z0-9]{32}$/)
  t.equal(realm.keys.secret().secret.export().toString(), secret)
  const reopened = bench(t, { store: storeOf(t, store.serialize()) }).realm
  t.equal(reopened.keys.secret().secret.export().toString(), secret, 'in its snapshot too')
  t.equal(bench(t).realm.keys.secret().secret.export().toString(), secret, 'the same seed draws the same')
  t.not(bench(t, { seed: 2 }).realm.keys.secret().secret.export().toString(), secret)
  t.not(bench(t, { store, vendor: 'other' }).realm.keys.secret().secret.export().toString(), secret)
})

t.test('a secret that is installed takes the place of the one before', async (t) => {
  const { keys } = bench(t).realm
  keys.secret()
  for (const text of ['first', 'zweiter Schlüssel']) {
    keys.install(text, false)
    t.equal(keys.secret().secret.export().toString(), text)
  }
})

t.test('a secret of a transaction that was rolled back is forgotten', async (t) => {
  const { realm } = bench(t)
  realm.keys.install('kept', false)
  t.throws(
    () =>
      realm.transaction(() => {
        realm.keys.install('lost', false)
        t.equal(realm.keys.secret().secret.export().toString(), 'lost')
        throw new Error('no')
      }),
    { message: 'no' },
  )
  t.equal(realm.keys.secret().secret.export().toString(), 'kept')
})

const texts = (keys: readonly { export(): Buffer }[]) => keys.map((key) => key.export().toString())

t.test('a rotated secret is accepted until its grace is over, to the millisecond', async (t) => {
  const { realm, clock } = bench(t)
  const { keys } = realm
  clock.freeze()
  const first = keys.secret()
  await keys.rotate('HS256', 1000)
  const second = keys.secret()
  t.not(second.secret.export().toString(), first.secret.export().toString())
  t.strictSame(texts(keys.secrets()), texts([second.secret, first.secret]))
  clock.advance(999)
  t.equal(keys.secrets().length, 2)
  clock.advance(1)
  t.strictSame(texts(keys.secrets()), texts([second.secret]))
  t.strictSame(texts([keys.secret(first.number).secret]), texts([first.secret]), 'by its number it is still found')
  t.equal(keys.secret(99).number, second.number, 'a number that is no key’s is the one that signs')
})

t.test('a realm that rotates before it has drawn a secret has had one all the same', async (t) => {
  const { keys } = bench(t).realm
  await keys.rotate('HS256', 1000)
  t.equal(keys.secrets().length, 2)
})

t.test(
  'the kept key follows, once, and then one that is drawn; each signs and the one before is accepted',
  async (t) => {
    const { realm, clock } = bench(t)
    const { keys } = realm
    clock.freeze()
    keys.install(pem('current'), false)
    keys.keep('next', pem('next'))
    keys.keep('foreign', pem('foreign'))
    const text = Buffer.from('text')
    const first = keys.pair()
    await keys.rotate('RS256', 5)
    t.ok(verify('sha256', text, pem('next'), sign('sha256', text, keys.pair().privateKey)))
    t.strictSame(
      keys.accepted('RS256').map(({ published }) => published),
      [true, false],
    )
    await keys.rotate('RS256', 5)
    t.equal(keys.pair().publicKey.asymmetricKeyDetails?.modulusLength, 4096)
    t.equal(keys.accepted('RS256')[0].published, false)
    t.equal(keys.publicKeys().length, 3)
    t.equal(keys.publicKeys()[2], first.publicKey)
    t.equal(keys.pair(first.number).privateKey, first.privateKey)
    t.ok(verify('sha256', text, pem('foreign'), sign('sha256', text, keys.foreignPair().privateKey)))
  },
)

t.test('a realm that was given no foreign key says so', async (t) => {
  t.throws(() => bench(t).realm.keys.foreignPair(), { message: 'the realm acme was given no foreign key' })
})
