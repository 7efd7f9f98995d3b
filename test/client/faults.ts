import { rule, tavio } from '../support/client.js'

/** How the vendors of a world fail. */
export const faults = [
  rule('a fault strikes what it matches, is counted, and is gone when it has been removed', async (t, world) => {
    const client = tavio(world.url('tavio'))
    const fault = await world.faults.add({
      match: { vendor: 'tavio', event: 'login', account: 'john.doe' },
      times: 1,
      effect: { kind: 'refuse', refusal: 'wrong-password' },
    })
    t.match(fault, { matched: 0, fired: 0, effect: { kind: 'refuse' } })
    t.equal((await client.login()).status, 401)
    t.equal((await client.login()).status, 200)
    t.match(await world.faults.list(), [{ id: fault.id, matched: 2, fired: 1 }])
    await world.faults.remove(fault.id)
    t.strictSame(await world.faults.list(), [])
  }),

  rule('all faults are removed at once', async (t, world) => {
    await world.faults.add({ effect: { kind: 'respond', status: 503 } })
    await world.faults.add({ effect: { kind: 'delay', ms: 1 } })
    t.equal((await world.faults.list()).length, 2)
    await world.faults.clear()
    t.strictSame(await world.faults.list(), [])
    t.equal((await tavio(world.url('tavio')).login()).status, 200)
  }),

  rule('a renewed token whose answer was lost is in the world, and not in the client', async (t, world) => {
    const client = tavio(world.url('tavio'))
    const { token } = await client.login()
    await world.faults.add({ match: { event: 'renew' }, times: 1, effect: { kind: 'lose-response' } })
    await t.rejects(client.renew(token), TypeError)
    t.equal((await world.tokens.list({ vendor: 'tavio' })).length, 2)
    t.equal(await client.renew(token), 200)
  }),
]
