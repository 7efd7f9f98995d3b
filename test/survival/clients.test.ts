import { once } from 'node:events'
import t from 'tap'
import { answersIn, type Listening, last, listening, login, me, wrongLogin } from '../support/wire.js'

/** What the server says of itself when all is well. */
async function isWell({ client, get }: Listening): Promise<boolean> {
  const answers = await client().write(login()).write(last).answers()
  return answers.every(({ status }) => status === 200) && (await get('/_understudy/health')).status === 200
}

/** Every request in the journal has come to an end. */
const allEnded = async ({ get }: Listening): Promise<boolean> =>
  (await get('/_understudy/requests?limit=1000')).json.items.every(
    ({ durationMs }: { durationMs: number | null }) => durationMs !== null,
  )

t.test('a client that vanishes in the middle of its request leaves nothing behind', async (t) => {
  const server = await listening(t)
  const whole = login()
  const head = whole.indexOf('\r\n\r\n')
  const cuts = [1, 20, head - 5, head + 2, head + 4, head + 10, whole.length - 1]
  for (const cut of cuts) {
    const accepted = once(server.app.server, 'connection')
    const client = server.client().write(whole.slice(0, cut))
    const [socket] = await accepted
    client.vanish()
    if (!socket.closed) await once(socket, 'close')
  }
  t.ok(await isWell(server))
  t.ok(await allEnded(server))
  t.equal((await server.get('/_understudy/tokens?vendor=tavio')).json.items.length, 1, 'no half of a login counts')
})

t.test('what a client asked before it vanished is done, and nothing breaks for want of a reader', async (t) => {
  const server = await listening(t)
  const arrived = once(server.app.server, 'request')
  const client = server.client().write(wrongLogin)
  const [, response] = await arrived
  client.vanish()
  await once(response, 'close')
  t.ok(await isWell(server))
  t.match((await server.get('/_understudy/requests')).json.items, [{ id: 'default-1', status: 401 }, { status: 200 }])
})

const bigAnswers: [string, string][] = [
  ['a snapshot', 'GET /_understudy/snapshots/big HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['the journal', 'GET /_understudy/requests?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['a stream', 'GET /_understudy/requests/stream HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: default-1\r\n\r\n'],
  ['a list', 'GET /_understudy/accounts?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
]

t.test('a client that vanishes in the middle of a big answer is forgotten', async (t) => {
  const server = await listening(t)
  // More than the sockets of both sides take.
  for (let turn = 0; turn < 1000; turn++) await server.get(`/tavio/${'x'.repeat(8000)}`)
  await server.post('/_understudy/snapshots', { body: { name: 'big' } })
  for (const [what, question] of bigAnswers) {
    const [[, response], client] = await Promise.all([
      once(server.app.server, 'request'),
      server.client().write(question),
    ])
    await client.until((text) => text.length > 1000)
    client.pause().vanish()
    if (!response.closed) await once(response, 'close')
    t.ok(await isWell(server), what)
  }
  t.ok(await allEnded(server))
})

t.test('a client that reads slowly gets all of a big answer, and keeps nobody waiting', async (t) => {
  const server = await listening(t)
  for (let turn = 0; turn < 500; turn++) await server.get(`/tavio/${'x'.repeat(8000)}`)
  await server.post('/_understudy/snapshots', { body: { name: 'big' } })
  const slow = server
    .client()
    .pause()
    .write('GET /_understudy/snapshots/big HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  t.ok(await isWell(server))
  const [answer] = answersIn(await slow.resume().until(() => false))
  t.equal(answer?.body.length, Number(answer?.headers['content-length']))
  t.match(answer?.body, /^SQLite format 3/)
})

t.test('an answer that a client is reading when the server closes reaches its end', async (t) => {
  const server = await listening(t, { forceCloseConnections: false })
  const arrived = once(server.app.server, 'request')
  const client = server.client().write(wrongLogin + me())
  await arrived
  const closed = server.app.close()
  t.strictSame(
    (await client.answers()).map(({ status }) => status),
    [401, 401],
  )
  await closed
})
