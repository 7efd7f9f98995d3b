import t from 'tap'
import { connectUnderstudy, createUnderstudy, type Understudy, UnderstudyError } from '../../src/index.js'
import { cheapFixtures } from '../support/emulate.js'

t.test('the library is used as its interface says', async (t) => {
  const understudy = await createUnderstudy({ port: 0 })
  t.teardown(() => understudy.close())
  const elsewhere: Understudy = await connectUnderstudy(understudy.url)
  for (const either of [understudy, elsewhere]) {
    const world = await either.world()
    t.match(world.url('tavio'), /\/@w\d+\/tavio$/)
    await world.clock.advance('61m')
    const { token } = await world.tokens.mint({ vendor: 'faveo', account: 'demoadmin', defect: 'expired' })
    t.match(token, /^ey/)
  }
})

t.test('what the server would refuse is, where a type can say so, refused by the compiler too', async (t) => {
  const understudy = await createUnderstudy({ fixtures: cheapFixtures() })
  t.teardown(() => understudy.close())
  const world = await understudy.world()
  const calls: readonly (() => Promise<unknown>)[] = [
    // @ts-expect-error
    () => world.tokens.mint({ vendor: 'faveo', account: 'demoadmin', defect: 'stale' }),
    // @ts-expect-error
    () => world.tokens.mint({ vendor: 'faveo' }),
    // @ts-expect-error
    () => world.tokens.revoke({}),
    // @ts-expect-error
    () => world.clock.advance({ to: { token: 'x', edge: 'during' } }),
    // @ts-expect-error
    () => world.faults.add({ effect: { kind: 'explode' } }),
    // @ts-expect-error
    () => world.faults.add({ effect: { kind: 'refuse', refusal: 'moody' } }),
    // @ts-expect-error
    () => world.accounts.list({ state: 'happy' }),
    // @ts-expect-error
    () => world.requests.list({ colour: 'red' }),
    // @ts-expect-error
    () => world.requests.verify({ exactly: 1 }),
    // @ts-expect-error
    () => understudy.world({ from: {} }),
  ]
  for (const call of calls) await t.rejects(call(), UnderstudyError, String(call))
  // @ts-expect-error
  await t.rejects(createUnderstudy({ logLevel: 'loud' }), { name: 'OptionError' })
})
