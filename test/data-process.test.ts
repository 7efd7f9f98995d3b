import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { type Run, serving, start } from './support/command.js'
import { findDisk } from './support/disk.js'
import { cheapFixtures } from './support/emulate.js'
import { folderOf } from './support/folder.js'

const run = promisify(execFile)
const quiet = ['--port', '0', '--log-level', 'silent', '--fixtures', cheapFixtures()]

const onData = (t: Test, data: string, ...further: string[]): Run => start(t, [...quiet, '--data', data, ...further])

interface Login {
  readonly path: string
  readonly body: object
  /** Where a token is used. */
  readonly use: string
}

/** One vendor with opaque tokens, one with JWTs. */
const logins: Readonly<Record<string, Login>> = {
  opaque: {
    path: '/tavio/v1/acme/auth/login',
    body: { username: 'john.doe', password: 'john.doe.password' },
    use: '/tavio/v1/acme/me',
  },
  jwt: {
    path: '/babelfor/v1/auth/login',
    body: { username: 'admin', password: 'admin' },
    use: '/babelfor/v1/auth/user',
  },
}

const headers = { 'content-type': 'application/json' }

async function login(base: string, { path, body }: Login): Promise<string> {
  const response = await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await response.text()
  const token = /"(?:token|accessToken|bearer)":"([^"]+)"/i.exec(text)?.[1]
  if (response.status !== 200 || !token) throw new Error(`${response.status} ${text}`)
  return token
}

const use = async (base: string, { use }: Login, token: string): Promise<number> =>
  (await fetch(base + use, { headers: { authorization: `Bearer ${token}` } })).status

/** Clients that log in until the server is gone, or a thousand times each kind; answers the tokens that arrived. */
async function underLoad(base: string, when: (answered: number) => void): Promise<Map<string, Login>> {
  const tokens = new Map<string, Login>()
  let left = 2000
  const client = async (kind: Login) => {
    while (left-- > 0) {
      const token = await login(base, kind).catch(() => undefined)
      // It is gone.
      if (token === undefined) return
      tokens.set(token, kind)
      when(tokens.size)
    }
  }
  const kinds = Object.values(logins)
  await Promise.all(Array.from({ length: 10 }, () => kinds.map(client)).flat())
  return tokens
}

/** How many of these tokens the server does not accept. */
async function refused(base: string, tokens: ReadonlyMap<string, Login>): Promise<number> {
  let count = 0
  const rest = [...tokens]
  const client = async () => {
    for (let next = rest.pop(); next; next = rest.pop()) {
      const [token, kind] = next
      if ((await use(base, kind, token)) !== 200) count += 1
    }
  }
  await Promise.all(Array.from({ length: 10 }, client))
  return count
}

for (const [signal, code] of [
  ['SIGKILL', null],
  ['SIGTERM', 0],
] as const) {
  t.test(`every token that was answered before ${signal} in the midst of logins is accepted afterwards`, async (t) => {
    const data = folderOf(t)
    const first = onData(t, data)
    const base = await serving(first)
    const tokens = await underLoad(base, (answered) => {
      if (answered === 1000) first.process.kill(signal)
    })
    t.equal(await first.exit, code)
    t.ok(tokens.size >= 1000, `${tokens.size} logins were answered`)
    t.equal(existsSync(join(data, 'default.sqlite-wal')), signal === 'SIGKILL', 'the log is of use to the next server')

    const second = await serving(onData(t, data))
    for (const kind of Object.values(logins)) t.ok([...tokens.values()].includes(kind))
    t.equal(await refused(second, tokens), 0)
    const later = await login(second, logins.opaque as Login)
    t.notOk(tokens.has(later), 'no draw is repeated')
  })
}

t.test('two servers never share a folder, and one that was killed does not hold it', async (t) => {
  const data = folderOf(t)
  const first = onData(t, data)
  await serving(first)
  const second = onData(t, data)
  t.equal(await second.exit, 1)
  t.equal(second.stderr, `understudy: ${data} is in use by another server\n`)
  t.equal(second.stdout, '', 'nothing listens')
  first.process.kill('SIGKILL')
  await first.exit
  t.ok(await serving(onData(t, data)))
})

t.test('a folder or seed that cannot be used ends the command with code 2 and one sentence', async (t) => {
  const data = folderOf(t)
  const first = onData(t, data, '--seed', '5')
  await serving(first)
  first.process.kill('SIGTERM')
  await first.exit
  const file = join(data, 'w7.sqlite')
  writeFileSync(file, 'garbage')
  const rows: [string[], string][] = [
    [[data], `${file}: expected an undamaged file (file is not a database)`],
    [[data, '--seed', '6'], `${data}: its worlds were made with seed 5, not 6`],
    [[join(data, 'a', 'b')], `${join(data, 'a', 'b')}: ENOENT: no such file or directory`],
    [[file], `${file}: expected a folder`],
  ]
  for (const [[folder = '', ...flags], sentence] of rows) {
    const refused = onData(t, folder, ...flags)
    t.equal(await refused.exit, 2)
    t.ok(refused.stderr.startsWith(`understudy: ${sentence}`), refused.stderr)
    t.equal(refused.stderr.trim().split('\n').length, 1)
    t.equal(refused.stdout, '')
  }
  t.equal(readFileSync(file, 'utf8'), 'garbage')
})

