import t from 'tap'
import { exampleFacts, Refusal, type RefusalCode } from '../../src/core/refusal.js'
import { rules } from '../../src/core/rules.js'
import { why } from '../../src/core/why.js'

const codes = Object.keys(exampleFacts).filter((code): code is RefusalCode => code in exampleFacts)

t.test('every refusal is explained in a sentence of its own', async (t) => {
  const sentences = codes.map((code) => why(new Refusal(code, exampleFacts[code])))
  t.equal(new Set(sentences).size, codes.length)
  for (const sentence of sentences) t.match(sentence, /^[^{}]{9,}$/)
})

t.test('an explanation names the facts of the case', async (t) => {
  const rows: [Refusal, string][] = [
    [new Refusal('token-expired', { at: 0 }), 'the token expired at 1970-01-01T00:00:00.000Z'],
    [new Refusal('token-malformed', { reason: 'segments' }), 'the token cannot be read (segments)'],
    [
      new Refusal('token-malformed', { reason: 'encoding', detail: 'Syntax error' }),
      'the token cannot be read (Syntax error)',
    ],
    [new Refusal('token-bad-signature', { reason: 'signature' }), 'no accepted key made the signature'],
    [new Refusal('token-bad-signature', { reason: 'unsigned' }), 'the token is not signed'],
    [new Refusal('token-bad-signature', { reason: 'algorithm' }), 'the header does not name the algorithm'],
    [new Refusal('token-wrong-kind', { kind: 'a', expected: 'b' }), 'the token is of the kind a, not b'],
    [new Refusal('token-wrong-tenant', { tenant: 'a', expected: 'b' }), 'the token is for the tenant "a", not for "b"'],
    [new Refusal('malformed-body', { reason: 'empty' }), 'the body is empty'],
    [new Refusal('malformed-body', { reason: 'syntax' }), 'the body cannot be read'],
    [
      new Refusal('invalid-input', {
        problems: [
          { pointer: '', expected: 'an object' },
          { pointer: '/a', expected: 'string' },
        ],
      }),
      'the input: an object; /a: string',
    ],
  ]
  for (const [refusal, expected] of rows) t.equal(why(refusal), expected)
})

t.test('every refusal names the rule that was broken, a sentence of its own', async (t) => {
  const sentences = codes.map((code) => rules[code])
  t.equal(new Set(sentences).size, codes.length)
  for (const sentence of sentences) t.match(sentence, /^[A-Z].+\.$/)
})
