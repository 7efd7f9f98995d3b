import t from 'tap'
import { remembered } from '../../src/core/remembered.js'

t.test('an answer is worked out once for a text, until a million characters have come in between', async (t) => {
  const asked: string[] = []
  const length = remembered((text) => asked.push(text) && text.length)
  t.strictSame([length('ab'), length('ab'), length('abc')], [2, 2, 3])
  t.strictSame(asked, ['ab', 'abc'])
  for (let n = 0; n < 10; n++) length(`${n}`.repeat(100_000))
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

t.test('a text that is longer than all that is remembered is worked out anew', async (t) => {
  let times = 0
  const counted = remembered(() => ++times)
  const long = 'a'.repeat(1_000_000)
  t.strictSame([counted(long), counted(long), counted('a'), counted('a')], [1, 2, 3, 3])
})
