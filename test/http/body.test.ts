import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { cheapFixtures, emulate } from '../support/emulate.js'
import { listening } from '../support/wire.js'

/** As many bytes as a body may have. */
const most = 1_048_576

const head = (...headers: string[]): string =>
  [
    'POST /tavio/v1/acme/auth/login HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    ...headers,
    '',
    '',
  ].join('\r\n')

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

const known = '{"username":"john.doe","password":"john.doe.password"}'

t.test('a body in chunks may be as large as any other, and is read to its end in its order', async (t) => {
  const { client } = await listening(t, { fixtures: cheapFixtures() })
  const parts = [known.slice(0, 20), known.slice(20).padEnd(most - 20)]
  const login = client().write(head('Transfer-Encoding: chunked') + parts.map(chunk).join(''))
  t.match(await login.write('0\r\n\r\n').half().answers(), [{ status: 200 }])
})

t.test('a body that is larger is refused once, without its end, and the connection is closed', async (t) => {
  const { client, get } = await listening(t)
  const chunks = client().write(
    head('Transfer-Encoding: chunked') + chunk(known.padEnd(most)) + chunk(' ') + chunk(known),
  )
  const announced = client().write(head(`Content-Length: ${most + 1}`))
  for (const one of [chunks, announced]) {
    const answers = await one.answers()
    t.match(answers, [{ status: 400, headers: { connection: 'close' } }])
    t.equal(answers.length, 1)
  }
  const { items } = (await get('/_understudy/requests')).json
  t.strictSame(
    items.map(({ refusal }: { refusal: { code: string } }) => refusal.code),
    ['body-too-large', 'body-too-large'],
  )
})

t.test('of a client that goes away within its body the journal says that it was not read', async (t) => {
  const { client, get } = await listening(t)
  /** The code of its refusal; `null` while there is none. */
  const refusal = async (): Promise<string | null | undefined> => {
    await nextTurn()
    const [entry] = (await get('/_understudy/requests')).json.items
    return entry && (entry.refusal?.code ?? null)
  }
  const gone = client().write(head('Content-Length: 54') + known.slice(0, 20))
  while ((await refusal()) === undefined);
  gone.vanish()
  let code = await refusal()
  while (code === null) code = await refusal()
  t.equal(code, 'malformed-body')
})

t.test('a body that is not as long as it says is refused where no connection tells its end', async (t) => {
  const { get, post } = await emulate(t)
  const rows: [length: number, code: string | null][] = [
    [known.length, null],
    [known.length - 1, 'malformed-body'],
    [known.length + 1, 'malformed-body'],
  ]
  for (const [length, code] of rows) {
    const headers = { 'content-type': 'application/json', 'content-length': `${length}` }
    const { headers: answered } = await post('/tavio/v1/acme/auth/login', { body: known, headers })
    const { json } = await get(`/_understudy/requests/${answered['x-understudy-request']}`)
    t.equal(json.refusal?.code ?? null, code, `${length}`)
  }
})
