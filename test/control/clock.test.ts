import t from 'tap'
import { emulate } from '../support/emulate.js'

const john = { username: 'john.doe', password: 'john.doe.password' }

t.test('the clock of a world is read, frozen, advanced, resumed and reset', async (t) => {
  const { get, post } = await emulate(t)
  const shown = { now: '2026-01-01T00:00:00.000Z', epochMs: 1_767_225_600_000, state: 'frozen' }
  t.match((await get('/_understudy/clock')).json, { ...shown, offsetMs: Number })
  t.match((await post('/_understudy/clock/advance', { body: { by: '61m' } })).json, { now: '2026-01-01T01:01:00.000Z' })
  t.match((await post('/_understudy/clock/freeze', { body: { at: '2030-05-06T07:08:09.010Z' } })).json, {
    now: '2030-05-06T07:08:09.010Z',
    state: 'frozen',
  })
  t.equal((await post('/_understudy/clock/resume')).json.state, 'running')
  const reset = await post('/_understudy/clock/reset')
  t.match(reset.json, { state: 'running', offsetMs: 0 })
  t.equal((await post('/_understudy/clock/freeze')).json.state, 'frozen')
})

t.test('a duration is milliseconds, or a number with its unit', async (t) => {
  const { post } = await emulate(t)
  for (const [by, ms] of [
    ['1ms', 1],
    ['3601s', 3_601_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    [5, 5],
    [0, 0],
  ] as const) {
    const before = (await post('/_understudy/clock/advance', { body: { by: 0 } })).json.epochMs
    t.equal((await post('/_understudy/clock/advance', { body: { by } })).json.epochMs - before, ms, String(by))
  }
})

t.test('everything a vendor says follows the clock', async (t) => {
  const { get, post } = await emulate(t)
  const { token } = (await post('/tavio/v1/acme/auth/login', { body: john })).json
  const headers = { authorization: `Bearer ${token}` }
  await post('/_understudy/clock/advance', { body: { by: '3599s' } })
  t.equal((await get('/tavio/v1/acme/me', { headers })).status, 200)
  await post('/_understudy/clock/advance', { body: { to: '2026-01-01T01:00:00Z' } })
  const refused = await get('/tavio/v1/acme/me', { headers })
  t.equal(refused.status, 401)
  t.equal(refused.headers['date'], 'Thu, 01 Jan 2026 01:00:00 GMT')
  t.equal(refused.json.timestamp, '2026-01-01T01:00:00Z')
})

t.test('the clock goes back only before the first vendor request of its world', async (t) => {
  const { get, post } = await emulate(t)
  t.equal((await post('/_understudy/clock/freeze', { body: { at: '2020-01-01' } })).status, 200)
  t.equal((await post('/_understudy/clock/advance', { body: { to: '2019-01-01' } })).status, 200)
  await get('/tavio/v1/acme/me')
  for (const [path, body] of [
    ['freeze', { at: '2018-12-31T23:59:59.999Z' }],
    ['advance', { to: '2018-12-31' }],
  ] as const) {
    const { status, json } = await post(`/_understudy/clock/${path}`, { body })
    t.equal(status, 409, path)
    t.equal(json.error.code, 'clock-backwards')
  }
  t.equal((await get('/_understudy/clock')).json.now, '2019-01-01T00:00:00.000Z', 'and stays where it was')
  t.equal(
    (await post('/_understudy/clock/freeze', { body: { at: '2019-01-01' } })).status,
    200,
    'where it is, it may stay',
  )
})

t.test('an instant or a duration that is none is refused with its pointer, and the clock stays', async (t) => {
  const { get, post } = await emulate(t)
  const rows: [string, unknown, string, string][] = [
    ['freeze', { at: 'tomorrow' }, 'invalid-instant', '/at'],
    ['freeze', { at: '2026-02-30' }, 'invalid-instant', '/at'],
    ['freeze', { at: 5 }, 'invalid-input', '/at'],
    ['freeze', { when: 'x' }, 'invalid-input', '/when'],
    ['advance', { by: '1 fortnight' }, 'invalid-duration', '/by'],
    ['advance', { by: '-1s' }, 'invalid-duration', '/by'],
    ['advance', { by: -1 }, 'invalid-input', '/by'],
    ['advance', { by: true }, 'invalid-input', '/by'],
    ['advance', { to: 'x' }, 'invalid-instant', '/to'],
    ['advance', { to: 5 }, 'invalid-input', '/to'],
    ['advance', { to: { token: 5 } }, 'invalid-input', '/to/token'],
    ['advance', { to: { token: 'x', edge: 'around' } }, 'invalid-input', '/to/edge'],
    ['advance', { by: '1m', to: '2027-01-01' }, 'invalid-input', ''],
    ['advance', {}, 'invalid-input', ''],
    ['freeze', { at: '1969-12-31T23:59:59.999Z' }, 'invalid-instant', '/at'],
    ['advance', { to: '1969-12-31' }, 'invalid-instant', '/to'],
    ['advance', { by: '999999999d' }, 'invalid-instant', '/by'],
  ]
  for (const [path, body, code, pointer] of rows) {
    const { status, json } = await post(`/_understudy/clock/${path}`, { body: Object(body) })
    t.equal(status, 422, JSON.stringify(body))
    t.match(json.error, { code, details: { pointer } }, JSON.stringify(body))
  }
  t.equal((await get('/_understudy/clock')).json.now, '2026-01-01T00:00:00.000Z')
})

t.test('a world at the first or the last instant there is can be kept and gone back to', async (t) => {
  for (const at of ['1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z']) {
    const { get, post } = await emulate(t)
    t.equal((await post('/_understudy/clock/freeze', { body: { at } })).status, 200, at)
    t.equal((await post('/tavio/v1/acme/auth/login', { body: john })).status, 200, at)
    t.equal((await post('/_understudy/snapshots', { body: { name: 'edge' } })).status, 201, at)
    t.equal((await post('/_understudy/snapshots/edge/restore')).status, 204, at)
    t.equal((await get('/_understudy/clock')).json.now, at)
  }
})
