import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.js'
import { version } from '../../src/package.js'
import { start } from '../support/command.js'
import { cheapFixtures } from '../support/emulate.js'

async function health(t: Test, args: string[], env: Record<string, string> = {}) {
  const run = start(t, ['health', ...args], env)
  return { code: await run.exit, stdout: run.stdout, stderr: run.stderr }
}

/** Something else that listens. */
async function other(t: Test, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : ''}`
}

t.test('a server that serves is told in one line with code 0, its control token notwithstanding', async (t) => {
  const app = await buildApp({ fixtures: cheapFixtures(), controlToken: 'secret', forceCloseConnections: true })
  t.teardown(() => app.close())
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const serves = { code: 0, stdout: `${url} serves: version ${version}, 1 world\n`, stderr: '' }
  t.strictSame(await health(t, [url]), serves)
  t.strictSame(await health(t, [`${url}/`]), serves)
  t.strictSame(await health(t, [], { UNDERSTUDY_PORT: new URL(url).port, UNDERSTUDY_HOST: '0.0.0.0' }), serves)
})

t.test('what does not answer, or is no Understudy, is told in one line with code 1', async (t) => {
  const silent = await other(t, () => undefined)
  const rows: [string, string, string[]][] = [
    [await other(t, (_, reply) => reply.end('{"status":"ok"}')), ' is no Understudy', []],
    [await other(t, (_, reply) => reply.end('null')), ' is no Understudy', []],
    [await other(t, (_, reply) => reply.writeHead(404).end('not\nfound')), '404 not found', []],
    [await other(t, (_, reply) => reply.end('<p>\n</p>')), '200 <p> </p>', []],
    [await other(t, (request) => request.socket.destroy()), ' does not answer (ECONNRESET)', []],
    [silent, ' does not answer (The operation was aborted due to timeout)', ['--timeout', '0.2']],
  ]
  for (const [url, reason, flags] of rows) {
    const { code, stdout, stderr } = await health(t, [url, ...flags])
    t.equal(code, 1, reason)
    t.equal(stdout, '')
    t.match(stderr, /^understudy: [^\n]+\n$/)
    t.ok(stderr.includes(reason), stderr)
  }
})

t.test('a port at which nothing listens is told with its reason', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : ''}`
  server.close()
  await once(server, 'close')
  t.strictSame(await health(t, [url]), {
    code: 1,
    stdout: '',
    stderr: `understudy: ${url} does not answer (ECONNREFUSED)\n`,
  })
})

t.test('a bad URL or time ends it with code 2', async (t) => {
  for (const args of [['nowhere'], ['http://x', '--timeout', 'soon'], ['http://x', '--timeout', '0']]) {
    const { code, stderr } = await health(t, args)
    t.equal(code, 2, args.join(' '))
    t.match(stderr, /^understudy: [^\n]+\n$/)
  }
})
