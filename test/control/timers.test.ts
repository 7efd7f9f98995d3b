import t from 'tap'
import { emulate } from '../support/emulate.js'

const john = { vendor: 'tavio', account: 'john.doe', tenant: 'acme' }

t.test('timers are what ends next, the soonest first, and only what is still to come', async (t) => {
  const { get, post, set } = await emulate(t)
  const timers = async (query = '') => (await get(`/_understudy/clock/timers${query}`)).json.items
  t.strictSame(await timers(), [], 'the keys of the fixtures have ended, or never end')

  const mint = async (body: object) => (await post('/_understudy/tokens', { body })).json
  const later = await mint({ ...john, lifetime: '2h' })
  const sooner = await mint({ vendor: 'faveo', account: 'demoadmin' })
  await mint({ ...john, defect: 'expired' })
  await mint({ ...john, defect: 'revoked' })
  await mint({ vendor: 'babelfor', account: 'admin', kind: 'api-key' })
  for (let failure = 0; failure < 5; failure++) {
    await post('/babelfor/v1/auth/login', { body: { username: 'admin', password: 'wrong' } })
  }
  await post('/portsip/api/login', { body: { username: 'admin', password: 'wrong' } })
  await set('tavio', { throttle: { limit: 9, windowSeconds: 60 } })
  await get('/tavio/v1/acme/me')

  const token = (at: string, { id, vendor, account, kind }: Record<string, string>) => ({
    at,
    kind: 'token',
    vendor,
    account,
    token: id,
    tokenKind: kind,
  })
  const expected = [
    { at: '2026-01-01T00:01:00.000Z', kind: 'throttle', vendor: 'tavio', address: '127.0.0.1' },
    token('2026-01-01T00:04:00.000Z', sooner),
    { at: '2026-01-01T00:05:00.000Z', kind: 'lockout', vendor: 'babelfor', address: '127.0.0.1' },
    token('2026-01-01T02:00:00.000Z', later),
  ]
  t.strictSame(await timers(), expected)
  t.strictSame(await timers('?limit=2'), expected.slice(0, 2))
  await post('/_understudy/clock/advance', { body: { to: '2026-01-01T00:03:59.999Z' } })
  t.strictSame(await timers(), expected.slice(1))
  await post('/_understudy/clock/advance', { body: { by: 1 } })
  t.strictSame(await timers(), expected.slice(2), 'what ends now has ended')
  t.equal((await get('/_understudy/clock/timers?limit=0')).status, 422)
})

t.test('the grace of a key is a timer too, as long as it runs', async (t) => {
  const { get, post } = await emulate(t)
  const timers = async () => (await get('/_understudy/clock/timers')).json.items
  await post('/_understudy/keys/rotate', { body: { vendor: 'faveo' } })
  t.strictSame(await timers(), [], 'without grace there is none')
  await post('/_understudy/keys/rotate', { body: { vendor: 'faveo', graceSeconds: 60 } })
  t.strictSame(await timers(), [{ at: '2026-01-01T00:01:00.000Z', kind: 'key', vendor: 'faveo' }])
  await post('/_understudy/clock/advance', { body: { by: '60s' } })
  t.strictSame(await timers(), [])
})

t.test('the clock goes to an edge of a token’s life, named by text or id', async (t) => {
  const { post } = await emulate(t)
  const { id, token } = (await post('/_understudy/tokens', { body: { vendor: 'thiio', account: 'admin@thiio.com' } }))
    .json
  const go = async (to: object) => (await post('/_understudy/clock/advance', { body: { to } })).json.now
  // Five calendar years and 26 ms less.
  t.equal(await go({ token, edge: 'before' }), '2030-12-31T23:59:58.974Z')
  t.equal(await go({ token: id }), '2030-12-31T23:59:59.974Z')
  t.equal(await go({ token, edge: 'after' }), '2031-01-01T00:00:00.974Z')
})

t.test('an edge between two milliseconds is the first of them that is not before it', async (t) => {
  const { post, get } = await emulate(t)
  const body = { vendor: 'babelfor', account: 'admin', claims: { exp: 1_767_225_660.0001 } }
  const { token, present } = (await post('/_understudy/tokens', { body })).json
  const status = async () => (await get('/babelfor/v1/auth/user', { headers: present })).status
  const at = await post('/_understudy/clock/advance', { body: { to: { token, edge: 'at' } } })
  t.equal(at.json.now, '2026-01-01T00:01:00.001Z')
  t.equal(await status(), 401)
})

t.test('an edge that cannot be reached is refused with its pointer, and the clock stays', async (t) => {
  const { post, get } = await emulate(t)
  const mint = async (body: object) => (await post('/_understudy/tokens', { body })).json
  const key = await mint({ vendor: 'babelfor', account: 'admin', kind: 'api-key' })
  const past = await mint({ ...john, defect: 'expired' })
  const last = await mint({ ...john, expiresAt: '9999-12-31T23:59:59.999Z' })
  for (const [to, status, code, pointer] of [
    [{ token: 'nothing' }, 404, 'unknown-token', '/to/token'],
    [{ token: key.token }, 422, 'never-expires', '/to/token'],
    [{ token: past.token, edge: 'after' }, 200, undefined, undefined],
    [{ token: past.token }, 409, 'clock-backwards', undefined],
    [{ token: last.token, edge: 'after' }, 422, 'invalid-instant', undefined],
    [{ token: last.token, edge: 'beyond' }, 422, 'invalid-input', undefined],
    [{ edge: 'at' }, 422, 'invalid-input', undefined],
  ] as const) {
    const answer = await post('/_understudy/clock/advance', { body: { to } })
    t.equal(answer.status, status, JSON.stringify(to))
    if (code) t.match(answer.json.error, { code, ...(pointer && { details: { pointer } }) }, JSON.stringify(to))
    t.equal((await get('/_understudy/clock')).json.now, '2026-01-01T00:00:00.000Z')
  }
})
