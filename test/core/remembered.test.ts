import t from 'tap'
import { remembered } from '../../src/core/remembered.js'

t.test('an answer is worked out once for a text, and as long as it is asked for among a thousand others', async (t) => {
  const asked: string[] = []
  const length = remembered((text) => asked.push(text) && text.length)
  t.strictSame([length('ab'), length('ab'), length('abc')], [2, 2, 3])
  t.strictSame(asked, ['ab', 'abc'])
  for (let n = 0; n < 1000; n++) length(`other ${n}`)
  t.equal(length('ab'), 2)
  t.equal(asked.at(-1), 'ab', 'then it is forgotten')
})

t.test('what is thrown is thrown each time', async (t) => {
  let times = 0
  const failing = remembered((): string => {
    times += 1
    throw new Error(`${times}`)
  })
  t.throws(() => failing('a'), { message: '1' })
  t.throws(() => failing('a'), { message: '2' })
})
