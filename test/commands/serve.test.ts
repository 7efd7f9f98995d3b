import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createUnderstudy } from '../../src/index.js'
import { assertNotProduction } from '../../src/production.js'
import { ReadyFile } from '../../src/ready-file.js'
import { type Run, serving, start } from '../support/command.js'
import { cheapFixtures } from '../support/emulate.js'
import { folderOf } from '../support/folder.js'

const fixtures = cheapFixtures()
const quiet = ['--port', '0', '--log-level', 'silent', '--fixtures', fixtures]
const isHealthy = async (base: string) => (await fetch(`${base}/_understudy/health`)).ok

/** The command ended with this code and one sentence, and announced nothing. */
async function gaveUp(t: Test, run: Run, code: number, sentence: string): Promise<void> {
  t.equal(await run.exit, code, sentence)
  t.ok(run.stderr.startsWith(`understudy: ${sentence}`), run.stderr)
  t.match(run.stderr, /^[^\n]+\n$/, 'one line')
  t.equal(run.stdout, '')
}

t.test('`serve` serves as no command does', async (t) => {
  const run = start(t, ['serve', ...quiet])
  t.ok(await isHealthy(await serving(run)))
  run.process.kill('SIGTERM')
  t.equal(await run.exit, 0)
})

t.test('the table shows who can log in with the fixtures that are served, and says where nobody can', async (t) => {
  const { accounts, ...fixture } = JSON.parse(readFileSync(join(fixtures, 'babelfor.json'), 'utf8'))
  const [{ password: _, ...hashOnly }, sales] = JSON.parse(readFileSync('fixtures/babelfor.json', 'utf8')).accounts
  const rows: [object[], string, RegExp][] = [
    [
      [hashOnly, { ...sales, password: "sam's" }],
      '{"username":"sales","password":"sam\'s"}',
      /\/babelfor\/.* -d '.*sam'\\''s/,
    ],
    [[hashOnly], 'nobody: its fixture tells the password of no account that can log in', /\/faveo\//],
  ]
  for (const [replaced, shown, tried] of rows) {
    const folder = folderOf(t, { 'babelfor.json': JSON.stringify({ ...fixture, accounts: replaced }) })
    const run = start(t, ['--port', '0', '--log-level', 'silent', '--fixtures', folder])
    const base = await serving(run)
    t.ok(run.stdout.includes(`${base}/babelfor  ${shown}`), run.stdout)
    t.match(/^Try: .*$/m.exec(run.stdout)?.[0], tried)
    run.process.kill('SIGTERM')
    await run.exit
  }
})

t.test('the ready file has the URL from the first instant that it is there, and is gone after the end', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const folder = folderOf(t)
    const path = join(folder, 'ready')
    const watcher = watch(folder)
    t.teardown(() => watcher.close())
    const run = start(t, [...quiet, '--ready-file', path])
    while (!existsSync(path)) await once(watcher, 'change')
    const [, base = ''] = /^(http:\/\/127\.0\.0\.1:[1-9]\d*)\n$/.exec(readFileSync(path, 'utf8')) ?? []
    t.ok(await isHealthy(base))
    t.equal(await serving(run), base)
    run.process.kill(signal)
    t.equal(await run.exit, 0)
    t.strictSame(readdirSync(folder), [])
  }
})

