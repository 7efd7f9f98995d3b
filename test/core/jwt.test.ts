import { createHmac, createPublicKey, createSecretKey, generateKeyPairSync, verify } from 'node:crypto'
import fc from 'fast-check'
import jsonwebtoken from 'jsonwebtoken'
import t from 'tap'
import {
  assertClaims,
  assertIssuedInThePast,
  assertNotBefore,
  assertNotExpired,
  type Claims,
  signClaims,
  signHs256,
  signRs256,
  unsignedJwt,
  verifySignature,
} from '../../src/core/jwt.js'
import { refusalOf, start } from '../support/realm.js'

fc.configureGlobal({ seed: 1 })

const secret = createSecretKey('a secret of thirty-two characters', 'utf8')
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const hs256 = { keys: [secret], algorithm: 'HS256', now: start } as const
const rs256 = { keys: [publicKey], algorithm: 'RS256', now: start } as const
const base64url = (text: string) => Buffer.from(text).toString('base64url')
const halves = (token: string): [string, string] => {
  const dot = token.lastIndexOf('.')
  return [token.slice(0, dot), token.slice(dot + 1)]
}

t.test('an HS256 token is the published one, byte by byte', async (t) => {
  // The introductory example of jwt.io
  t.equal(
    signHs256(
      '{"alg":"HS256","typ":"JWT"}',
      '{"sub":"1234567890","name":"John Doe","iat":1516239022}',
      createSecretKey('your-256-bit-secret', 'utf8'),
    ),
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.' +
      'SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
  )
})

t.test('header and payload travel as they were written, order and escapes included', async (t) => {
  const header = '{"typ":"JWT","alg":"RS256"}'
  const payload = '{"iss":"http:\\/\\/localhost","name":"Zoë"}'
  for (const token of [signHs256(header, payload, secret), await signRs256(header, payload, privateKey)]) {
    const [first = '', second = ''] = token.split('.')
    t.equal(Buffer.from(first, 'base64url').toString(), header)
    t.equal(Buffer.from(second, 'base64url').toString(), payload)
    t.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/, 'base64url without padding')
  }
})

t.test('an RS256 signature is one of RSA with SHA-256 over both segments', async (t) => {
  const [signed, signature] = halves(await signRs256('{"typ":"JWT","alg":"RS256"}', '{"sub":"1"}', privateKey))
  t.ok(verify('sha256', Buffer.from(signed), publicKey, Buffer.from(signature, 'base64url')))
})

t.test('an RS256 signature is made off the event loop', async (t) => {
  let hasSigned = false
  const signing = signRs256('{"typ":"JWT","alg":"RS256"}', '{}', privateKey).then(() => {
    hasSigned = true
  })
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  t.notOk(hasSigned)
  await signing
})

t.test('an unsigned token is header and payload with nothing behind them', async (t) => {
  t.equal(unsignedJwt('{"alg":"none"}', '{"sub":"1"}'), `${base64url('{"alg":"none"}')}.${base64url('{"sub":"1"}')}.`)
})

t.test('any of several keys may have signed, and none but these', async (t) => {
  const keys = ['newest', 'older', 'oldest'].map((text) => createSecretKey(text, 'utf8'))
  const [newest = secret, older = secret, oldest = secret] = keys
  const several = { ...hs256, keys: [newest, older, oldest] } as const
  for (const key of keys) {
    t.strictSame(verifySignature(signHs256('{"alg":"HS256"}', '{"sub":"1"}', key), several), { sub: '1' })
  }
  const rows = [
    ['another key', signHs256('{"alg":"HS256"}', '{}', secret), { reason: 'signature' }],
    ['another algorithm', signHs256('{"alg":"HS512"}', '{}', older), { reason: 'algorithm' }],
    ['no signature', unsignedJwt('{"alg":"HS256"}', '{}'), { reason: 'unsigned' }],
  ] as const
  for (const [name, text, facts] of rows) {
    t.strictSame(
      refusalOf(() => verifySignature(text, several)),
      { code: 'token-bad-signature', facts },
      name,
    )
  }
  t.equal(refusalOf(() => verifySignature('a.b', several))?.code, 'token-malformed')
})

