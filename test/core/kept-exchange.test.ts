import t from 'tap'
import type { Exchange } from '../../src/core/exchange.js'
import { KeptExchange } from '../../src/core/kept-exchange.js'

const exchange: Exchange = {
  vendor: 'acme',
  method: 'POST',
  url: '/acme/login',
  target: '/login',
  rawHeaders: ['Host', 'localhost'],
  address: '127.0.0.1',
  operation: 'login',
  bytes: Buffer.from([0, 0x80, 0xff]),
  answer: { status: 200, headers: { vary: ['a', 'b'] }, body: 'ä'.repeat(3) },
  refusal: { code: 'wrong-password', facts: { account: '7' } },
  presented: { header: null, claims: null, holder: null },
  claimant: () => 'asked once more',
}

t.test('an exchange that is kept says what it said, and whom it came from as that was found', async (t) => {
  const kept = new KeptExchange(exchange, '7')
  t.strictSame(kept.rawHeaders, exchange.rawHeaders)
  t.strictSame(kept.bytes, exchange.bytes)
  t.strictSame(kept.answer, exchange.answer)
  t.strictSame(kept.refusal, exchange.refusal)
  t.strictSame(kept.presented, exchange.presented)
  t.equal(kept.claimant(), '7')
  t.equal(new KeptExchange(exchange, null).claimant(), undefined)
})

t.test('a body of bytes stays one, and none stays none', async (t) => {
  const body = Buffer.from([0xc3, 0x28])
  t.strictSame(new KeptExchange({ ...exchange, answer: { status: 200, headers: {}, body } }, null).answer?.body, body)
  const bare = new KeptExchange(
    { ...exchange, bytes: undefined, answer: undefined, refusal: undefined, presented: undefined },
    null,
  )
  t.strictSame([bare.bytes, bare.answer, bare.refusal, bare.presented], [undefined, undefined, undefined, undefined])
  const empty = new KeptExchange({ ...exchange, answer: { status: 204, headers: {}, body: null } }, null)
  t.equal(empty.answer?.body, null)
})

t.test('a text and the bytes before it stay apart, whatever is in them', async (t) => {
  const texts = ['', '€ 𝄞', '\ud800', '"}{', '\0\n']
  for (const bytes of [Buffer.alloc(0), Buffer.from('{"a":1}'), Buffer.from([0xe2, 0x82, 0xac])]) {
    for (const body of [...texts, ...texts.map((text) => Buffer.from(text)), null]) {
      const answer = { status: 200, headers: { a: '"€' }, body }
      const kept = new KeptExchange({ ...exchange, bytes, answer }, null)
      t.strictSame([kept.bytes, kept.answer], [bytes, answer])
    }
  }
})
