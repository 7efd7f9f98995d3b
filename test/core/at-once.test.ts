import t from 'tap'
import { atOnce } from '../../src/core/at-once.js'

/** Works that end when they are told to, and which of them have begun. */
function works(most: number) {
  const begun: string[] = []
  const endings = new Map<string, { resolve: (said: string) => void; reject: (why: Error) => void }>()
  const work = atOnce(most, (name: string) => {
    begun.push(name)
    return new Promise<string>((resolve, reject) => endings.set(name, { resolve, reject }))
  })
  const end = (name: string) => endings.get(name)?.resolve(`${name} is done`)
  return { begun, work, end, fail: (name: string) => endings.get(name)?.reject(new Error('broken')) }
}

t.test('so many begin at once, and each of the others when one has ended, in its order', async (t) => {
  const { begun, work, end } = works(2)
  const [first, second, third, fourth] = ['a', 'b', 'c', 'd'].map(work)
  t.strictSame(begun, ['a', 'b'])
  end('b')
  t.equal(await second, 'b is done')
  t.strictSame(begun, ['a', 'b', 'c'])
  end('a')
  end('c')
  t.strictSame(await Promise.all([first, third]), ['a is done', 'c is done'])
  t.strictSame(begun, ['a', 'b', 'c', 'd'])
  end('d')
  t.equal(await fourth, 'd is done')
  void work('e')
  void work('f')
  t.strictSame(begun.slice(4), ['e', 'f'], 'and once all have ended, as many as at first')
})

t.test('one that fails says so and makes room', async (t) => {
  const { begun, work, end, fail } = works(1)
  const [failing, next] = [work('a'), work('b')]
  fail('a')
  await t.rejects(failing, { message: 'broken' })
  t.strictSame(begun, ['a', 'b'])
  end('b')
  t.equal(await next, 'b is done')
  const throwing = atOnce<[], void>(1, () => {
    throw new Error('at once')
  })
  for (let turn = 0; turn < 2; turn += 1) await t.rejects(throwing(), { message: 'at once' })
})
