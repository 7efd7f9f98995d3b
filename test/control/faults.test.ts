import t from 'tap'
import { exampleFacts } from '../../src/core/refusal.js'
import { type Emulator, emulate } from '../support/emulate.js'

const john = { username: 'john.doe', password: 'john.doe.password' }
const reset = { kind: 'reset' }

const make = ({ post }: Pick<Emulator, 'post'>, fault: object) => post('/_understudy/faults', { body: fault })

t.test('faults are made with ids in their order, listed oldest first, and removed', async (t) => {
  const emulator = await emulate(t)
  const { get, ask } = emulator
  t.strictSame((await get('/_understudy/faults')).json, { items: [] })
  const first = await make(emulator, {
    match: { vendor: 'tavio', operation: 'login', event: 'login', nth: 2 },
    times: 3,
    probability: 0.5,
    effect: { kind: 'delay', minMs: 0, maxMs: 5 },
  })
  t.equal(first.status, 201)
  t.strictSame(first.json, {
    id: 'fault-1',
    match: { vendor: 'tavio', operation: 'login', event: 'login', nth: 2 },
    times: 3,
    probability: 0.5,
    effect: { kind: 'delay', minMs: 0, maxMs: 5 },
    matched: 0,
    fired: 0,
  })
  const second = await make(emulator, { effect: reset })
  t.strictSame(second.json, { id: 'fault-2', effect: reset, matched: 0, fired: 0 })
  t.strictSame((await get('/_understudy/faults')).json.items, [first.json, second.json])
  t.equal((await ask('DELETE', '/_understudy/faults/fault-1')).status, 204)
  t.strictSame((await get('/_understudy/faults')).json.items, [second.json])
  const gone = await ask('DELETE', '/_understudy/faults/fault-1')
  t.equal(gone.status, 404)
  t.match(gone.json.error, { code: 'unknown-fault', details: { faults: ['fault-2'] } })
  t.equal((await ask('DELETE', '/_understudy/faults')).status, 204)
  t.strictSame((await get('/_understudy/faults')).json.items, [])
  t.equal((await make(emulator, { effect: reset })).json.id, 'fault-3')
})

t.test('a fault shows how often it matched and how often it fired', async (t) => {
  const emulator = await emulate(t)
  const { get, post } = emulator
  await make(emulator, { match: { vendor: 'tavio', nth: 2 }, effect: { kind: 'refuse', refusal: 'wrong-password' } })
  const statuses: number[] = []
  for (let n = 0; n < 3; n++) statuses.push((await post('/tavio/v1/acme/auth/login', { body: john })).status)
  t.strictSame(statuses, [200, 401, 200])
  t.match((await get('/_understudy/faults')).json.items, [{ matched: 3, fired: 1 }])
})

t.test('every effect is taken as it is written', async (t) => {
  const emulator = await emulate(t)
  for (const effect of [
    { kind: 'delay', ms: 0 },
    { kind: 'delay', minMs: 5, maxMs: 5 },
    { kind: 'respond', status: 503 },
    { kind: 'respond', status: 200, headers: { 'Set-Cookie': ['a=b', 'c=d'], 'x-odd': 'é' }, body: [{ a: null }] },
    { kind: 'reset' },
    { kind: 'truncate', bytes: 0 },
    { kind: 'slow-body', bytesPerSecond: 1 },
    { kind: 'lose-response' },
    { kind: 'throttle', limit: 0, windowSeconds: 60 },
    { kind: 'refuse', refusal: 'account-locked', facts: { until: 5 } },
  ]) {
    const { status, json } = await make(emulator, { effect })
    t.equal(status, 201, JSON.stringify(effect))
    t.strictSame(json.effect, effect)
  }
})

t.test('every refusal can be asked for, with all its facts or with none', async (t) => {
  const emulator = await emulate(t)
  for (const [refusal, facts] of Object.entries(exampleFacts)) {
    t.equal((await make(emulator, { effect: { kind: 'refuse', refusal } })).status, 201, refusal)
    const told = await make(emulator, { effect: { kind: 'refuse', refusal, facts } })
    t.strictSame(told.json.effect, { kind: 'refuse', refusal, facts }, refusal)
    const odd = await make(emulator, { effect: { kind: 'refuse', refusal, facts: { ...facts, odd: 1 } } })
    t.equal(odd.status, 422, refusal)
    t.match(odd.json.error, { code: 'invalid-input', details: { pointer: '/effect/facts/odd' } }, refusal)
  }
})

