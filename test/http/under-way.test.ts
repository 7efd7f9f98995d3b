import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { type Emulator, emulate } from '../support/emulate.js'

/** Requests that leave the event loop in their middle, to compare, hash or sign. */
const slow: [string, object, number][] = [
  ['/tavio/v1/acme/auth/login', { username: 'john.doe', password: 'wrong' }, 401],
  ['/tavio/v1/acme/auth/login', { username: 'john.doe', password: 'john.doe.password' }, 200],
  ['/thiio/api/login', { email: 'admin@thiio.com', password: '123456789' }, 200],
  ['/_understudy/accounts', { vendor: 'thiio', email: 'new@thiio.com', password: 'secret-secret' }, 201],
]

/** The vendors’ requests have reached their world. */
async function begun({ app }: Emulator): Promise<void> {
  for (;;) {
    const { items } = (await app.inject('/_understudy/worlds')).json()
    if (items.some(({ name, requests }: { name: string; requests: number }) => name === 'w7' && requests === 3)) return
    await nextTurn()
  }
}

const ends: [string, (emulator: Emulator) => Promise<{ status: number }>][] = [
  ['reset', ({ post }) => post('/@w7/_understudy/reset')],
  ['removed', ({ ask }) => ask('DELETE', '/_understudy/worlds/w7')],
  ['put back to a snapshot', ({ post }) => post('/@w7/_understudy/snapshots/s/restore')],
]

t.test('what is under way in a world that is reset, removed or put back is answered as if it were not', async (t) => {
  for (const [what, end] of ends) {
    const emulator = await emulate(t)
    await emulator.post('/_understudy/worlds', { body: { name: 'w7' } })
    await emulator.post('/@w7/_understudy/snapshots', { body: { name: 's' } })
    const under = slow.map(([path, body]) => emulator.post(`/@w7${path}`, { body }))
    await begun(emulator)
    t.equal((await end(emulator)).status, 204, what)
    const statuses = (await Promise.all(under)).map(({ status }) => status)
    t.strictSame(
      statuses,
      slow.map(([, , status]) => status),
      what,
    )
    const tokens = await Promise.all(
      ['tavio', 'thiio'].map((vendor) => emulator.get(`/@w7/_understudy/tokens?vendor=${vendor}`)),
    )
    const issued = tokens.flatMap(({ json }) => json.items)
    t.strictSame(issued, [], `${what}: nothing of it reaches the world that is there now`)
  }
})
