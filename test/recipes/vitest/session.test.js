import { connectUnderstudy } from 'auth-understudy'
import { test as base, expect, inject } from 'vitest'
import { isSignedIn } from '../session.cjs'

const understudy = await connectUnderstudy(inject('understudy'))

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from it what a fixture needs
  world: async ({}, use) => {
    const world = await understudy.world()
    await use(world)
    await world.remove()
  },
})

test.concurrent('a session ends after an hour', async ({ world }) => {
  const { token } = await world.tokens.mint({ vendor: 'tavio', account: 'john.doe' })
  expect(await isSignedIn(world.url('tavio'), token)).toBe(true)
  await world.clock.advance('60m')
  expect(await isSignedIn(world.url('tavio'), token)).toBe(false)
})

test.concurrent('a revoked session has ended', async ({ world }) => {
  const { token } = await world.tokens.mint({ vendor: 'tavio', account: 'john.doe', defect: 'revoked' })
  expect(await isSignedIn(world.url('tavio'), token)).toBe(false)
})
