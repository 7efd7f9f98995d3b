import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { connectUnderstudy } from 'auth-understudy'
import { isSignedIn } from '../session.cjs'

const understudy = await connectUnderstudy(process.env.UNDERSTUDY_URL)
let world
beforeEach(async () => {
  world = await understudy.world()
})
afterEach(() => world.remove())

test('a session ends after an hour', async () => {
  const { token } = await world.tokens.mint({ vendor: 'tavio', account: 'john.doe' })
  assert.equal(await isSignedIn(world.url('tavio'), token), true)
  await world.clock.advance('60m')
  assert.equal(await isSignedIn(world.url('tavio'), token), false)
})

test('a revoked session has ended', async () => {
  const { token } = await world.tokens.mint({ vendor: 'tavio', account: 'john.doe', defect: 'revoked' })
  assert.equal(await isSignedIn(world.url('tavio'), token), false)
})