t.test('a ready file that a killed server left is gone even if the next one does not get to serve', async (t) => {
  const folder = folderOf(t)
  const path = join(folder, 'ready')
  const first = start(t, [...quiet, '--ready-file', path])
  const port = new URL(await serving(first)).port
  first.process.kill('SIGKILL')
  await first.exit
  t.ok(existsSync(path))
  const taken = createServer().listen(Number(port), '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const second = start(t, [...quiet, '--port', port, '--ready-file', path])
  await gaveUp(t, second, 1, `port ${port} of 127.0.0.1 is in use`)
  t.strictSame(readdirSync(folder), [])
})

t.test('the ready file of a server that serves stays when another start fails', async (t) => {
  const folder = folderOf(t, { 'tavio.json': '{' })
  const path = join(folder, 'ready')
  const first = start(t, [...quiet, '--ready-file', path])
  const base = await serving(first)
  const { port } = new URL(base)
  const second = start(t, [...quiet, '--port', port, '--ready-file', path])
  await gaveUp(t, second, 1, `port ${port} of 127.0.0.1 is in use`)
  t.equal(readFileSync(path, 'utf8'), `${base}\n`)
  const third = start(t, ['--port', '0', '--fixtures', join(folder, 'tavio.json'), '--ready-file', path])
  await gaveUp(t, third, 2, `${join(folder, 'tavio.json')}: at the top: expected JSON`)
  t.equal(readFileSync(path, 'utf8'), `${base}\n`)
  first.process.kill('SIGTERM')
  t.equal(await first.exit, 0)
  t.notOk(existsSync(path))
})

t.test('a ready file that names no server, or somebody else, is cleared away like any that is left', async (t) => {
  const other = createHttpServer((_request, response) => response.end('{"name":"other"}')).listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  for (const content of ['', 'x\n', 'file:///etc\n', `http://127.0.0.1:${port}\n`]) {
    const folder = folderOf(t, { ready: content })
    await ReadyFile.prepare(join(folder, 'ready'))
    t.strictSame(readdirSync(folder), [], content)
  }
})

t.test('a server that ends leaves alone the ready file that another has put there', async (t) => {
  const path = join(folderOf(t), 'ready')
  const first = start(t, [...quiet, '--ready-file', path])
  await serving(first)
  const second = start(t, [...quiet, '--ready-file', path])
  const base = await serving(second)
  first.process.kill('SIGTERM')
  t.equal(await first.exit, 0)
  t.equal(readFileSync(path, 'utf8'), `${base}\n`)
})

t.test('where no ready file can be put, nothing is started', async (t) => {
  const folder = folderOf(t, { file: 'x' })
  mkdirSync(join(folder, 'folder'))
  for (const path of [join(folder, 'none', 'ready'), join(folder, 'file', 'ready'), join(folder, 'folder')]) {
    const data = join(folder, 'data')
    const run = start(t, [...quiet, '--ready-file', path, '--data', data])
    await gaveUp(t, run, 2, `--ready-file: no file can be put at ${path} (`)
    t.notOk(existsSync(data))
  }
  t.strictSame(readdirSync(folder).sort(), ['file', 'folder'])
  t.equal(readFileSync(join(folder, 'file'), 'utf8'), 'x')
})

t.test('a fixture that cannot be used leaves nothing behind, and is refused before anything is hashed', async (t) => {
  const { accounts, ...fixture } = JSON.parse(readFileSync('fixtures/tavio.json', 'utf8'))
  const { id: _, passwordHash: __, ...john } = accounts[0]
  // Hashing all of it would take hours.
  const crowd = Array.from({ length: 5000 }, (_, n) => ({ ...john, username: `u${n}`, email: `u${n}@example.com` }))
  const folder = folderOf(t, {
    'tavio.json': JSON.stringify({ ...fixture, settings: { passwordCost: 14 }, accounts: [...crowd, john, john] }),
  })
  const data = join(folder, 'data')
  const run = start(t, ['--port', '0', '--fixtures', join(folder, 'tavio.json'), '--data', data])
  await gaveUp(
    t,
    run,
    2,
    `${join(folder, 'tavio.json')}: at /accounts/5001: expected an email that no other account has`,
  )
  t.notOk(existsSync(data))
})

t.test('a ready file that can no longer be put when the server serves ends it', async (t) => {
  const folder = folderOf(t)
  const ready = await ReadyFile.prepare(join(folder, 'ready'))
  mkdirSync(join(folder, 'ready'))
  writeFileSync(join(folder, 'ready', 'x'), '')
  t.throws(() => ready.announce(['http://x']), { name: 'OptionError', message: '--ready-file: no file can be put at' })
  t.strictSame(readdirSync(folder), ['ready'], 'nothing is left beside it')
})

t.test('a program has its ready file while its server serves', async (t) => {
  const folder = folderOf(t)
  const path = join(folder, 'ready')
  const understudy = await createUnderstudy({ fixtures, readyFile: path })
  t.equal(readFileSync(path, 'utf8'), `${understudy.url}\n`)
  await understudy.close()
  t.strictSame(readdirSync(folder), [])
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
  await t.rejects(createUnderstudy({ fixtures, readyFile: join(folder, 'none', 'ready') }), { name: 'OptionError' })
})

t.test('in production it does not start unless that is wanted', async (t) => {
  const production = { NODE_ENV: 'production' }
  const refused = start(t, quiet, production)
  await gaveUp(t, refused, 2, 'NODE_ENV is production, and this is a server for tests')
  t.match(refused.stderr, 'UNDERSTUDY_ALLOW_PRODUCTION=1 or --allow-production')
  for (const run of [
    start(t, [...quiet, '--allow-production'], production),
    start(t, quiet, { ...production, UNDERSTUDY_ALLOW_PRODUCTION: '1' }),
    start(t, quiet, { NODE_ENV: 'development' }),
  ]) {
    t.ok(await isHealthy(await serving(run)))
    run.process.kill('SIGTERM')
  }
  const printed = start(t, ['env', 'tavio'], production)
  t.equal(await printed.exit, 0, 'what starts no server goes on')
})

t.test('in production a program starts none either, unless it or the variable allows it', async (t) => {
  const before = process.env.NODE_ENV
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  })
  process.env.NODE_ENV = 'production'
  await t.rejects(createUnderstudy({ fixtures }), { name: 'OptionError', message: /^NODE_ENV is production/ })
  await (await createUnderstudy({ fixtures, allowProduction: true })).close()
  for (const [variable, allowed] of [
    ['1', true],
    ['true', true],
    ['0', false],
    ['', false],
  ] as const) {
    const environment = { NODE_ENV: 'production', UNDERSTUDY_ALLOW_PRODUCTION: variable }
    if (allowed) t.doesNotThrow(() => assertNotProduction(false, environment), variable)
    else t.throws(() => assertNotProduction(false, environment), { name: 'OptionError' }, variable)
  }
})

t.test('it warns, once, where strangers can control it', async (t) => {
  const rows: [string[], boolean][] = [
    [['--host', '0.0.0.0'], true],
    [['--host', '0.0.0.0', '--control-token', 'secret'], false],
    [['--host', '127.0.0.1'], false],
    [['--host', '127.8.0.1'], false],
    [['--host', 'localhost'], false],
  ]
  for (const [flags, warned] of rows) {
    const run = start(t, ['--port', '0', '--fixtures', fixtures, '--log-json', ...flags])
    await serving(run)
    run.process.kill('SIGTERM')
    t.equal(await run.exit, 0)
    const lines = run.stderr
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
    const warnings = lines.filter(({ level }) => level >= 40)
    t.equal(warnings.length, warned ? 1 : 0, flags.join(' '))
    if (!warned) continue
    t.match(warnings[0].msg, /whoever reaches port \d+ of 0\.0\.0\.0 can control this server; --control-token/)
    t.match(run.stdout, /serves on http:\/\/127\.0\.0\.1:\d+ /, 'and says where it can be called')
  }
})
