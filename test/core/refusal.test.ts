import t from 'tap'
import { exampleFacts, findRefusal, Refusal } from '../../src/core/refusal.js'

t.test('a refusal is an error that carries its code and the facts of the case', async (t) => {
  const facts = { address: '127.0.0.1', until: 1 }
  const refusal = new Refusal('account-locked', facts)
  t.ok(refusal instanceof Error)
  t.equal(refusal.name, 'Refusal')
  t.equal(refusal.message, 'account-locked')
  t.equal(refusal.code, 'account-locked')
  t.equal(refusal.facts, facts)
})

t.test('the facts never reach the text of the error, which a careless handler might answer with', async (t) => {
  const { message, stack } = new Refusal('unknown-account', { login: 'somebody@example.com' })
  t.notMatch(message, /somebody/)
  t.notMatch(stack, /somebody/)
})

t.test('each code has example facts that JSON can hold', async (t) => {
  for (const [code, facts] of Object.entries(exampleFacts)) {
    t.match(code, /^[a-z]+(-[a-z]+)*$/)
    t.strictSame(JSON.parse(JSON.stringify(facts)), facts, code)
  }
})

t.test('a refusal that was written as JSON is read again, whichever it is', async (t) => {
  for (const [code, facts] of Object.entries(exampleFacts)) {
    const read = findRefusal({ code, facts: JSON.parse(JSON.stringify(facts)) })
    t.ok(read instanceof Refusal)
    t.strictSame([read?.code, read?.facts], [code, facts])
  }
  t.ok(findRefusal({ code: 'token-expired', facts: { at: 0, kind: 'access' } }), 'with facts beside')
  t.ok(findRefusal({ code: 'invalid-input', facts: { problems: [] } }))
})

t.test('what is no refusal, or has not its facts, is read as none', async (t) => {
  const rows: [string, unknown][] = [
    ['nonsense', {}],
    ['constructor', {}],
    ['token-missing', null],
    ['token-missing', 'text'],
    ['token-expired', {}],
    ['token-expired', { at: '0' }],
    ['token-expired', { at: {} }],
    ['token-expired', { at: null }],
    ['token-expired', { at: 8_640_000_000_000_001 }],
    ['token-unknown', undefined],
    ['unknown-account', { login: ['a'] }],
    ['invalid-input', { problems: {} }],
    ['invalid-input', { problems: ['a'] }],
    ['invalid-input', { problems: [{ pointer: '/a' }] }],
    ['wrong-method', { method: 'GET', path: '/', allowed: [1] }],
  ]
  for (const [code, facts] of rows) t.equal(findRefusal({ code, facts }), undefined, `${code} ${JSON.stringify(facts)}`)
})
