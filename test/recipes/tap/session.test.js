import { connectUnderstudy } from 'auth-understudy'
import t from 'tap'
import { isSignedIn } from '../session.cjs'

const understudy = await connectUnderstudy(process.env.UNDERSTUDY_URL)
t.beforeEach(async (t) => {
  t.context.world = await understudy.world()
})
t.afterEach((t) => t.context.world.remove())

t.test('a session ends after an hour', async (t) => {
  const { world } = t.context
  const { token } = await world.tokens.mint({ vendor: 'tavio', account: 'john.doe' })
  t.equal(await isSignedIn(world.url('tavio'), token), true)
  await world.clock.advance('60m')
  t.equal(await isSignedIn(world.url('tavio'), token), false)
})

t.test('a revoked session has ended', async (t) => {
  const { world } = t.context
  const { token } = await world.tokens.mint({ vendor: 'tavio', account: 'john.doe', defect: 'revoked' })
  t.equal(await isSignedIn(world.url('tavio'), token), false)
})
