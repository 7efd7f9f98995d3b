import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { connectUnderstudy, createUnderstudy, FixtureError, OptionError, UnderstudyError } from '../../src/index.js'
import { inProcess, overHttp, serve, tavio, unheard } from '../support/client.js'
import { start } from '../support/command.js'
import { cheapFixtures } from '../support/emulate.js'
import { folderOf } from '../support/folder.js'

const fixtures = cheapFixtures()

/** Something else that answers, and its base URL. */
async function other(t: Test, answer: (url: string) => [number, string]): Promise<string> {
  const server = createServer((request, response) => {
    const [status, body] = answer(request.url ?? '')
    response.writeHead(status).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('an option that cannot be used is named, and nothing is started', async (t) => {
  const rows: [object, RegExp][] = [
    [{ port: 70_000 }, /^port: 70000 is not usable/],
    [{ seed: 'x' }, /^seed: "x" is not usable/],
    [{ prot: 1 }, /^prot: there is no such option; there are port, host, /],
    [{ host: '', maxWorlds: 0 }, /^host: [^\n]*\nmaxWorlds: /],
  ]
  for (const [options, message] of rows) {
    await t.rejects(createUnderstudy(options), { name: 'OptionError', message }, JSON.stringify(options))
  }
  for (const url of ['', '127.0.0.1:4555', 'ftp://localhost', 'http://localhost/@w7', 'http://localhost/?x']) {
    await t.rejects(connectUnderstudy(url), OptionError, url)
  }
  await t.rejects(createUnderstudy({ fixtures: 'test/none' }), FixtureError)
})

t.test('a server that does not listen takes no option of a listener, and no port', async (t) => {
  for (const options of [{ port: 0 }, { host: '::1' }, { readyFile: 'x', port: 1 }, { tls: 0 }]) {
    const message = /^[a-zF, ]+: nothing listens, as listen is false$/
    await t.rejects(createUnderstudy({ fixtures, listen: false, ...options }), { name: 'OptionError', message })
  }
  const understudy = await createUnderstudy(Object({ fixtures, listen: false, port: undefined }))
  t.teardown(() => understudy.close())
  t.equal(understudy.url, 'http://understudy.localhost')
  t.notOk(process.getActiveResourcesInfo().includes('TCPServerWrap'))
})

t.test('whoever is connected to a server that does not listen is cut off when it closes', async (t) => {
  const understudy = await createUnderstudy({ fixtures, listen: false })
  const world = await understudy.world()
  const dispatcher = await world.dispatcher()
  await world.faults.add({ effect: { kind: 'delay', ms: 3_600_000 } })
  const waiting = t.rejects(fetch('http://tavio.localhost/v1/acme/me', { dispatcher }), TypeError)
  while ((await world.faults.list())[0]?.fired === 0);
  await understudy.close()
  await waiting
  await t.rejects(fetch('http://tavio.localhost/v1/acme/me', { dispatcher }), TypeError)
})

t.test('a stream from a server that does not listen ends with it, and is not broken off', async (t) => {
  const understudy = await createUnderstudy({ fixtures, listen: false })
  const dispatcher = await understudy.dispatcher()
  const { body } = await fetch(`${understudy.url}/_understudy/requests/stream`, { dispatcher })
  const read = new Response(body).text()
  await understudy.close()
  t.equal(await read, ': listening\n\n')
})

t.test('a port in use is named', async (t) => {
  const first = await createUnderstudy({ fixtures })
  t.teardown(() => first.close())
  const port = Number(new URL(first.url).port)
  await t.rejects(createUnderstudy({ fixtures, port }), {
    message: new RegExp(`^port ${port} of 127\\.0\\.0\\.1 is in use`),
  })
})

t.test('a server is reached on a port that `fetch` goes to for nobody, as it is another protocol’s', async (t) => {
  const host = '127.0.0.60'
  for (const port of [5060, 6000, 10_080]) {
    const own = await createUnderstudy({ fixtures, host, port })
    t.teardown(() => own.close())
    await t.rejects(fetch(own.url), { cause: { message: 'bad port' } })
    const friend = await connectUnderstudy(own.url)
    t.equal((await friend.world('mine')).name, 'mine')
    await friend.close()
  }
})

t.test('over HTTPS a server is reached by who trusts its CA, and by nobody else', async (t) => {
  const own = await createUnderstudy({ fixtures, tls: 0 })
  t.teardown(() => own.close())
  const { ports } = await own.health()
  const url = `https://127.0.0.1:${ports.find(({ protocol }) => protocol === 'https')?.port}`
  await t.rejects(connectUnderstudy(url), { code: 'unreachable', cause: { code: 'SELF_SIGNED_CERT_IN_CHAIN' } })
  const folder = folderOf(t, { 'ca.pem': await own.authority() })
  const run = start(t, ['health', url], { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })
  t.equal(await run.exit, 0, run.stderr)
})

t.test('a request that is too large is refused, though the server does not read it to its end', async (t) => {
  const own = await inProcess()
  t.teardown(() => own.close())
  const world = await (await connectUnderstudy(own.url)).world()
  const change = world.settings.change('tavio', { orgDomain: 'x'.repeat(20_000_000) })
  await t.rejects(change, { status: 413, code: 'body-too-large' })
})

t.test('options reach the server, undefined ones as if they were left out', async (t) => {
  const options = {
    fixtures,
    seed: 7,
    maxWorlds: 2,
    plain: true,
    host: '::1',
    logLevel: 'silent',
    controlToken: undefined,
  }
  const understudy = await createUnderstudy(Object(options))
  t.teardown(() => understudy.close())
  t.match(understudy.url, /^http:\/\/\[::1\]:\d+$/)
  t.match(await understudy.health(), { seed: 7 })
  const world = await understudy.world()
  const { status, id } = await tavio(world.url('tavio')).login()
  t.strictSame([status, id], [200, ''], 'plain: without headers of the emulator')
  await t.rejects(understudy.world(), { status: 503, code: 'too-many-worlds' })
})

t.test('a control token is presented, in process and over HTTP, and asked for', async (t) => {
  const controlToken = 'secret'
  const own = await createUnderstudy({ fixtures, controlToken })
  t.teardown(() => own.close())
  t.equal((await own.world('mine')).name, 'mine')
  const friend = await connectUnderstudy(own.url, { controlToken })
  t.equal((await friend.worlds()).length, 2)
  const stranger = await connectUnderstudy(own.url)
  await t.rejects(stranger.worlds(), { status: 401, code: 'control-token' })
})

t.test('what is done in process and over HTTP is done to the same worlds', async (t) => {
  const own = await inProcess()
  t.teardown(() => own.close())
  const friend = await connectUnderstudy(`${own.url}/`)
  t.equal(friend.url, own.url)
  const world = await own.world()
  await (await friend.world(world.name)).clock.freeze('2026-01-01')
  t.match(await world.clock.read(), { state: 'frozen', now: '2026-01-01T00:00:00.000Z' })
})

t.test('where nobody answers, the error says so and keeps its cause', async (t) => {
  const { app, url } = await serve(t)
  const understudy = await connectUnderstudy(url)
  const world = await understudy.world()
  const stream = await world.requests.stream()
  await app.close()
  t.match(await stream.next(), { done: true }, 'the server ends its streams before it ends')
  const cause = { code: 'ECONNREFUSED' }
  await t.rejects(world.reset(), { name: 'UnderstudyError', status: 0, code: 'unreachable', cause })
  await t.rejects(connectUnderstudy(url), { code: 'unreachable', cause })
})

t.test('who is no Understudy is not taken for one', async (t) => {
  const rows: [number, string, number][] = [
    [200, '{"status":"ok"}', 200],
    [200, '<h1>It works!</h1>', 200],
    [200, 'null', 200],
    [404, '<h1>Not Found</h1>', 404],
    [404, '{"error":"Not Found"}', 404],
    [500, '', 500],
  ]
  for (const [status, body, shown] of rows) {
    const url = await other(t, () => [status, body])
    await t.rejects(
      connectUnderstudy(url),
      { name: 'UnderstudyError', code: 'unexpected-answer', status: shown },
      `${status} ${body}`,
    )
  }
})

t.test('entries of a stream are read in whatever pieces they come', async (t) => {
  const entries = ['✓', 'é', '🎭'].map((path) => ({ id: 'w1-1', path }))
  const events = entries.map((entry) => `id: w1-1\nevent: request\ndata: ${JSON.stringify(entry)}\n\n`).join('')
  const server = createServer(async ({ url }, response) => {
    if (url?.endsWith('/health')) response.end('{"name":"understudy","vendors":[]}')
    else if (url?.endsWith('/worlds')) response.end('{"name":"w1"}')
    else {
      for (const byte of Buffer.from(`: listening\n\n${events}`)) {
        response.write(Buffer.of(byte))
        await nextTurn()
      }
      response.end()
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const understudy = await connectUnderstudy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const seen: unknown[] = []
  for await (const entry of await (await understudy.world()).requests.stream()) seen.push(entry)
  t.strictSame(seen, entries)
})

t.test('an answer that breaks off is an error that keeps its cause', async (t) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{')
    setImmediate(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await t.rejects(connectUnderstudy(url), { code: 'unreachable', cause: { code: 'ECONNRESET' } })
})

for (const [how, make] of [
  ['in process', inProcess],
  ['over HTTP', overHttp],
  ['in process without a listener', unheard],
] as const) {
  t.test(`a closed one ends its streams and can be asked no more, ${how}`, async (t) => {
    const understudy = await make(t)
    const world = await understudy.world()
    const stream = await world.requests.stream()
    const next = stream.next()
    await understudy.close()
    t.match(await next, { done: true })
    await t.rejects(world.clock.read(), { name: 'UnderstudyError', status: 0, code: 'closed' })
    await t.resolves(understudy[Symbol.asyncDispose](), 'once more does no harm')
    const answers = await fetch(world.url('tavio')).then(
      () => true,
      () => false,
    )
    t.equal(answers, how === 'over HTTP', 'the server is ended where it is ours')
  })
}

t.test('a server in this process ends at once, whoever is connected and whatever is under way', async (t) => {
  const understudy = await inProcess()
  const world = await understudy.world()
  const { hostname, port } = new URL(understudy.url)
  const unused = connect(Number(port), hostname).resume()
  t.teardown(() => unused.destroy())
  await once(unused, 'connect')
  await world.faults.add({ effect: { kind: 'delay', ms: 3_600_000 } })
  const waiting = t.rejects(tavio(world.url('tavio')).login())
  while ((await world.faults.list())[0]?.fired === 0);
  const ended = once(unused, 'close')
  await understudy.close()
  await Promise.all([waiting, ended])
})

t.test('the errors of the client can be told from others', async (t) => {
  const error = await connectUnderstudy('http://127.0.0.1:1').catch((thrown) => thrown)
  t.ok(error instanceof UnderstudyError)
  t.equal(error.details, undefined)
})

t.test('the server in a program says nothing, unless it is told to log, and lets the program end', async (t) => {
  const start = async (options: string) => {
    const code = `import { createUnderstudy } from 'auth-understudy'
      const understudy = await createUnderstudy(${options})
      await fetch((await understudy.world()).url('tavio'))
      await understudy.close()`
    return promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code])
  }
  t.strictSame(await start(''), { stdout: '', stderr: '' })
  const { stdout, stderr } = await start("{ logLevel: 'info', logJson: true }")
  t.equal(stdout, '')
  const [line = ''] = stderr.split('\n')
  t.match(JSON.parse(line), { level: 30, msg: /listening/ })
})
