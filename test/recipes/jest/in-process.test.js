const { createUnderstudy } = require('auth-understudy')

test('a test may have a server of its own', async () => {
  const understudy = await createUnderstudy()
  const world = await understudy.world()
  const login = { username: 'john.doe', password: 'john.doe.password' }
  const response = await fetch(`${world.url('tavio')}/v1/acme/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(login),
  })
  expect(response.status).toBe(200)
  await understudy.close()
})
