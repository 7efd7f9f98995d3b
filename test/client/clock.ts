import { rule, tavio } from '../support/client.js'

const at = '2026-01-01T00:00:00.000Z'
const epochMs = 1_767_225_600_000

/** The time of a world. */
export const clock = [
  rule('a clock is read, frozen, moved, let go and put back', async (t, { clock }) => {
    t.match(await clock.read(), { state: 'running', offsetMs: 0 })
    t.match(await clock.freeze(at), { now: at, epochMs, state: 'frozen' })
    t.equal(await clock.now(), epochMs)
    t.match(await clock.freeze(), { now: at, state: 'frozen' })
    t.match(await clock.advance('61m'), { now: '2026-01-01T01:01:00.000Z' })
    t.match(await clock.advance(1500), { now: '2026-01-01T01:01:01.500Z' })
    t.match(await clock.advance({ by: '1d' }), { now: '2026-01-02T01:01:01.500Z' })
    t.match(await clock.advance({ to: '2026-02-01' }), { now: '2026-02-01T00:00:00.000Z', state: 'frozen' })
    t.match(await clock.resume(), { state: 'running' })
    t.match(await clock.reset(), { state: 'running', offsetMs: 0 })
  }),

  rule('a token expires in a world whose time has moved, and lives on in the others', async (t, world, understudy) => {
    const other = await understudy.world()
    const [here, there] = [tavio(world.url('tavio')), tavio(other.url('tavio'))]
    const { token } = await here.login()
    const { token: elsewhere } = await there.login()
    await world.clock.advance('61m')
    t.equal(await here.me(token), 401)
    t.equal(await there.me(elsewhere), 200)
  }),

  rule(
    'timers say what ends next, and the time moves to a second before it, to it, and a second after',
    async (t, world) => {
      const client = tavio(world.url('tavio'))
      await world.clock.freeze(at)
      const { token } = await client.login()
      const { id } = await world.tokens.mint({ vendor: 'tavio', account: 'john.doe', lifetime: '30s' })
      const timers = await world.clock.timers()
      t.match(timers, [
        { at: '2026-01-01T00:00:30.000Z', kind: 'token', vendor: 'tavio', token: id },
        { at: '2026-01-01T01:00:00.000Z', kind: 'token', vendor: 'tavio' },
      ])
      t.strictSame(await world.clock.timers(1), timers.slice(0, 1))
      const edges: ['before' | 'at' | 'after', string, number][] = [
        ['before', '2026-01-01T00:59:59.000Z', 200],
        ['at', '2026-01-01T01:00:00.000Z', 401],
        ['after', '2026-01-01T01:00:01.000Z', 401],
      ]
      for (const [edge, now, status] of edges) {
        t.match(await world.clock.advance({ to: { token, edge } }), { now })
        t.equal(await client.me(token), status, edge)
      }
    },
  ),
]