t.test('claims are signed in the order given, and nothing is added to them', async (t) => {
  const claims = { nbf: 1, sub: '1', exp: 2, role: ['a'] }
  const [signed, signature] = halves(signClaims(claims, secret))
  t.strictSame(
    signed.split('.').map((segment) => Buffer.from(segment, 'base64url').toString()),
    ['{"alg":"HS256","typ":"JWT"}', '{"nbf":1,"sub":"1","exp":2,"role":["a"]}'],
  )
  t.equal(signature, createHmac('sha256', secret).update(signed).digest('base64url'))
})

t.test('a correctly signed token gives back its claims, whatever times it names', async (t) => {
  const claims = { sub: '1', nbf: start / 1000 + 60, iat: start / 1000 + 60, exp: 1, roles: ['a', 'b'], nothing: null }
  const payload = JSON.stringify(claims)
  t.strictSame(verifySignature(signHs256('{"alg":"HS256","typ":"JWT"}', payload, secret), hs256), claims)
  t.strictSame(verifySignature(await signRs256('{"typ":"JWT","alg":"RS256"}', payload, privateKey), rs256), claims)
  t.strictSame(verifySignature(signHs256('{"alg":"HS256"}', payload, secret), hs256), claims, 'without a typ')
  t.strictSame(verifySignature(jsonwebtoken.sign({ sub: '1' }, secret, { noTimestamp: true }), hs256), { sub: '1' })
})

t.test('any claims survive signing and verifying', async () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (claims) => {
      const payload = JSON.stringify(claims)
      const read = verifySignature(signHs256('{"typ":"JWT","alg":"HS256"}', payload, secret), hs256)
      return JSON.stringify(read) === JSON.stringify(JSON.parse(payload))
    }),
  )
})

t.test('a signature that is not of this key over this text is refused', async (t) => {
  const token = signHs256('{"alg":"HS256","typ":"JWT"}', '{"sub":"1"}', secret)
  const [signed, signature] = halves(token)
  const [header] = signed.split('.')
  const foreign = signHs256('{"alg":"HS256","typ":"JWT"}', '{"sub":"1"}', createSecretKey('another', 'utf8'))
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rows = [
    ['another secret', foreign, hs256],
    ['another payload', `${header}.${base64url('{"sub":"2"}')}.${signature}`, hs256],
    ['another header', `${base64url('{"typ":"JWT","alg":"HS256"}')}.${base64url('{"sub":"1"}')}.${signature}`, hs256],
    ['a signature cut short', token.slice(0, -4), hs256],
    ['another RSA key', await signRs256('{"typ":"JWT","alg":"RS256"}', '{}', other.privateKey), rs256],
  ] as const
  for (const [name, text, verification] of rows) {
    t.strictSame(
      refusalOf(() => verifySignature(text, verification)),
      { code: 'token-bad-signature', facts: { reason: 'signature' } },
      name,
    )
  }
})

t.test('an algorithm other than the realm’s is refused, however well it signs', async (t) => {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' })
  const confused = `${base64url('{"typ":"JWT","alg":"HS256"}')}.${base64url('{"sub":"1"}')}`
  const rows = [
    ['HS256 for RS256', signHs256('{"alg":"HS256"}', '{}', secret), rs256],
    ['RS256 for HS256', await signRs256('{"alg":"RS256"}', '{}', privateKey), hs256],
    [
      'HS256 keyed with the public key',
      `${confused}.${createHmac('sha256', spki).update(confused).digest('base64url')}`,
      rs256,
    ],
    ['HS512', jsonwebtoken.sign({}, secret, { algorithm: 'HS512' }), hs256],
    ['none, with a signature', signHs256('{"alg":"none"}', '{}', secret), hs256],
    ['no algorithm', signHs256('{"typ":"JWT"}', '{}', secret), hs256],
  ] as const
  for (const [name, text, verification] of rows) {
    t.strictSame(
      refusalOf(() => verifySignature(text, verification)),
      { code: 'token-bad-signature', facts: { reason: 'algorithm' } },
      name,
    )
  }
})

