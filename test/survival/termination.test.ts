import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as elapse } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { answersIn, Client, login, me, wrongLogin } from '../support/wire.js'

/** The built command, serving; what it wrote to stderr, and how it ended. */
async function serving(t: Test) {
  const args = ['dist/bin/cli.js', '--port', '0', '--seed', '1', '--log-level', 'warn']
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH } })
  t.teardown(() => child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  let stdout = ''
  while (!stdout.includes('Try:')) stdout += String((await once(child.stdout, 'data'))[0])
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(stdout)?.[1])
  /** Code and signal of its end, once told to end; cut off by the test where it has not within five seconds. */
  const terminated = async () => {
    child.kill('SIGTERM')
    const slow = elapse(5000, ['did not end within 5 s'], { ref: false })
    return { how: await Promise.race([exit, slow]), stderr }
  }
  return { port, client: () => new Client(t, port), terminated }
}

const endsWell = { how: [0, null], stderr: '' }

t.test(
  'SIGTERM under load: what is under way is answered, whole and in the vendor’s words, and it ends with 0',
  async (t) => {
    const { client, terminated } = await serving(t)
    const busy = Array.from({ length: 20 }, client)
    let going = true
    // Each asks again as soon as it has been answered, and has more than one question on its way.
    const loads = busy.map(async (one, at) => {
      let asked = 0
      while (going && !one.closed) {
        one.write(at % 2 === 0 ? login() + me() : wrongLogin + me())
        asked += 2
        await one.until((text) => text.split('HTTP/1.1 ').length > asked)
      }
    })
    await Promise.all(busy.map((one) => one.until((text) => text.split('HTTP/1.1 ').length > 4)))
    const ended = terminated()
    t.strictSame(await ended, endsWell)
    going = false
    await Promise.all(loads)
    for (const one of busy) {
      const answers = answersIn(one.text)
      t.ok(answers.length >= 4)
      t.strictSame(
        answers.filter(({ status }) => status !== 200 && status !== 401),
        [],
        'nothing but the vendor’s answers',
      )
      t.ok(
        answers.every(({ headers, body }) => body.length === Number(headers['content-length'])),
        'each of them whole',
      )
    }
  },
)

const rotate = [
  'POST /_understudy/keys/rotate HTTP/1.1',
  'Host: localhost',
  'Content-Type: application/json',
  'Content-Length: 18',
  '',
  '{"vendor":"thiio"}',
].join('\r\n')

t.test('SIGTERM while keys are being drawn ends it in time', async (t) => {
  const { client, terminated } = await serving(t)
  const [first = client(), ...others] = Array.from({ length: 13 }, client)
  // The first rotation goes to the key that ships.
  await first.write(rotate).until((text) => text.includes('}]}'))
  for (const other of others) other.write(rotate)
  await first.write(me()).until((text) => text.includes('401'))
  t.strictSame(await terminated(), endsWell)
})

t.test('SIGTERM with streams, delays and slow readers about ends it in time', async (t) => {
  const { client, terminated } = await serving(t)
  const fault = (effect: object) => {
    const body = JSON.stringify({ times: 1, effect })
    return `POST /_understudy/faults HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  }
  const stream = client().write('GET /_understudy/requests/stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await stream.until((text) => text.includes('listening'))
  const delayed = client().write(fault({ kind: 'delay', ms: 600_000 }))
  await delayed.until((text) => text.includes('"delay"'))
  delayed.write(me())
  const half = client().write(login().slice(0, -3))
  const asked = client().write(me())
  await asked.until((text) => text.includes('401'))
  t.strictSame(await terminated(), endsWell)
  t.match((await delayed.answers()).at(-1), { status: 401 }, 'the delayed request is answered')
  t.match(await stream.answers(), [{ status: 200 }], 'the stream comes to its end')
  await half.until(() => false)
})
