import { rule, tavio } from '../support/client.js'

/** The journal of a world. */
export const requests = [
  rule('requests are listed in the order of their arrival, filtered, read whole, and forgotten', async (t, world) => {
    const client = tavio(world.url('tavio'))
    const { token, id } = await client.login()
    await client.me(token)
    await client.login({ username: 'john.doe', password: 'wrong' })
    const all = await world.requests.list()
    t.strictSame(
      all.map(({ operation, status }) => [operation, status]),
      [
        ['login', 200],
        ['me', 200],
        ['login', 401],
      ],
    )
    t.strictSame(await world.requests.list({ event: 'login', refusal: 'wrong-password' }), all.slice(2))
    t.strictSame(await world.requests.list({ account: 'john.doe', status: 200 }), all.slice(0, 2))
    const whole = await world.requests.get(id)
    t.match(whole, { ...all[0], request: { headers: { 'content-type': 'application/json' } } })
    t.match(whole.response?.body, /expires_in/)
    t.equal(whole.why, null)
    const refused = await world.requests.get(all[2]?.id ?? '')
    t.match(refused.why, {
      summary: /^The password is not that of account /,
      rule: { code: 'wrong-password' },
      token: null,
    })
    await world.requests.clear()
    t.strictSame(await world.requests.list(), [])
  }),

  rule('a list has all requests, however many pages the server makes of them', async (t, world) => {
    for (let n = 0; n < 1001; n++) await fetch(`${world.url('tavio')}/nowhere`)
    t.equal((await world.requests.list({ vendor: 'tavio' })).length, 1001)
  }),

  rule('what happened is held against what should have happened', async (t, world) => {
    const client = tavio(world.url('tavio'))
    await client.login()
    await client.login()
    const twice = { match: { event: 'login', account: 'john.doe' }, exactly: 2 }
    const never = { match: { event: 'renew' }, exactly: 0 }
    t.strictSame(await world.requests.verify(twice, never), { ok: true, seen: [2, 0], failures: [] })
    t.match(await world.requests.verify({ match: { event: 'renew' } }), { ok: false, failures: [{ step: 0, seen: 0 }] })
  }),

  rule('a stream tells of requests as they are answered, until one has seen enough', async (t, world) => {
    const client = tavio(world.url('tavio'))
    await client.login()
    const stream = await world.requests.stream({ operation: 'me' })
    const { token } = await client.login()
    await client.me(token)
    await client.me('nonsense')
    const seen: (number | null)[] = []
    for await (const { operation, status } of stream) {
      t.equal(operation, 'me')
      seen.push(status)
      if (seen.length === 2) break
    }
    t.strictSame(seen, [200, 401])
    t.strictSame(await stream.next(), { value: undefined, done: true })
  }),

  rule('a stream that nobody has read, or that somebody waits at, can be left', async (t, world) => {
    const unread = await world.requests.stream()
    t.match(await unread.return?.(), { done: true })
    const waiting = await world.requests.stream()
    const next = waiting.next()
    t.match(await waiting.return?.(), { done: true })
    t.match(await next, { done: true })
  }),

  rule('a stream carries texts beyond ASCII', async (t, world) => {
    const stream = await world.requests.stream()
    await world.faults.add({ effect: { kind: 'refuse', refusal: 'unknown-account', facts: { login: '✓ héllo 🎭' } } })
    await tavio(world.url('tavio')).login()
    const { value } = await stream.next()
    t.match(value?.refusal, { facts: { login: '✓ héllo 🎭' } })
    await stream.return?.()
  }),
]