t.test('an account is named by its id or a login name, and remembered by its id', async (t) => {
  const emulator = await emulate(t)
  const effect = reset
  const named = await make(emulator, { match: { vendor: 'tavio', account: 'john.doe' }, effect })
  t.equal(named.status, 201)
  const { account } = named.json.match
  t.not(account, 'john.doe')
  t.strictSame((await make(emulator, { match: { vendor: 'tavio', account }, effect })).json.match, named.json.match)
  const email = await make(emulator, { match: { vendor: 'tavio', account: 'john.doe@example.com' }, effect })
  t.strictSame(email.json.match, named.json.match)
})

t.test('what could never match, or is no effect, is refused with its pointer, and no fault is made', async (t) => {
  const emulator = await emulate(t)
  const all = { effect: reset }
  const refuse = (refusal: string, facts?: object) => ({ effect: { kind: 'refuse', refusal, facts } })
  const rows: [object, number, string, string, object?][] = [
    [{}, 422, 'invalid-input', '/effect'],
    [{ effect: {} }, 422, 'invalid-input', '/effect/kind'],
    [
      { effect: { kind: 'explode' } },
      422,
      'invalid-input',
      '/effect/kind',
      { expected: /^one of "delay", "refuse", / },
    ],
    [{ effect: { kind: 'reset', ms: 5 } }, 422, 'invalid-input', '/effect/ms'],
    [{ effect: { kind: 'delay' } }, 422, 'invalid-input', '/effect'],
    [{ effect: { kind: 'delay', ms: -1 } }, 422, 'invalid-input', '/effect/ms'],
    [{ effect: { kind: 'delay', ms: 3_600_001 } }, 422, 'invalid-input', '/effect/ms'],
    [{ effect: { kind: 'delay', ms: '5' } }, 422, 'invalid-input', '/effect/ms'],
    [{ effect: { kind: 'delay', minMs: 5 } }, 422, 'invalid-input', '/effect'],
    [{ effect: { kind: 'delay', ms: 5, maxMs: 6 } }, 422, 'invalid-input', '/effect'],
    [{ effect: { kind: 'delay', minMs: 6, maxMs: 5 } }, 422, 'invalid-input', '/effect'],
    [{ effect: { kind: 'respond' } }, 422, 'invalid-input', '/effect/status'],
    [{ effect: { kind: 'respond', status: 101 } }, 422, 'invalid-input', '/effect/status'],
    [{ effect: { kind: 'respond', status: 600 } }, 422, 'invalid-input', '/effect/status'],
    [
      { effect: { kind: 'respond', status: 200, headers: { 'x-a': 'b\r\nc: d' } } },
      422,
      'invalid-input',
      '/effect/headers/x-a',
    ],
    [
      { effect: { kind: 'respond', status: 200, headers: { 'x a': 'b' } } },
      422,
      'invalid-input',
      '/effect/headers/x a',
    ],
    [
      { effect: { kind: 'respond', status: 200, headers: { 'Content-Length': '5' } } },
      422,
      'invalid-input',
      '/effect/headers/Content-Length',
    ],
    [{ effect: { kind: 'truncate', bytes: -1 } }, 422, 'invalid-input', '/effect/bytes'],
    [{ effect: { kind: 'slow-body', bytesPerSecond: 0 } }, 422, 'invalid-input', '/effect/bytesPerSecond'],
    [{ effect: { kind: 'throttle', limit: 1 } }, 422, 'invalid-input', '/effect/windowSeconds'],
    [refuse('no-such'), 422, 'unknown-refusal', '/effect/refusal', { refusals: Object.keys(exampleFacts) }],
    [refuse('toString'), 422, 'unknown-refusal', '/effect/refusal'],
    [refuse('account-locked', { until: 'soon' }), 422, 'invalid-input', '/effect/facts/until'],
    [refuse('account-locked', { until: 253_402_300_800_000 }), 422, 'invalid-input', '/effect/facts/until'],
    [refuse('wrong-method', { allowed: ['A\r\nB'] }), 422, 'invalid-input', '/effect/facts/allowed/0'],
    [
      { match: { vendor: 'nobody' }, ...all },
      422,
      'unknown-vendor',
      '/match/vendor',
      { vendors: ['babelfor', 'faveo', 'portsip', 'tavio', 'thiio'] },
    ],
    [{ match: { operation: 'fly' }, ...all }, 422, 'unknown-operation', '/match/operation'],
    [
      { match: { vendor: 'thiio', operation: 'renew' }, ...all },
      422,
      'unknown-operation',
      '/match/operation',
      { operations: ['login', 'check'] },
    ],
    [
      { match: { event: 'lunch' }, ...all },
      422,
      'invalid-input',
      '/match/event',
      { expected: 'one of "login", "token-use", "renew", "logout"' },
    ],
    [{ match: { vendor: 'thiio', event: 'renew' }, ...all }, 422, 'unknown-event', '/match/event'],
    [
      { match: { vendor: 'tavio', operation: 'login', event: 'renew' }, ...all },
      422,
      'unknown-event',
      '/match/event',
      { events: ['login'] },
    ],
    [{ match: { account: 'john.doe' }, ...all }, 422, 'invalid-input', '/match/vendor'],
    [{ match: { vendor: 'tavio', account: 'nobody' }, ...all }, 404, 'unknown-account', '/match/account'],
    [{ match: { nth: 0 }, ...all }, 422, 'invalid-input', '/match/nth'],
    [{ match: { path: '/' }, ...all }, 422, 'invalid-input', '/match/path'],
    [{ times: 0, ...all }, 422, 'invalid-input', '/times'],
    [{ probability: 0, ...all }, 422, 'invalid-input', '/probability'],
    [{ probability: 1.1, ...all }, 422, 'invalid-input', '/probability'],
    [{ often: true, ...all }, 422, 'invalid-input', '/often'],
  ]
  for (const [fault, status, code, pointer, details = {}] of rows) {
    const answer = await make(emulator, fault)
    t.equal(answer.status, status, JSON.stringify(fault))
    t.match(answer.json.error, { code, message: String, details: { pointer, ...details } }, JSON.stringify(fault))
  }
  t.strictSame((await emulator.get('/_understudy/faults')).json, { items: [] })
  t.equal((await make(emulator, all)).json.id, 'fault-1', 'not even a number is gone')
})