t.test('a token without a signature is refused as unsigned, whatever algorithm it names', async (t) => {
  for (const alg of ['none', 'HS256', 'RS256']) {
    const text = `${base64url(`{"typ":"JWT","alg":"${alg}"}`)}.${base64url('{"sub":"1"}')}.`
    for (const verification of [hs256, rs256]) {
      t.strictSame(
        refusalOf(() => verifySignature(text, verification)),
        { code: 'token-bad-signature', facts: { reason: 'unsigned' } },
        alg,
      )
    }
  }
})

t.test('what is no JWT is malformed, and the reason says where', async (t) => {
  const signed = (header: string, payload: string) => signHs256(header, payload, secret)
  const rows = [
    ['nothing', '', 'segments'],
    ['one segment', 'garbage', 'segments'],
    ['two segments', 'a.b', 'segments'],
    ['four segments', `${signed('{"alg":"HS256"}', '{}')}.x`, 'segments'],
    ['empty segments', '..', 'encoding'],
    ['other characters', 'a!.b!.c!', 'encoding'],
    ['a header that is no JSON', signed('alg', '{}'), 'encoding'],
    ['a payload that is no JSON', signed('{"alg":"HS256","typ":"JWT"}', 'sub'), 'encoding'],
    ['a payload that is no JSON, without a typ', signed('{"alg":"HS256"}', 'sub'), 'shape'],
    ['a text for a payload', signed('{"alg":"HS256","typ":"JWT"}', '"sub"'), 'shape'],
    ['a number for a payload', signed('{"alg":"HS256","typ":"JWT"}', '5'), 'shape'],
    ['true for a payload', signed('{"alg":"HS256","typ":"JWT"}', 'true'), 'shape'],
    ['an array for a payload', signed('{"alg":"HS256","typ":"JWT"}', '[]'), 'shape'],
    ['null for a payload, without a typ', signed('{"alg":"HS256"}', 'null'), 'shape'],
  ] as const
  for (const [name, text, reason] of rows) {
    t.strictSame(
      refusalOf(() => verifySignature(text, hs256)),
      { code: 'token-malformed', facts: { reason } },
      name,
    )
  }
  const nothing = signed('{"alg":"HS256","typ":"JWT"}', 'null')
  t.equal(refusalOf(() => verifySignature(nothing, hs256))?.code, 'token-malformed', 'null for a payload')
})

t.test('no text but one with this key’s signature is ever accepted', async () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\w-]{0,9}\.[\w-]{0,9}\.[\w-]{0,9}$/)), (text) => {
      const code = refusalOf(() => verifySignature(text, hs256))?.code
      return code === 'token-malformed' || code === 'token-bad-signature'
    }),
  )
})

const second = start / 1000

t.test('a token is valid from the very instant of nbf', async (t) => {
  const claims = { nbf: second }
  t.strictSame(
    refusalOf(() => assertNotBefore(claims, start - 1)),
    { code: 'token-not-yet-valid', facts: { from: start } },
  )
  t.equal(
    refusalOf(() => assertNotBefore(claims, start)),
    null,
  )
})

t.test('a token is valid up to the millisecond before exp and expired at it', async (t) => {
  const claims = { exp: second }
  t.equal(
    refusalOf(() => assertNotExpired(claims, start - 1)),
    null,
  )
  for (const now of [start, start + 1]) {
    t.strictSame(
      refusalOf(() => assertNotExpired(claims, now)),
      { code: 'token-expired', facts: { at: start } },
    )
  }
})

t.test('a token that says it was issued in the future is refused', async (t) => {
  const claims = { iat: second }
  t.strictSame(
    refusalOf(() => assertIssuedInThePast(claims, start - 1)),
    { code: 'token-claim-invalid', facts: { claim: 'iat' } },
  )
  t.equal(
    refusalOf(() => assertIssuedInThePast(claims, start)),
    null,
  )
})

