import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { flagOf, optionNames, variableOf } from '../src/options.js'
import { vendors } from '../src/vendors/registry.js'
import { serving, start } from './support/command.js'

t.test('the built command serves every vendor over HTTP, prints a login of each, and ends on SIGTERM', async (t) => {
  const run = start(t, ['--port', '0', '--seed', '7'])
  const base = await serving(run)
  t.match(run.stdout, /\(seed 7\)/)
  for (const { name, title, login } of vendors) {
    t.match(run.stdout, title)
    t.ok(run.stdout.includes(`${base}/${name}`), name)
    const [, body = ''] = new RegExp(`${base}/${name} +(.*)`).exec(run.stdout) ?? []
    const response = await fetch(`${base}/${name}${login.path}`, {
      method: 'POST',
      headers: { 'content-type': login.contentType },
      body,
    })
    t.notMatch(await response.text(), /"error"|"success":false/i, `${name}: a login that works`)
    t.equal(response.status, 200, name)
    t.match(response.headers.get('x-understudy-request'), /^default-\d+$/)
  }
  t.notMatch(run.stdout + run.stderr, '\u001b', 'no colour codes without a terminal')
  run.process.kill('SIGTERM')
  t.equal(await run.exit, 0)
  for (const { login } of vendors) {
    const password = /"password":"([^"]+)"|password=([^&]+)/.exec(login.body)
    t.notOk(run.stderr.includes(password?.[1] ?? password?.[2] ?? 'no password'), 'no password in the log')
  }
})

t.test('SIGTERM ends it with 0 though clients hold quiet connections, half a header or half a body', async (t) => {
  const run = start(t, ['--port', '0', '--log-level', 'silent'])
  const port = Number(new URL(await serving(run)).port)
  const post = 'POST /tavio/v1/acme/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
  for (const bytes of ['', post, `${post}Content-Length: 50\r\n\r\n{`]) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(bytes)
    t.teardown(() => socket.destroy())
  }
  run.process.kill('SIGTERM')
  t.equal(await run.exit, 0)
})

t.test('the log is JSON with --log-json, and never holds a query', async (t) => {
  const run = start(t, ['--port', '0', '--log-json'])
  const base = await serving(run)
  await fetch(`${base}/tavio/v1/acme/me?token=secret-in-query`)
  run.process.kill('SIGINT')
  t.equal(await run.exit, 0)
  const lines = run.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.ok(lines.some(({ msg }) => msg === 'GET /tavio/v1/acme/me 401 (token-missing)'))
  t.notMatch(run.stderr, 'secret-in-query')
})

t.test('a bad flag or fixture ends it with code 2, names what is wrong, and nothing listens', async (t) => {
  const tavio = JSON.parse(readFileSync('fixtures/tavio.json', 'utf8'))
  tavio.accounts[0].email = 5
  const thiio = JSON.parse(readFileSync('fixtures/thiio.json', 'utf8'))
  thiio.signingKey = join(process.cwd(), 'fixtures', thiio.signingKey)
  thiio.accounts[1].email = thiio.accounts[0].email.toUpperCase()
  const folder = t.testdir({ 'tavio.json': JSON.stringify(tavio), twice: { 'thiio.json': JSON.stringify(thiio) } })
  const rows: [string[], Record<string, string>, RegExp][] = [
    [['--port', 'x'], {}, /--port: "x"/],
    [['--colour'], {}, /--colour/],
    [
      ['extra'],
      {},
      /there is no command "extra" here; there are serve, env, fixtures, openapi, health, refusals, replay/,
    ],
    [['--port', '0', 'env'], {}, /there is no command "env" here/],
    [[], { UNDERSTUDY_SEED: '-1' }, /UNDERSTUDY_SEED: "-1"/],
    [['--fixtures', folder], {}, /tavio\.json: at \/accounts\/0\/email: expected a string/],
    [
      ['--fixtures', join(folder, 'twice')],
      {},
      /thiio\.json: at \/accounts\/1: expected an email that no other account has/,
    ],
    [['--fixtures', join(folder, 'none')], {}, /expected a fixture file or a folder/],
  ]
  for (const [args, env, message] of rows) {
    const run = start(t, args, env)
    t.equal(await run.exit, 2, args.join(' '))
    t.match(run.stderr, message)
    t.equal(run.stdout, '', 'nothing was announced')
    t.match(run.stderr, /^[^\n]+\n$/, 'one line')
  }
})

t.test('a port in use ends it with code 1 and says how to choose another', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address ? String(address.port) : ''
  const run = start(t, ['--port', port])
  t.equal(await run.exit, 1)
  t.match(run.stderr, new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use; choose another with --port`))
})

t.test('--help names every flag with its variable, --version the version', async (t) => {
  const help = start(t, ['--help'])
  t.equal(await help.exit, 0)
  for (const name of optionNames) {
    t.ok(help.stdout.includes(flagOf(name)), flagOf(name))
    t.ok(help.stdout.replace(/\s+/g, ' ').includes(variableOf(name)), variableOf(name))
  }
  const version = start(t, ['--version'])
  t.equal(await version.exit, 0)
  t.equal(version.stdout.trim(), JSON.parse(readFileSync('package.json', 'utf8')).version)
})

t.test('what is no HTTP is answered with an empty 400 or 431 and a closed connection', async (t) => {
  const run = start(t, ['--port', '0', '--log-level', 'silent'])
  const port = Number(new URL(await serving(run)).port)
  const send = async (bytes: string) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text
    })
    socket.write(bytes)
    await once(socket, 'close')
    return answer
  }
  t.equal(await send('nonsense\r\n\r\n'), 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  t.equal(
    await send('CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n'),
    'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  )
  t.match(
    await send(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\n/,
  )
})

t.test('the refusal matrix of a vendor is printed as text and as JSON', async (t) => {
  const text = start(t, ['refusals', 'tavio'])
  t.equal(await text.exit, 0)
  t.match(text.stdout, /^login {2}POST \/v1\/\{orgDomain\}\/auth\/login$/m)
  t.match(text.stdout, /401 token-expired \(documented\)\n +expired$/m)
  const json = start(t, ['refusals', 'faveo', '--profile', '2', '--json'])
  t.equal(await json.exit, 0)
  t.match(JSON.parse(json.stdout)[0], { vendor: 'faveo', operation: 'authenticate', case: 'none' })
  const one = start(t, ['refusals', 'tavio', '--operation', 'me', '--json'])
  t.equal(await one.exit, 0)
  const named: { operation: string }[] = JSON.parse(one.stdout)
  t.strictSame([...new Set(named.map(({ operation }) => operation))], ['me'])
  for (const [args, message] of [
    [['nobody'], 'there is no vendor "nobody"'],
    [['tavio', '--profile', '2'], '--profile: expected nothing'],
    [['faveo', '--profile', '3'], '--profile: expected one of'],
    [
      ['tavio', '--operation', 'nope'],
      '--operation: there is no operation "nope"; there are login, renew, connect, me, listUsers\n',
    ],
  ] as const) {
    const run = start(t, ['refusals', ...args])
    t.equal(await run.exit, 2, args.join(' '))
    t.equal(run.stdout, '')
    t.ok(run.stderr.startsWith(`understudy: ${message}`), run.stderr)
  }
})