t.test('an event of one route among several is known', async (t) => {
  const emulator = await emulate(t)
  const match = { vendor: 'portsip', operation: 'oauthToken', event: 'renew' }
  t.equal((await make(emulator, { match, effect: reset })).status, 201)
})

t.test('faults belong to a world: another has none, a copy has the same, a reset removes them', async (t) => {
  const emulator = await emulate(t)
  const { get, post } = emulator
  const effect = { kind: 'refuse', refusal: 'throttled' }
  await post('/@a/_understudy/faults', { body: { match: { vendor: 'tavio' }, times: 2, effect } })
  const login = async (world: string) => (await post(`/@${world}/tavio/v1/acme/auth/login`, { body: john })).status
  t.equal(await login('a'), 429)
  t.equal(await login('b'), 200)
  t.strictSame((await get('/@b/_understudy/faults')).json.items, [])
  await post('/_understudy/worlds', { body: { name: 'copy', from: { world: 'a' } } })
  t.strictSame([await login('copy'), await login('copy')], [429, 200], 'one firing was left')
  t.equal(await login('a'), 429, 'and is left to the original still')
  t.equal((await post('/@copy/_understudy/faults', { body: { effect } })).json.id, 'fault-2')
  await post('/@a/_understudy/reset')
  t.strictSame((await get('/@a/_understudy/faults')).json.items, [])
  t.equal((await post('/@a/_understudy/faults', { body: { effect } })).json.id, 'fault-1', 'and numbers begin anew')
})

t.test('control requests meet no fault', async (t) => {
  const emulator = await emulate(t)
  await make(emulator, { effect: reset })
  t.equal((await emulator.get('/_understudy/health')).status, 200)
  t.equal((await emulator.get('/_understudy/nothing')).status, 404)
})
