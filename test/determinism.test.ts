import { type ChildProcess, spawn } from 'node:child_process'
import { request } from 'node:http'
import t, { type Test } from 'tap'
import { type Memory, traffic } from './support/traffic.js'

/** A server in a process of its own, ended with the test. */
async function serve(t: Test, ...flags: string[]): Promise<{ port: number; child: ChildProcess }> {
  const child = spawn(process.execPath, ['dist/bin/cli.js', '--port', '0', '--log-level', 'silent', ...flags])
  t.teardown(() => child.kill())
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += chunk
    const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(printed)?.[1]
    if (port) return { port: Number(port), child }
  }
  throw new Error(`the server did not start: ${printed}`)
}

interface Answer {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

/** With a Host header of our choice, because Faveo writes it into its tokens. */
const send = (port: number, method: string, path: string, headers: Record<string, string>, body?: string) =>
  new Promise<Answer>((resolve, reject) => {
    const sent = request({ port, method, path, headers: { ...headers, host: 'localhost:4555' } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })

async function life(port: number): Promise<string[]> {
  const seen: string[] = []
  let memory: Memory = {}
  await send(port, 'POST', '/_understudy/clock/freeze', { 'content-type': 'application/json' }, '{"at":"2030-01-01"}')
  for (const { request, keep } of traffic(7, 120)) {
    const { method, path, headers = {}, body } = request(memory)
    const answer = await send(port, method, path, { ...headers }, body)
    // The control plane is not of this world: its Date header is the machine’s, and how far that is away.
    const shown = path.startsWith('/_understudy') ? '' : JSON.stringify(answer.headers)
    seen.push(`${method} ${path} ${answer.status} ${shown} ${answer.text}`.replace(/"offsetMs":-?\d+/, ''))
    if (keep && /^[[{]/.test(answer.text || '{'))
      memory = { ...memory, ...keep({ ...answer, text: answer.text || '{}' }) }
  }
  return seen
}

t.test('two processes with one seed and a frozen clock answer byte for byte the same, tokens included', async (t) => {
  const [one, other] = [await serve(t, '--seed', '42'), await serve(t, '--seed', '42')]
  const [first, second] = await Promise.all([life(one.port), life(other.port)])
  t.ok(first.length > 140)
  t.strictSame(second, first)
})

t.test('another seed gives other tokens', async (t) => {
  const [one, other] = [await serve(t, '--seed', '42'), await serve(t, '--seed', '43')]
  const tokens = (seen: string[]) => seen.filter((line) => /^POST \S*(login|token|authenticate)\S* 200/.test(line))
  const [first, second] = [tokens(await life(one.port)), tokens(await life(other.port))]
  t.ok(first.length > 10)
  for (const line of first.filter((answer) => /[0-9a-f]{8}-|ey[A-Z]/.test(answer))) t.notOk(second.includes(line), line)
})
