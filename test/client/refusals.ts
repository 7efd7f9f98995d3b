import type { Understudy } from '../../src/client/understudy.js'
import type { World } from '../../src/client/world.js'
import { UnderstudyError } from '../../src/index.js'
import { rule, tavio } from '../support/client.js'

type Call = (world: World, understudy: Understudy) => unknown

const nobody = { vendor: 'nobody' }
const past = '2000-01-01'

/** What cannot be done, its status (0: known without asking), its code, and the pointer to what was wrong. */
const rows: readonly [string, Call, number, string, string?][] = [
  ['a world of a malformed name', (_, server) => server.world('W7'), 422, 'invalid-input', '/name'],
  ['a new world of a taken name', (_, server) => server.world({ name: 'default' }), 409, 'world-exists'],
  ['a copy of nothing', (_, server) => server.world({ from: { world: 'none' } }), 404, 'unknown-world', '/from/world'],
  ['the end of the default world', async (_, server) => (await server.world('default')).remove(), 409, 'default-world'],
  ['a document of nobody', (_, server) => server.openapi('nobody'), 404, 'unknown-document'],
  [
    'a snapshot that is none',
    (_, server) => server.snapshots.upload('x', Buffer.from('x')),
    422,
    'corrupt-snapshot',
    '',
  ],
  ['a download of nothing', (_, server) => server.snapshots.download('none'), 404, 'unknown-snapshot'],
  ['the end of no snapshot', (_, server) => server.snapshots.remove('none'), 404, 'unknown-snapshot'],
  ['a snapshot of a malformed name', (world) => world.snapshots.take('S7'), 422, 'invalid-input', '/name'],
  ['a way back to nothing', (world) => world.snapshots.restore('none'), 404, 'unknown-snapshot'],
  ['the URL of nobody', (world) => world.url('nobody'), 0, 'unknown-vendor'],
  ['an instant that is none', (world) => world.clock.freeze('yesterday'), 422, 'invalid-instant', '/at'],
  ['the past', (world) => world.clock.freeze(past), 409, 'clock-backwards'],
  ['a duration that is none', (world) => world.clock.advance('61 minutes'), 422, 'invalid-duration', '/by'],
  ['a way to no instant', (world) => world.clock.advance({ to: 'soon' }), 422, 'invalid-instant', '/to'],
  [
    'the end of no token',
    (world) => world.clock.advance({ to: { token: 'none', edge: 'at' } }),
    404,
    'unknown-token',
    '/to/token',
  ],
  ['settings of nobody', (world) => world.settings.read('nobody'), 404, 'unknown-vendor'],
  [
    'a setting of another type',
    (world) => world.settings.change('tavio', { renewRevokes: 'yes' }),
    422,
    'invalid-input',
    '/renewRevokes',
  ],
  ['accounts of nobody', (world) => world.accounts.list(nobody), 404, 'unknown-vendor', '/vendor'],
  ['an account that is none', (world) => world.accounts.get('tavio', 'none'), 404, 'unknown-account'],
  ['a name that is no path', (world) => world.accounts.get('tavio', '../tavio/john.doe?'), 404, 'unknown-account'],
  ['an account of nobody', (world) => world.accounts.create(nobody), 404, 'unknown-vendor', '/vendor'],
  ['a change of no account', (world) => world.accounts.change('tavio', 'none', {}), 404, 'unknown-account'],
  [
    'a field that no account has',
    (world) => world.accounts.change('tavio', 'john.doe', { shoeSize: 43 }),
    422,
    'invalid-input',
    '/shoeSize',
  ],
  ['the end of no account', (world) => world.accounts.remove('tavio', 'none'), 404, 'unknown-account'],
  ['messages of nobody', (world) => world.outbox.list(nobody), 404, 'unknown-vendor', '/vendor'],
  [
    'a fault of nobody',
    (world) => world.faults.add({ match: nobody, effect: { kind: 'reset' } }),
    422,
    'unknown-vendor',
    '/match/vendor',
  ],
  ['the end of no fault', (world) => world.faults.remove('none'), 404, 'unknown-fault'],
  ['requests of nobody', (world) => world.requests.list(nobody), 422, 'unknown-vendor', '/vendor'],
  ['a request that never was', (world) => world.requests.get('none-1'), 404, 'unknown-request'],
  ['a stream of nobody', (world) => world.requests.stream(nobody), 422, 'unknown-vendor', '/vendor'],
  [
    'a verification of nobody',
    (world) => world.requests.verify({ match: nobody }),
    422,
    'unknown-vendor',
    '/steps/0/match/vendor',
  ],
  ['a token for nobody', (world) => world.tokens.mint({ ...nobody, account: 'x' }), 404, 'unknown-vendor', '/vendor'],
  [
    'a defect that a vendor’s tokens cannot have',
    (world) => world.tokens.mint({ vendor: 'faveo', account: 'demoadmin', defect: 'other-tenant' }),
    422,
    'impossible-defect',
    '/defect',
  ],
  ['tokens of nobody', (world) => world.tokens.list(nobody), 404, 'unknown-vendor', '/vendor'],
  ['a look at no token', (world) => world.tokens.inspect({ id: 'none' }), 404, 'unknown-token', '/id'],
  ['a new key for opaque tokens', (world) => world.keys.rotate('tavio'), 422, 'no-key', '/vendor'],
  ['timers without an end', (world) => world.clock.timers(0), 422, 'invalid-input', '/limit'],
  ['the end of a token that is none', (world) => world.tokens.revoke({ id: 'none' }), 404, 'unknown-token', '/id'],
]

/** All that a client can see of a world. */
const seen = async (world: World, understudy: Understudy): Promise<unknown> => [
  await world.clock.now(),
  await world.accounts.list(),
  await world.tokens.list(),
  await world.faults.list(),
  await world.requests.list(),
  await world.settings.read('tavio'),
  await world.keys.list(),
  await world.outbox.list(),
  await understudy.worlds(),
  await understudy.snapshots.list(),
]

const outcome = (call: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(call)
    .catch((error) => error)

/** What the client says when it may not, or cannot. */
export const refusals = [
  rule(
    'what cannot be done is refused with status, code and pointer, and all is as it was',
    async (t, world, server) => {
      await world.clock.freeze()
      await tavio(world.url('tavio')).login()
      await server.world('default')
      const before = await seen(world, server)
      for (const [what, call, status, code, pointer] of rows) {
        const error = await outcome(() => call(world, server))
        t.ok(error instanceof UnderstudyError, `${what}: ${error}`)
        t.match(error, { status, code, message: /\w/, ...(pointer !== undefined && { details: { pointer } }) }, what)
      }
      t.strictSame(await seen(world, server), before)
    },
  ),

  rule('an unknown vendor is answered with those that there are', async (t, world) => {
    t.throws(() => world.url('nobody'), { message: /"nobody".*babelfor, faveo, portsip, tavio, thiio/ })
  }),
]
