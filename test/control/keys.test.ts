import { createHash, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { type Emulator, emulate } from '../support/emulate.js'
import { publicPem, segments, signedBy, signedWith } from '../support/jwt.js'

const pem = (name: string) => publicPem(readFileSync(`fixtures/keys/${name}.pem`, 'utf8'))

interface Key {
  readonly vendor: string
  readonly algorithm: string
  readonly current: boolean
  readonly published: boolean
  readonly retiresAt: string | null
  readonly publicKey: string
  readonly kid: string
  readonly secret: string
}

/** RFC 7638. */
const thumbprint = (n: string | undefined, e: string | undefined): string =>
  createHash('sha256').update(`{"e":"${e}","kty":"RSA","n":"${n}"}`).digest('base64url')

/** The key of its section 3.1. */
const published = {
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  kid: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
}

const keysOf = async ({ get }: Emulator, vendor: string): Promise<Key[]> =>
  (await get('/_understudy/keys')).json.items.filter((key: Key) => key.vendor === vendor)

const rotate = ({ post }: Emulator, body: object) => post('/_understudy/keys/rotate', { body })

const orders: Readonly<Record<string, readonly [object, string]>> = {
  thiio: [{ vendor: 'thiio', account: 'admin@thiio.com' }, '/thiio/api/check'],
  babelfor: [{ vendor: 'babelfor', account: 'admin' }, '/babelfor/v1/auth/user'],
  faveo: [{ vendor: 'faveo', account: 'demoadmin', lifetime: '1d' }, '/faveo/api/v1/authenticate/user'],
}

const badSignature: Readonly<Record<string, string>> = {
  thiio: '{"message":"Unauthenticated."}',
  babelfor: '',
  faveo: '{"success":false,"message":"Token Signature could not be verified."}',
}

t.test('the RSA keys are shown as PEM and as a JWK Set, named by their thumbprints', async (t) => {
  const { get } = await emulate(t)
  const { items, keys } = (await get('/_understudy/keys')).json
  const [thiio] = items.filter((key: Key) => key.vendor === 'thiio')
  const { n, e } = createPublicKey(pem('current')).export({ format: 'jwk' })
  t.equal(thumbprint(published.n, 'AQAB'), published.kid)
  const kid = thumbprint(n, e)
  t.strictSame(thiio, {
    vendor: 'thiio',
    algorithm: 'RS256',
    current: true,
    published: true,
    retiresAt: null,
    publicKey: pem('current'),
    kid,
  })
  t.strictSame(keys, [{ kty: 'RSA', kid, use: 'sig', alg: 'RS256', n, e }])
})

t.test('the shared secrets are shown, and marked as known to everyone', async (t) => {
  const emulator = await emulate(t)
  for (const vendor of ['babelfor', 'faveo']) {
    const [key, ...more] = await keysOf(emulator, vendor)
    t.match(key, { algorithm: 'HS256', current: true, published: true, secret: /^[A-Za-z0-9]{32}$/ }, vendor)
    t.equal(more.length, 0)
    const [order] = orders[vendor] ?? []
    const { token } = (await emulator.post('/_understudy/tokens', { body: Object(order) })).json
    t.ok(signedWith(token, key?.secret ?? ''))
  }
  t.strictSame(await keysOf(emulator, 'tavio'), [], 'a vendor of opaque tokens has none')
})

for (const [vendor, [order, path]] of Object.entries(orders)) {
  t.test(`${vendor}: after a rotation the old key is accepted for the grace period and not at its end`, async (t) => {
    const emulator = await emulate(t)
    const { get, post } = emulator
    const minted = async () => (await post('/_understudy/tokens', { body: order })).json
    const use = ({ present }: { present: Record<string, string> }) => get(path, { headers: present })
    const old = await minted()
    const [before] = await keysOf(emulator, vendor)
    const rotated = await rotate(emulator, { vendor, graceSeconds: 60 })
    t.equal(rotated.status, 200, rotated.text)
    const [now, then] = rotated.json.items
    t.match(now, { current: true, retiresAt: null })
    t.match(then, { ...before, current: false, retiresAt: '2026-01-01T00:01:00.000Z' })
    t.not(now.secret ?? now.publicKey, then.secret ?? then.publicKey)

    const young = await minted()
    const by = (token: string, key: Key) =>
      key.secret ? signedWith(token, key.secret) : signedBy(token, key.publicKey)
    t.strictSame([by(young.token, now), by(young.token, then)], [true, false], 'the new key signs at once')
    t.strictSame([(await use(old)).status, (await use(young)).status], [200, 200])
    await post('/_understudy/clock/advance', { body: { by: 59_999 } })
    t.equal((await use(old)).status, 200, 'to the last millisecond')
    await post('/_understudy/clock/advance', { body: { by: 1 } })
    const refused = await use(old)
    t.strictSame([refused.status, refused.text], [401, badSignature[vendor]])
    t.equal((await use(young)).status, 200)
    t.equal((await keysOf(emulator, vendor)).length, 1, 'what is accepted no more is shown no more')
  })

  t.test(`${vendor}: without grace the old key is refused at once`, async (t) => {
    const emulator = await emulate(t)
    const old = (await emulator.post('/_understudy/tokens', { body: order })).json
    await rotate(emulator, { vendor })
    const refused = await emulator.get(path, { headers: old.present })
    t.strictSame([refused.status, refused.text], [401, badSignature[vendor]])
  })

  t.test(`${vendor}: a rotation is its world’s own, and a copy or a reset takes it along or away`, async (t) => {
    const { post, get } = await emulate(t)
    const keyIn = async (world: string) => {
      const { items } = (await get(`${world}/_understudy/keys`)).json
      const [{ secret, publicKey }] = items.filter((key: Key) => key.vendor === vendor)
      return secret ?? publicKey
    }
    const first = await keyIn('/@one')
    await post('/@one/_understudy/keys/rotate', { body: { vendor, graceSeconds: 5 } })
    const second = await keyIn('/@one')
    t.not(second, first)
    await post('/_understudy/worlds', { body: { name: 'copy', from: { world: 'one' } } })
    t.equal(await keyIn('/@copy'), second)
    t.not(await keyIn('/@other'), second)
    await post('/@one/_understudy/reset')
    t.equal(await keyIn('/@one'), first)
  })
}

t.test('the shipped key is followed by the next shipped one, and that by a new one of 4096 bits', async (t) => {
  const emulator = await emulate(t)
  const current = async () => (await rotate(emulator, { vendor: 'thiio' })).json.items[0]
  t.match(await current(), { publicKey: pem('next'), published: true })
  const drawn = await current()
  t.match(drawn, { published: false, current: true })
  t.equal(createPublicKey(drawn.publicKey).asymmetricKeyDetails?.modulusLength, 4096)
  const { token } = (await emulator.post('/_understudy/tokens', { body: Object(orders.thiio?.[0]) })).json
  t.ok(signedBy(token, drawn.publicKey))
  t.equal(segments(token).signature.length, 512)
})

t.test('a key of one’s own is followed by a new one', async (t) => {
  const fixture = JSON.parse(readFileSync('fixtures/thiio.json', 'utf8'))
  const own = readFileSync('fixtures/keys/foreign.pem', 'utf8').replace('PUBLISHED ', '')
  const folder = t.testdir({ 'own.pem': own, 'thiio.json': JSON.stringify({ ...fixture, signingKey: 'own.pem' }) })
  const emulator = await emulate(t, { fixtures: folder })
  t.match(await keysOf(emulator, 'thiio'), [{ publicKey: pem('foreign'), published: false }])
  const [drawn] = (await rotate(emulator, { vendor: 'thiio' })).json.items
  for (const name of ['current', 'next', 'foreign']) t.not(drawn.publicKey, pem(name))
})

t.test('secrets that follow are drawn from the seed', async (t) => {
  const second = async (seed: number) => {
    const emulator = await emulate(t, { seed })
    return (await rotate(emulator, { vendor: 'faveo' })).json.items[0].secret
  }
  t.match(await second(7), /^[A-Za-z0-9]{32}$/)
  t.equal(await second(7), await second(7))
  t.not(await second(7), await second(8))
})

t.test('keys that retire one after the other each keep their own end', async (t) => {
  const emulator = await emulate(t)
  await rotate(emulator, { vendor: 'faveo', graceSeconds: 100 })
  await rotate(emulator, { vendor: 'faveo', graceSeconds: 10 })
  t.strictSame(
    (await keysOf(emulator, 'faveo')).map(({ retiresAt }) => retiresAt),
    [null, '2026-01-01T00:00:10.000Z', '2026-01-01T00:01:40.000Z'],
  )
})

t.test('a rotation that cannot be is refused with its pointer', async (t) => {
  const emulator = await emulate(t)
  for (const [body, status, code, pointer] of [
    [{ vendor: 'tavio' }, 422, 'no-key', '/vendor'],
    [{ vendor: 'portsip' }, 422, 'no-key', '/vendor'],
    [{ vendor: 'nobody' }, 404, 'unknown-vendor', '/vendor'],
    [{}, 422, 'invalid-input', '/vendor'],
    [{ vendor: 'faveo', graceSeconds: -1 }, 422, 'invalid-input', '/graceSeconds'],
    [{ vendor: 'faveo', graceSeconds: 1.5 }, 422, 'invalid-input', '/graceSeconds'],
  ] as const) {
    const { status: actual, json } = await rotate(emulator, body)
    t.equal(actual, status, JSON.stringify(body))
    t.match(json.error, { code, details: { pointer } })
  }
})
