import t from 'tap'
import { type Emulator, emulate } from '../support/emulate.js'

const john = { username: 'john.doe', password: 'john.doe.password' }

const steps = {
  /** login by john */
  L: ({ post }: Emulator) => post('/tavio/v1/acme/auth/login', { body: john }),
  /** login by demoadmin, of another vendor */
  D: ({ post }: Emulator) =>
    post('/faveo/api/v1/authenticate', { body: { username: 'demoadmin', password: 'demopass' } }),
  /** renewal, refused */
  R: ({ post }: Emulator) => post('/tavio/v1/acme/auth/token/renew'),
  /** token use, refused */
  U: ({ get }: Emulator) => get('/tavio/v1/acme/me'),
} as const

async function after(t: Parameters<typeof emulate>[0], letters: string) {
  const emulator = await emulate(t)
  for (const letter of letters) {
    if (letter === 'L' || letter === 'D' || letter === 'R' || letter === 'U') await steps[letter](emulator)
  }
  return {
    ...emulator,
    verify: async (...wanted: object[]) =>
      (await emulator.post('/_understudy/requests/verify', { body: { steps: wanted } })).json,
  }
}

const login = { event: 'login' }
const renew = { event: 'renew' }
const use = { event: 'token-use' }

t.test('steps count in order, each until the next that needs a request finds one', async (t) => {
  const rows: [string, object[], boolean, number[]][] = [
    ['', [{ match: login }], false, [0]],
    ['L', [{ match: login }], true, [1]],
    [
      'LL',
      [
        { match: login, exactly: 2 },
        { match: renew, exactly: 0 },
      ],
      true,
      [2, 0],
    ],
    [
      'LLR',
      [
        { match: login, exactly: 2 },
        { match: renew, exactly: 0 },
      ],
      false,
      [2, 1],
    ],
    [
      'RLL',
      [
        { match: login, exactly: 2 },
        { match: renew, exactly: 0 },
      ],
      true,
      [2, 0],
    ],
    [
      'LRL',
      [
        { match: login, exactly: 2 },
        { match: renew, exactly: 0 },
      ],
      true,
      [2, 0],
    ],
    [
      'LLL',
      [
        { match: login, exactly: 2 },
        { match: renew, exactly: 0 },
      ],
      false,
      [3, 0],
    ],
    ['LR', [{ match: login }, { match: renew }], true, [1, 1]],
    ['RL', [{ match: login }, { match: renew }], false, [1, 0]],
    ['LURUR', [{ match: login }, { match: renew, exactly: 2 }], true, [1, 2]],
    [
      'LLL',
      [
        { match: login, exactly: 2 },
        { match: login, exactly: 1 },
      ],
      true,
      [2, 1],
    ],
    ['LL', [{ match: login }, { match: login }], true, [1, 1]],
    ['LLUR', [{ match: login, exactly: 2 }, { match: renew, exactly: 0 }, { match: use }], true, [2, 0, 1]],
    ['LLRU', [{ match: login, exactly: 2 }, { match: renew, exactly: 0 }, { match: use }], false, [2, 1, 1]],
    ['LLUL', [{ match: login, exactly: 2 }, { match: renew, atMost: 0 }, { match: use }], true, [2, 0, 1]],
    ['LLL', [{ match: login, atMost: 2 }], false, [3]],
    ['', [{ match: login, atMost: 2 }], true, [0]],
    ['LL', [{ match: login, atLeast: 1, atMost: 2 }], true, [2]],
    ['L', [{ match: login, atLeast: 2 }], false, [1]],
    ['LD', [{ match: { ...login, account: 'demoadmin' }, exactly: 1 }], true, [1]],
    ['LD', [{ match: {}, exactly: 2 }], true, [2]],
    [
      'LU',
      [{ match: { status: 401, refusal: 'token-missing', path: '/v1/acme/me', vendor: 'tavio', operation: 'me' } }],
      true,
      [1],
    ],
  ]
  for (const [letters, wanted, ok, seen] of rows) {
    const { verify } = await after(t, letters)
    t.match(await verify(...wanted), { ok, seen }, `${letters} ${JSON.stringify(wanted)}`)
  }
})