t.test('fractions of a second compare to the microsecond', async (t) => {
  // Passport writes 1767225600.123456. A millisecond clock passes it between .123 and .124.
  const late = second + 0.123456
  t.strictSame(
    refusalOf(() => assertNotBefore({ nbf: late }, start + 123)),
    { code: 'token-not-yet-valid', facts: { from: start + 124 } },
  )
  t.equal(
    refusalOf(() => assertNotBefore({ nbf: late }, start + 124)),
    null,
  )
  t.equal(
    refusalOf(() => assertNotExpired({ exp: late }, start + 123)),
    null,
  )
  t.strictSame(
    refusalOf(() => assertNotExpired({ exp: late }, start + 124)),
    { code: 'token-expired', facts: { at: start + 124 } },
  )
  t.equal(refusalOf(() => assertIssuedInThePast({ iat: late }, start + 123))?.code, 'token-claim-invalid')
  t.equal(
    refusalOf(() => assertIssuedInThePast({ iat: late }, start + 124)),
    null,
  )
  t.equal(
    refusalOf(() => assertIssuedInThePast({ iat: JSON.parse('1767225599.999995') }, start)),
    null,
    'five microseconds ago is the past',
  )
})

t.test('a fraction that is a whole millisecond is that millisecond', async () => {
  // In binary most of them are a little more or less than they say; up to 2^32 s, in 2106, by less than half a microsecond.
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 * 1000 }), (ms) => {
      const claim = Number(`${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}`)
      return (
        refusalOf(() => assertNotBefore({ nbf: claim }, ms)) === null &&
        refusalOf(() => assertNotBefore({ nbf: claim }, ms - 1)) !== null &&
        refusalOf(() => assertNotExpired({ exp: claim }, ms - 1)) === null &&
        refusalOf(() => assertNotExpired({ exp: claim }, ms)) !== null
      )
    }),
  )
})

const judges: [string, (claims: Claims, now: number) => void][] = [
  ['nbf', assertNotBefore],
  ['iat', assertIssuedInThePast],
  ['exp', assertNotExpired],
]

t.test('an absent date is not judged', async (t) => {
  for (const [claim, judge] of judges) {
    t.equal(
      refusalOf(() => judge({}, start)),
      null,
      claim,
    )
  }
})

t.test('a date that is no finite number is refused as that claim', async (t) => {
  for (const [claim, judge] of judges) {
    for (const value of ['1767225600', null, true, [], {}, JSON.parse('1e999')]) {
      t.strictSame(
        refusalOf(() => judge({ [claim]: value }, start)),
        { code: 'token-claim-invalid', facts: { claim } },
        `${claim} ${JSON.stringify(value)}`,
      )
    }
  }
})

t.test('the first claim that a token lacks is named; null is a claim', async (t) => {
  t.equal(
    refusalOf(() => assertClaims({ sub: '1', jti: null }, ['sub', 'jti'])),
    null,
  )
  t.equal(
    refusalOf(() => assertClaims({}, [])),
    null,
  )
  t.strictSame(
    refusalOf(() => assertClaims({ sub: '1' }, ['sub', 'jti', 'aud'])),
    { code: 'token-claim-missing', facts: { claim: 'jti' } },
  )
})

t.test('a signature that was right once is right for that text, key and algorithm only', async (t) => {
  const text = signHs256('{"alg":"HS256"}', '{"sub":"1","roles":["a"]}', secret)
  const claims = verifySignature(text, hs256)
  t.strictSame(verifySignature(text, hs256), claims)
  t.throws(() => Object.assign(verifySignature(text, hs256), { sub: '2' }), 'nobody can make more of it')
  t.equal(verifySignature(text, hs256).sub, '1')
  const another = createSecretKey('another secret of many characters', 'utf8')
  const refused = (token: string, how: Parameters<typeof verifySignature>[1]) =>
    refusalOf(() => verifySignature(token, how))
  t.match(refused(text, { ...hs256, keys: [another] }), { code: 'token-bad-signature' })
  t.match(refused(text, { ...hs256, algorithm: 'RS256' }), { code: 'token-bad-signature' })
  const [signed, signature] = halves(text)
  t.match(refused(`${signed}.${signature.slice(1)}`, hs256), { code: 'token-bad-signature' })
  t.match(refused(`${halves(signed)[0]}.${base64url('{"sub":"2"}')}.${signature}`, hs256), {
    code: 'token-bad-signature',
  })
})