const hasLimits =
  process.platform === 'linux' &&
  (await run('prlimit', ['--version']).then(
    () => true,
    () => false,
  ))

t.test(
  'with the disk full it serves on, loses nothing that was acknowledged, and goes on when there is room',
  { skip: !hasLimits && 'needs prlimit, which limits the size of files as a full disk does' },
  async (t) => {
    const data = folderOf(t)
    // The limit comes with a signal that Node ignores, and that what the test runner puts into its children does not.
    const logging = ['--port', '0', '--log-level', 'error', '--fixtures', cheapFixtures(), '--data', data]
    const server = start(t, logging, {}, ['env', '-u', 'NODE_OPTIONS'])
    const base = await serving(server)
    const kind = logins.opaque as Login
    const tokens = new Map([[await login(base, kind), kind]])
    const control = (path: string, body: object) =>
      fetch(`${base}/_understudy${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const limit = (size: string) =>
      execFileSync('prlimit', [`--pid=${server.process.pid}`, `--fsize=${size}:unlimited`])

    limit(String(100 * 1024))
    for (;;) {
      const token = await login(base, kind).catch(() => undefined)
      if (token === undefined) break
      tokens.set(token, kind)
    }
    t.ok(tokens.size > 10, `${tokens.size} logins found room`)
    for (const { path, body } of Object.values(logins)) {
      const response = await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) })
      t.equal(response.status, 500, 'the vendor’s own')
      t.ok(response.headers.get('x-understudy-request'), path)
    }
    const shown = async (path: string) => JSON.parse(await (await fetch(`${base}/_understudy${path}`)).text())
    const { now } = await shown('/clock')
    limit('1')
    for (const [path, body] of [
      ['/clock/advance', { by: '1h' }],
      ['/faults', { effect: { kind: 'reset' } }],
      ['/reset', {}],
      ['/snapshots', { name: 's' }],
      ['/worlds', { name: 'w7' }],
    ] as const) {
      t.equal((await control(path, body)).status, 500, path)
    }
    t.ok(Date.parse((await shown('/clock')).now) < Date.parse(now) + 1_800_000, 'the clock is where it was')
    t.strictSame((await shown('/faults')).items, [])
    t.strictSame((await shown('/snapshots')).items, [])
    t.equal((await shown('/worlds')).items.length, 1)
    const refusal = await (await control('/clock/advance', { by: '1h' })).text()
    t.match(JSON.parse(refusal), { error: { code: 'internal', message: 'there is no room for what has to be kept' } })
    const lines = server.stderr.trimEnd().split('\n')
    t.ok(lines.length > 5)
    for (const line of lines) t.match(line, /ERROR: there is no room for what has to be kept \(/)

    limit('unlimited')
    tokens.set(await login(base, kind), kind)
    t.equal(await refused(base, tokens), 0)
    t.equal((await control('/worlds', { name: 'w7' })).status, 201)
    server.process.kill('SIGKILL')
    await once(server.process, 'exit')
    t.equal(await refused(await serving(onData(t, data)), tokens), 0)
  },
)

t.test('on a disk that is full what was answered is kept, and what is not kept is refused', async (t) => {
  const disk = await findDisk(t, 8 * 1024 * 1024)
  if (!disk) return t.pass('a full disk', { skip: 'needs unshare, nsenter and the right to mount a tmpfs' })
  const onDisk = () => start(t, [...quiet, '--data', disk.path], {}, [...disk.inside, 'env', '-u', 'NODE_OPTIONS'])
  const server = onDisk()
  const base = await serving(server)
  const kinds = Object.values(logins)
  const tokens = new Map<string, Login>()
  disk.fill(100 * 1024)
  const errors: string[] = []
  for (let n = 0; errors.length < 20 && n < 20_000; n++) {
    for (const kind of kinds) {
      const token = await login(base, kind).catch(({ message }: Error) => void errors.push(message))
      if (token !== undefined) tokens.set(token, kind)
    }
  }
  t.ok(tokens.size > 10, `${tokens.size} logins found room`)
  t.ok(errors.length >= 20 && errors.every((error) => error.startsWith('500 ')), 'the vendor’s own')
  disk.fill(0)
  const control = async (path: string, body?: object) => {
    const asked = { method: body ? 'POST' : 'GET', headers, ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(`${base}/_understudy${path}`, asked)
    return { status: response.status, json: JSON.parse((await response.text()) || 'null') }
  }
  for (const [path, body] of Object.entries({ '/worlds': { name: 'w7' }, '/snapshots': { name: 's' } })) {
    const error = { code: 'internal', message: 'there is no room for what has to be kept' }
    t.match(await control(path, body), { status: 500, json: { error } }, path)
  }
  t.strictSame((await control('/snapshots')).json.items, [])
  t.equal((await control('/worlds')).json.items.length, 1)
  t.equal(await refused(base, tokens), 0, 'what is only read needs no room')

  disk.clear()
  for (const kind of kinds) tokens.set(await login(base, kind), kind)
  t.equal((await control('/worlds', { name: 'w7' })).status, 201)
  server.process.kill('SIGKILL')
  await server.exit
  t.equal(await refused(await serving(onDisk()), tokens), 0)
})
