import t from 'tap'
import { Clock } from '../../src/core/clock.js'
import { vendors } from '../../src/vendors/registry.js'
import { emulate, start } from '../support/emulate.js'

const john = { username: 'john.doe', password: 'john.doe.password' }

t.test('a world is made by name or with a name drawn, listed with its base URLs, and removed', async (t) => {
  const { get, post, ask } = await emulate(t)
  const headers = { host: '127.0.0.1:4555' }
  const made = await post('/_understudy/worlds', { body: { name: 'mine' }, headers })
  t.equal(made.status, 201)
  t.equal(made.json.name, 'mine')
  t.strictSame(
    made.json.baseUrls,
    Object.fromEntries(vendors.map(({ name }) => [name, `http://127.0.0.1:4555/@mine/${name}`])),
  )
  t.equal((await post('/_understudy/worlds')).json.name, 'w1')
  await get('/@w2/tavio/v1/acme/me')
  t.equal((await post('/_understudy/worlds', { body: {} })).json.name, 'w3', 'a name that is taken is left out')
  const { items } = (await get('/_understudy/worlds')).json
  t.strictSame(
    items.map(({ name, requests }: { name: string; requests: number }) => [name, requests]),
    [
      ['default', 0],
      ['mine', 0],
      ['w1', 0],
      ['w2', 1],
      ['w3', 0],
    ],
  )
  t.equal((await ask('DELETE', '/_understudy/worlds/mine')).status, 204)
  t.equal((await ask('DELETE', '/_understudy/worlds/mine')).status, 404)
  t.match((await get('/_understudy/health')).json, { worlds: 4 })
})

t.test('a copy begins with the tokens, settings and clock of its original, and goes its own way', async (t) => {
  const { get, post, ask, clock } = await emulate(t, { clock: () => frozen() })
  t.ok(clock)
  const { token } = (await post('/@a/tavio/v1/acme/auth/login', { body: john })).json
  await ask('PATCH', '/@a/_understudy/settings/tavio', { body: { tokenLifetimeSeconds: 60 } })
  await post('/@a/_understudy/clock/advance', { body: { by: '10m' } })
  t.equal((await post('/_understudy/worlds', { body: { name: 'b', from: { world: 'a' } } })).status, 201)
  const headers = { authorization: `Bearer ${token}` }
  t.equal((await get('/@b/tavio/v1/acme/me', { headers })).status, 200)
  t.equal((await get('/@b/_understudy/settings/tavio')).json.tokenLifetimeSeconds, 60)
  t.equal((await get('/@b/_understudy/clock')).json.now, '2026-01-01T00:10:00.000Z')
  await post('/@b/_understudy/clock/advance', { body: { by: '2h' } })
  t.equal((await get('/@b/tavio/v1/acme/me', { headers })).status, 401)
  t.equal((await get('/@a/tavio/v1/acme/me', { headers })).status, 200)
  const [one, other] = [
    (await post('/@a/tavio/v1/acme/auth/login', { body: john })).json.token,
    (await post('/@b/tavio/v1/acme/auth/login', { body: john })).json.token,
  ]
  t.not(one, other, 'tokens of a copy come from a stream of its own')
})

t.test('a reset world is as its fixtures made it: tokens, settings, clock and request numbers', async (t) => {
  const { get, post, ask } = await emulate(t, { clock: () => frozen() })
  const { token } = (await post('/@a/tavio/v1/acme/auth/login', { body: john })).json
  await ask('PATCH', '/@a/_understudy/settings/tavio', { body: { tokenLifetimeSeconds: 60 } })
  const { status } = await post('/@a/_understudy/reset')
  t.equal(status, 204)
  t.equal((await get('/@a/_understudy/settings/tavio')).json.tokenLifetimeSeconds, 3600)
  t.match((await get('/@a/_understudy/clock')).json, { state: 'running', offsetMs: 0 })
  await post('/@a/_understudy/clock/freeze', { body: { at: '2026-01-01' } })
  const after = await get('/@a/tavio/v1/acme/me', { headers: { authorization: `Bearer ${token}` } })
  t.equal(after.status, 401)
  t.equal(after.headers['x-understudy-request'], 'a-1')
  t.equal((await post('/@a/tavio/v1/acme/auth/login', { body: john })).json.token, token, 'the same draws again')
})

t.test('what cannot be done to a world is refused, and nothing changes', async (t) => {
  const { get, post, ask } = await emulate(t)
  await post('/_understudy/worlds', { body: { name: 'a' } })
  const before = (await get('/_understudy/worlds')).text
  const rows: [string, string, object, number, string][] = [
    ['POST', '/worlds', { name: 'a' }, 409, 'world-exists'],
    ['POST', '/worlds', { name: 'default' }, 409, 'world-exists'],
    ['POST', '/worlds', { name: 'A' }, 422, 'invalid-input'],
    ['POST', '/worlds', { name: 'b', from: { world: 'none' } }, 404, 'unknown-world'],
    ['POST', '/worlds', { name: 'b', from: {} }, 422, 'invalid-input'],
    ['POST', '/worlds', { nom: 'b' }, 422, 'invalid-input'],
    ['DELETE', '/worlds/none', {}, 404, 'unknown-world'],
    ['DELETE', '/worlds/default', {}, 409, 'default-world'],
  ]
  for (const [method, path, body, status, code] of rows) {
    const answer = await ask(method, `/_understudy${path}`, { body })
    t.equal(answer.status, status, `${method} ${path} ${JSON.stringify(body)}`)
    t.equal(answer.json.error.code, code)
  }
  t.equal((await get('/_understudy/worlds')).text, before)
})

t.test('a process-wide route makes no world of its selector', async (t) => {
  const { get } = await emulate(t)
  for (const path of ['health', 'vendors', 'worlds', 'openapi/tavio.json']) {
    t.equal((await get(`/@unheard/_understudy/${path}`)).status, 200, path)
  }
  t.equal((await get('/_understudy/health')).json.worlds, 1)
})

function frozen(): Clock {
  const clock = new Clock()
  clock.freeze(start)
  return clock
}
