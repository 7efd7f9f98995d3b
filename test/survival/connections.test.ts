import { once } from 'node:events'
import t from 'tap'
import { type Client, type Listening, last, listening, login, me, wrongLogin } from '../support/wire.js'

const statuses = async (client: Client): Promise<number[]> => (await client.answers()).map(({ status }) => status)

/** The server still serves, to others. */
const serves = async ({ client }: Listening) =>
  (await statuses(client().write(login()).write(last))).join() === '200,200'

const chunkedLogin = login('Transfer-Encoding: chunked')
  .replace(/Content-Length.*\r\n/, '')
  .replace(/\{.*/, '')

const impatient = { headersMs: 100, requestMs: 200, checkMs: 20 }

/** What comes at once, what then comes bit by bit, and what is answered. */
const trickling: [what: string, bytes: string, drip: string, answers: number[]][] = [
  ['nothing at all', '', '', [408]],
  ['half a request line', 'GET /tavio', 'x', [408]],
  ['a header that does not end', 'GET /tavio/v1/acme/me HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'x', [408]],
  ['a body that does not end', login().replace(/(Content-Length: )\d+/, '$11000'), ' ', [408]],
  ['a chunk that does not end', `${chunkedLogin}ffff\r\n`, 'x', [408]],
  ['a body that the vendor does not read', `${me('Content-Length: 1000')}x`, 'x', [401]],
  ['a second request', `${me()}GET /tavio`, 'x', [401, 408]],
]

t.test('whoever sends too slowly gets an empty 408 and a closed connection, while others are served', async (t) => {
  const server = await listening(t, { timeouts: impatient })
  for (const [what, bytes, drip, answers] of trickling) {
    const client = server.client().write(bytes)
    // One for each look that the server takes.
    const dripping = setInterval(() => client.write(drip), impatient.checkMs)
    t.teardown(() => clearInterval(dripping))
    t.ok(await serves(server), `${what}: others are served`)
    const received = await client.answers()
    clearInterval(dripping)
    t.strictSame(
      received.map(({ status }) => status),
      answers,
      what,
    )
    for (const { status, headers, body } of received) {
      if (status === 408) t.strictSame([headers.connection, body], ['close', ''], what)
    }
  }
  const { items } = (await server.get('/_understudy/tokens?vendor=tavio')).json
  t.equal(items.length, trickling.length, 'nobody else has logged in')
})

t.test('a body that comes slowly but in time is read', async (t) => {
  const { client } = await listening(t)
  const slow = client()
  for (const byte of login('Connection: close')) {
    slow.write(byte)
    await new Promise(setImmediate)
  }
  t.strictSame(await statuses(slow), [200])
})

t.test('a client that has said all it has to say still gets its answers', async (t) => {
  const { client, get } = await listening(t)
  t.strictSame(await statuses(client().write(login()).half()), [200])
  t.strictSame(await statuses(client().write(wrongLogin).half()), [401], 'also where it takes a thread')
  t.strictSame(
    await statuses(
      client()
        .write(wrongLogin + login() + me())
        .half(),
    ),
    [401, 200, 401],
    'all of them',
  )
  t.strictSame(await statuses(client().write(login().slice(0, -1)).half()), [400], 'half a request is none')
  t.strictSame(await statuses(client().half()), [], 'nothing asked, nothing answered')
  t.equal((await get('/_understudy/tokens?vendor=tavio')).json.items.length, 2)
})

t.test('a stream ends with the client that has no more to say', async (t) => {
  const { client } = await listening(t)
  const stream = client().write('GET /_understudy/requests/stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await stream.until((text) => text.includes(': listening'))
  t.match(await stream.half().answers(), [{ status: 200, body: ': listening\n\n' }])
})

t.test('several requests in one write are answered in their order, however long each takes', async (t) => {
  const { client } = await listening(t)
  const answers = await client()
    .write(wrongLogin + me() + login() + wrongLogin + me() + login() + last)
    .answers()
  t.strictSame(
    answers.map(({ status, headers }) => [status, headers['x-understudy-request']]),
    [
      [401, 'default-1'],
      [401, 'default-2'],
      [200, 'default-3'],
      [401, 'default-4'],
      [401, 'default-5'],
      [200, 'default-6'],
      [200, undefined],
    ],
  )
})

t.test('what was asked before something that is no request is answered first', async (t) => {
  const { client } = await listening(t)
  const rows: [string, string, number[]][] = [
    ['garbage', 'garbage\r\n\r\n', [400]],
    ['a tunnel', 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n', [400]],
    ['too long a header', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, [431]],
    ['a broken chunk', `${chunkedLogin}5\r\n12345\r\nzz\r\n`, [400]],
  ]
  for (const [what, bytes, end] of rows) {
    for (const [asked, before] of [
      ['', []],
      [login(), [200]],
      [wrongLogin, [401]],
      [wrongLogin + me() + login(), [401, 401, 200]],
    ] as const) {
      t.strictSame(await statuses(client().write(asked + bytes)), [...before, ...end], `${what} after ${before}`)
    }
  }
})

t.test('no request gets two answers: one that breaks after its answer is cut off', async (t) => {
  const { client } = await listening(t)
  const one = client().write(`${me('Transfer-Encoding: chunked')}5\r\n12345\r\n`)
  await one.until((text) => text.includes('Unauthorized') && text.includes('}'))
  t.strictSame(await statuses(one.write('zz\r\n')), [401])
})

t.test('a client that never reads the end of its connection is cut off', async (t) => {
  const { app, client } = await listening(t)
  const [[socket]] = await Promise.all([once(app.server, 'connection'), client().pause().write('garbage\r\n\r\n')])
  await once(socket, 'close')
  t.ok(socket.destroyed)
})

t.test(
  '1,000 connections on which nothing happens keep nobody from being served, and end with the server',
  async (t) => {
    const server = await listening(t)
    const accepted = new Promise<void>((resolve) => {
      let count = 0
      server.app.server.on('connection', () => ++count === 1000 && resolve())
    })
    const idle = Array.from({ length: 1000 }, (_, at) => server.client().write(at % 2 === 0 ? '' : me()))
    await Promise.all(idle.filter((_, at) => at % 2 === 1).map((client) => client.until((text) => text.includes('}'))))
    await accepted
    t.ok(await serves(server))
    t.ok(await serves(server))
    t.notOk(
      idle.some(({ closed }) => closed),
      'none of them was given up',
    )
    await server.app.close()
    await Promise.all(idle.map((client) => client.until(() => false)))
  },
)

t.test('expectations that HTTP does not know are passed over; 100-continue is told to go on', async (t) => {
  const { client } = await listening(t)
  t.match(await client().write(login('Expect: foo')).write(last).answers(), [
    { status: 200, headers: { 'x-understudy-request': 'default-1' } },
    { status: 200 },
  ])
  t.strictSame(await statuses(client().write(login('Expect: 100-continue')).write(last)), [100, 200, 200])
})

t.test('an offer to speak another protocol is not taken up', async (t) => {
  const { client } = await listening(t)
  const offers = [
    ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: eHh4'],
    // Java's HttpClient says so with whatever it asks first.
    ['Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AAMAAABk'],
  ]
  for (const offer of offers) {
    for (const [asked, status] of [
      [me, 401],
      [login, 200],
    ] as const) {
      const one = client().write(asked(...offer))
      await one.until((text) => text.endsWith('}'))
      t.strictSame(await statuses(one.write(last)), [status, 200], `${offer.join()}: ${status}`)
    }
  }
  t.strictSame(await statuses(client().write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')), [400], 'HTTP/2 at once')
})

t.test('the older and the longer forms of a request are understood', async (t) => {
  const { client } = await listening(t)
  const absolute = login('Connection: close').replace('/tavio', 'http://localhost/tavio')
  t.strictSame(await statuses(client().write(absolute)), [200], 'a whole URL')
  const byHost = login('Connection: close').replace('/tavio', 'http://tavio.localhost')
  t.strictSame(await statuses(client().write(byHost)), [200], 'a whole URL whose host says more than the header')
  const old = client().write(login().replace('HTTP/1.1', 'HTTP/1.0'))
  t.match(await old.answers(), [{ status: 200, headers: { connection: 'close' } }], 'HTTP/1.0')
  const kept = login('Connection: keep-alive').replace('HTTP/1.1', 'HTTP/1.0')
  t.strictSame(await statuses(client().write(kept).write(last)), [200, 200], 'HTTP/1.0 that stays')
  t.strictSame(await statuses(client().write('GET /tavio/v1/acme/me HTTP/1.0\r\n\r\n')), [401], 'without a Host')
  t.strictSame(await statuses(client().write('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')), [404])
})
