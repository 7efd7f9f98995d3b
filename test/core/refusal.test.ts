import t from 'tap'
import { exampleFacts, Refusal } from '../../src/core/refusal.js'

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
