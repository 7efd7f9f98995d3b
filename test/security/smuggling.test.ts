import t from 'tap'
import { credentials, listening, login, type Received } from '../support/wire.js'

/** What must never be taken for a request: were it one, its answer would be the server's health. */
const smuggled = 'GET /_understudy/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

const withBody = (headers: readonly string[], body: string): string =>
  [
    'POST /tavio/v1/acme/auth/login HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    ...headers,
    '',
    body,
  ].join('\r\n')

const chunked = (chunks: string, header = 'Transfer-Encoding: chunked'): string => withBody([header], chunks)
const size = credentials.length.toString(16)
const rawHeader = (line: string, body = `12345${smuggled}`): string => withBody([line], body)

/** Where a request ends is not clear: one empty 400, and the connection is closed. */
const unclear: [string, string][] = [
  [
    'Content-Length and Transfer-Encoding',
    withBody(['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`),
  ],
  [
    'Transfer-Encoding and Content-Length',
    withBody(['Transfer-Encoding: chunked', 'Content-Length: 5'], `0\r\n\r\n${smuggled}`),
  ],
  ['two lengths', withBody(['Content-Length: 5', 'Content-Length: 6'], `12345${smuggled}`)],
  ['the same length twice', withBody(['Content-Length: 5', 'Content-Length: 5'], `12345${smuggled}`)],
  [
    'two Transfer-Encodings',
    withBody(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `0\r\n\r\n${smuggled}`),
  ],
  ...[
    '5, 5',
    '-1',
    '+5',
    '0x5',
    '5e0',
    '1.0',
    '5 5',
    '',
    '99999999999999999999999999',
    '18446744073709551621',
    '٥',
  ].map((length): [string, string] => [`Content-Length: ${length}`, rawHeader(`Content-Length: ${length}`)]),
  ...['xchunked', 'chunked, identity', 'identity', 'chunked\v', '"chunked"', 'chunked, chunked', 'chunked; q=1'].map(
    (coding): [string, string] => [
      `Transfer-Encoding: ${coding}`,
      chunked(`0\r\n\r\n${smuggled}`, `Transfer-Encoding: ${coding}`),
    ],
  ),
  ['a folded header', chunked(`0\r\n\r\n${smuggled}`, 'Transfer-Encoding:\r\n chunked')],
  ['a header continued', withBody(['X-A: b', ' Content-Length: 5'], `12345${smuggled}`)],
  ['a blank before the colon', rawHeader('Content-Length : 5')],
  ['a blank before the coding’s colon', chunked(`0\r\n\r\n${smuggled}`, 'Transfer-Encoding : chunked')],
  ['a header without a colon', rawHeader('Content-Length')],
  ['a NUL in a name', rawHeader('Content\0Length: 5')],
  ['a NUL in a value', rawHeader('X-A: \0')],
  ['a bare line feed', `GET /tavio/v1/acme/me HTTP/1.1\nHost: x\n\n${smuggled}`],
  ['a bare line feed between headers', `GET /tavio/v1/acme/me HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n${smuggled}`],
  ['a bare carriage return', `GET /tavio/v1/acme/me HTTP/1.1\r\nHost: x\rX-A: b\r\n\r\n${smuggled}`],
  ...['zz', '-1', '+5', '0x5', '', ' 5', '5 ', 'ffffffffffffffffff', '5\0'].map((length): [string, string] => [
    `a chunk of ${JSON.stringify(length)} bytes`,
    chunked(`${length}\r\n12345\r\n0\r\n\r\n${smuggled}`),
  ]),
  ['a chunk longer than it says', chunked(`5\r\n12345X\r\n0\r\n\r\n${smuggled}`)],
  ['chunks ended by line feeds', chunked(`5\n12345\n0\n\n${smuggled}`)],
  ['a chunk extension ended by a line feed', chunked(`5;a\n12345\r\n0\r\n\r\n${smuggled}`)],
  ['a chunk extension without end', chunked(`5;${'a'.repeat(100_000)}\r\n12345\r\n0\r\n\r\n${smuggled}`)],
  ['a length in the trailer', chunked(`${size}\r\n${credentials}\r\n0\r\nContent-Length: 5\r\n\r\n${smuggled}`)],
  ['a version that is none', `GET /tavio/v1/acme/me HTTP/1.2.3\r\nHost: x\r\n\r\n${smuggled}`],
  ['a blank in the target', `GET /tavio/v1/acme/me /x HTTP/1.1\r\nHost: x\r\n\r\n${smuggled}`],
  ['a method that is none', `G ET /tavio/v1/acme/me HTTP/1.1\r\nHost: x\r\n\r\n${smuggled}`],
]

const isHealth = ({ body }: Received): boolean => body.includes('"status":"ok"')

t.test(
  'a request whose end is unclear gets an empty 400 and closes its connection; nothing after it is read',
  async (t) => {
    const { client, get } = await listening(t)
    t.match((await client().write(smuggled).answers()).map(isHealth), [true], 'what is smuggled would be seen')
    for (const [what, bytes] of unclear) {
      const answers = await client().write(bytes).answers()
      t.match(answers, [{ status: 400, headers: { connection: 'close' }, body: '' }], what)
      t.equal(answers.length, 1, `${what}: one answer`)
    }
    const { items } = (await get('/_understudy/tokens?vendor=tavio')).json
    t.strictSame(items, [], 'and nobody has logged in')
  },
)

t.test('what follows a request that is clear, if odd, is the next request', async (t) => {
  const { client } = await listening(t)
  const rows: [string, string, number][] = [
    ['chunks', chunked(`${size}\r\n${credentials}\r\n0\r\n\r\n`), 200],
    ['many chunks', chunked(`${[...credentials].map((one) => `1\r\n${one}\r\n`).join('')}0\r\n\r\n`), 200],
    ['a chunk extension', chunked(`${size};a=b\r\n${credentials}\r\n0;c="d"\r\n\r\n`), 200],
    ['a trailer', chunked(`${size}\r\n${credentials}\r\n0\r\nX-Checked: yes\r\n\r\n`), 200],
    ['a size in capitals with zeros', chunked(`0${size.toUpperCase()}\r\n${credentials}\r\n0\r\n\r\n`), 200],
    ['a coding in capitals', chunked(`${size}\r\n${credentials}\r\n0\r\n\r\n`, 'TRANSFER-ENCODING: CHUNKED'), 200],
    ['a length with zeros and blanks', withBody([`Content-Length:   00${credentials.length}  `], credentials), 200],
    ['a length that is named by Connection', login('Connection: content-length'), 200],
    ['a length shorter than the body is meant to be', withBody(['Content-Length: 5'], credentials.slice(0, 5)), 400],
  ]
  for (const [what, bytes, status] of rows) {
    const answers = await client()
      .write(bytes + smuggled)
      .answers()
    t.strictSame(
      answers.map((one) => [one.status, isHealth(one)]),
      [
        [status, false],
        [200, true],
      ],
      what,
    )
  }
})

t.test('a body is never a request, whether the vendor reads it or not', async (t) => {
  const { client } = await listening(t)
  const length = `Content-Length: ${smuggled.length}`
  const targets = [
    'GET /tavio/v1/acme/me',
    'GET /faveo/api/v1/authenticate/user',
    'GET /_understudy/health',
    'HEAD /thiio/api/check',
    'OPTIONS /thiio/api/check',
    'DELETE /babelfor/v1/auth/user',
    'POST /portsip/api/logout',
    'POST /nowhere',
    'POST /tavio/nowhere',
    'POST /tavio/%ff',
    'POST /@NO/tavio/v1/acme/auth/login',
    'POST /_understudy/reset',
  ]
  for (const target of targets) {
    for (const [headers, body] of [
      [length, smuggled],
      ['Transfer-Encoding: chunked', `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`],
    ]) {
      const one = client().write(`${target} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n${body}`)
      const text = await one.half().until(() => false)
      t.equal(text.split('HTTP/1.1 ').length - 1, 1, `${target}, ${headers}: one answer`)
    }
  }
})

t.test('a body longer than it says ends the connection after the answer; an oversized one is not read', async (t) => {
  const { client } = await listening(t)
  const longer = await client()
    .write(`${login()}${'x'.repeat(100)}\r\n\r\n`)
    .answers()
  t.strictSame(
    longer.map(({ status }) => status),
    [200, 400],
  )
  const oversized = client().write(withBody(['Content-Length: 2000000'], smuggled.repeat(100)))
  t.match(await oversized.answers(), [{ status: 400, headers: { connection: 'close' } }])
  const huge = client().write(withBody(['Content-Length: 9007199254740993'], smuggled))
  t.match(await huge.answers(), [{ status: 400, headers: { connection: 'close' } }])
})

t.test('an answer carries no header that a client made up', async (t) => {
  const { client } = await listening(t)
  const evil = [
    '/tavio/%0d%0aX-Evil:%201/me',
    '/faveo/api/v1/authenticate/user?token=%0d%0aX-Evil:%201',
    '/@w%0d%0aX-Evil:1/',
  ]
  for (const path of evil) {
    const answers = await client()
      .write(`GET ${path} HTTP/1.1\r\nHost: a\r\nOrigin: http://localhost%0d%0aX-Evil: 1\r\nConnection: close\r\n\r\n`)
      .answers()
    t.equal(answers.length, 1, path)
    t.notOk(
      answers.some(({ headers }) => 'x-evil' in headers),
      path,
    )
  }
})
