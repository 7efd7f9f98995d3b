import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createUnderstudy } from 'auth-understudy'
import { setGlobalDispatcher } from 'undici'
import { login } from './login.js'

let understudy
before(async () => {
  understudy = await createUnderstudy({ listen: false })
  setGlobalDispatcher(await understudy.dispatcher({ onUnhandledRequest: 'error' }))
})
after(() => understudy.close())

test('a login reaches the emulator, although the client knows but the vendor', async () => {
  assert.equal((await login('john.doe', 'john.doe.password')).expires_in, 3600)
})

test('nothing else leaves the process', async () => {
  await assert.rejects(fetch('https://example.com'), ({ cause }) => cause.code === 'unhandled-host')
})