t.test('a failure says what was expected, what was seen, and what came nearest', async (t) => {
  const { verify } = await after(t, 'LDU')
  t.strictSame(await verify({ match: { event: 'login', account: 'demoadmin' }, exactly: 2 }), {
    ok: false,
    seen: [1],
    failures: [
      {
        step: 0,
        expected: 'exactly 2 login by demoadmin',
        seen: 1,
        requests: ['default-2'],
        nearest: [{ id: 'default-1', why: 'account is 6f1e7f53-6a0c-4b7e-9d0f-2f4b7a1c9e01, not demoadmin' }],
      },
    ],
  })
  const { failures } = await verify({ match: { operation: 'me', vendor: 'tavio', status: 200 } })
  t.strictSame(failures[0].nearest, [
    { id: 'default-1', why: 'operation is login, not me' },
    { id: 'default-3', why: 'status is 401, not 200' },
    { id: 'default-2', why: 'vendor is faveo, not tavio; operation is authenticate, not me' },
  ])
  t.equal(failures[0].expected, 'at least 1 requests calling me to tavio answered 200')
})

t.test('a request that came too early is named as such, and too many have no nearest', async (t) => {
  const { verify } = await after(t, 'LR')
  const early = await verify({ match: renew }, { match: login })
  t.strictSame(early.failures, [
    {
      step: 1,
      expected: 'at least 1 login',
      seen: 0,
      requests: [],
      nearest: [
        { id: 'default-1', why: 'it came where it does not count' },
        { id: 'default-2', why: 'event is renew, not login' },
      ],
    },
  ])
  const many = await verify({ match: {}, atMost: 1 })
  t.strictSame(many.failures, [
    { step: 0, expected: '0 to 1 requests', seen: 2, requests: ['default-1', 'default-2'], nearest: [] },
  ])
})

t.test('what names nothing known, or contradicts itself, is refused with its pointer', async (t) => {
  const { post } = await emulate(t)
  const rows: [unknown, number, string, string][] = [
    [{ steps: [] }, 422, 'invalid-input', '/steps'],
    [{ steps: [{}] }, 422, 'invalid-input', '/steps/0/match'],
    [{ steps: [{ match: { who: 'x' } }] }, 422, 'invalid-input', '/steps/0/match/who'],
    [{ steps: [{ match: {} }, { match: { vendor: 'acme' } }] }, 422, 'unknown-vendor', '/steps/1/match/vendor'],
    [{ steps: [{ match: { operation: 'x' } }] }, 422, 'unknown-operation', '/steps/0/match/operation'],
    [{ steps: [{ match: { event: 'x' } }] }, 422, 'unknown-event', '/steps/0/match/event'],
    [{ steps: [{ match: { refusal: 'x' } }] }, 422, 'unknown-refusal', '/steps/0/match/refusal'],
    [{ steps: [{ match: { account: 'nobody' } }] }, 404, 'unknown-account', '/steps/0/match/account'],
    [{ steps: [{ match: {}, exactly: -1 }] }, 422, 'invalid-input', '/steps/0/exactly'],
    [{ steps: [{ match: {}, exactly: 1, atMost: 1 }] }, 422, 'invalid-input', '/steps/0/exactly'],
    [{ steps: [{ match: {}, atLeast: 2, atMost: 1 }] }, 422, 'invalid-input', '/steps/0/atMost'],
  ]
  for (const [body, status, code, pointer] of rows) {
    const { json, ...answer } = await post('/_understudy/requests/verify', { body: Object(body) })
    t.equal(answer.status, status, JSON.stringify(body))
    t.match(json.error, { code, details: { pointer } }, JSON.stringify(body))
  }
})
