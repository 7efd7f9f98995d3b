import { once } from 'node:events'
import { get as getOver, type IncomingMessage } from 'node:http'
import t, { type Test } from 'tap'
import { emulate } from '../support/emulate.js'

const john = { username: 'john.doe', password: 'john.doe.password' }
const login = '/tavio/v1/acme/auth/login'

/** A server that listens, and what a client of its stream reads. */
async function listening(t: Test) {
  const emulator = await emulate(t)
  await emulator.app.listen({ port: 0, host: '127.0.0.1' })
  const address = emulator.app.server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  const open = async (query = '', headers: Record<string, string> = {}) => {
    const request = getOver({ port, host: '127.0.0.1', path: `/_understudy/requests/stream${query}`, headers })
    const [response]: IncomingMessage[] = await once(request, 'response')
    if (!response) throw new Error('no answer')
    response.setEncoding('utf8')
    const read: string[] = []
    let rest = ''
    let more = () => {}
    response.on('data', (part: string) => {
      const parts = (rest + part).split('\n\n')
      rest = parts.pop() ?? ''
      read.push(...parts)
      more()
    })
    /** Blocks of the stream, once there are that many; the first is a comment. */
    const blocks = async (count: number): Promise<string[]> => {
      while (read.length < count) {
        await new Promise<void>((resolve) => {
          more = resolve
        })
      }
      return read.slice(0, count)
    }
    return { response, blocks }
  }
  return { ...emulator, open }
}

t.test('each request is told as one event when it has been answered', async (t) => {
  const { open, post, get } = await listening(t)
  const { response, blocks } = await open()
  t.equal(response.statusCode, 200)
  t.match(response.headers['content-type'], /^text\/event-stream/)
  t.strictSame(await blocks(1), [': listening'])
  await post(login, { body: john })
  await get('/tavio/nowhere')
  const [, first = '', second = ''] = await blocks(3)
  const lines = first.split('\n')
  t.strictSame(lines.slice(0, 2), ['id: default-1', 'event: request'])
  t.equal(lines.length, 3)
  const told = JSON.parse(String(lines[2]).replace('data: ', ''))
  t.strictSame(told, (await get('/_understudy/requests')).json.items[0], 'as the list shows it')
  t.match(second, /^id: default-2\n/)
  response.destroy()
})

t.test('it can be asked for the same things as the list', async (t) => {
  const { open, post, get } = await listening(t)
  const { response, blocks } = await open('?event=login&account=john.doe')
  await blocks(1)
  await get('/tavio/v1/acme/me')
  await post('/faveo/api/v1/authenticate', { body: { username: 'demoadmin', password: 'demopass' } })
  await post(login, { body: john })
  t.match((await blocks(2))[1], /^id: default-3\n/)
  response.destroy()
  for (const [query, status] of [
    ['event=party', 422],
    ['limit=1', 422],
    ['account=nobody', 404],
  ] as const) {
    t.equal((await get(`/_understudy/requests/stream?${query}`)).status, status, query)
  }
})

t.test('a client that comes back is first told what it has missed', async (t) => {
  const { open, get } = await listening(t)
  for (let turn = 0; turn < 3; turn++) await get('/tavio/v1/acme/me')
  const { response, blocks } = await open('', { 'last-event-id': 'default-1' })
  const [, second, third] = await blocks(3)
  t.match(second, /^id: default-2\n/)
  t.match(third, /^id: default-3\n/)
  response.destroy()
})

t.test('a world has a stream of its own', async (t) => {
  const { open, get } = await listening(t)
  const { response, blocks } = await open()
  await blocks(1)
  await get('/@w7/tavio/v1/acme/me')
  await get('/tavio/v1/acme/me')
  t.match((await blocks(2))[1], /^id: default-1\n/)
  response.destroy()
})

t.test('the stream ends when the server closes', async (t) => {
  const { open, app } = await listening(t)
  const { response, blocks } = await open()
  await blocks(1)
  const ended = once(response, 'end')
  await app.close()
  await ended
  t.ok(response.complete)
})

t.test('the stream ends when its world is removed, and goes on when it is reset', async (t) => {
  const { open, ask, get, post } = await listening(t)
  await get('/@w7/tavio/v1/acme/me')
  const { response, blocks } = await open('', { 'x-understudy-world': 'w7' })
  await blocks(1)
  await post('/@w7/_understudy/reset')
  await get('/@w7/tavio/v1/acme/me')
  t.match((await blocks(2))[1], /^id: w7-1\n/)
  const ended = once(response, 'end')
  await ask('DELETE', '/_understudy/worlds/w7')
  await ended
  t.ok(response.complete)
})

t.test('a client that has gone, or does not read, is forgotten', async (t) => {
  const { open, get, post } = await listening(t)
  const gone = await open()
  await gone.blocks(1)
  gone.response.destroy()
  const slow = await open()
  await slow.blocks(1)
  slow.response.pause()
  const cutOff = t.rejects(once(slow.response, 'close'), { code: 'ECONNRESET' })
  const patient = await open()
  // Long paths fill the stream, which waits for a client up to 4 MiB, beside what the sockets take.
  const path = `/tavio/${'x'.repeat(8000)}`
  const many = 1000
  for (let turn = 0; turn < many; turn++) {
    await get(path)
    await new Promise(setImmediate)
  }
  await patient.blocks(many + 1)
  slow.response.resume()
  await cutOff
  await post(login, { body: john })
  t.match((await patient.blocks(many + 2)).at(-1), new RegExp(`^id: default-${many + 1}\n`))
  patient.response.destroy()
})
