const { connectUnderstudy } = require('auth-understudy')
const { isSignedIn } = require('../session.cjs')

let world
beforeEach(async () => {
  const understudy = await connectUnderstudy(process.env.UNDERSTUDY_URL)
  world = await understudy.world()
})
afterEach(() => world.remove())

test('a session ends after an hour', async () => {
  const { token } = await world.tokens.mint({ vendor: 'tavio', account: 'john.doe' })
  expect(await isSignedIn(world.url('tavio'), token)).toBe(true)
  await world.clock.advance('60m')
  expect(await isSignedIn(world.url('tavio'), token)).toBe(false)
})

test('a revoked session has ended', async () => {
  const { token } = await world.tokens.mint({ vendor: 'tavio', account: 'john.doe', defect: 'revoked' })
  expect(await isSignedIn(world.url('tavio'), token)).toBe(false)
})
