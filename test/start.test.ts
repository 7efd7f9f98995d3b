import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import { basename, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { serving, start } from './support/command.js'
import { folderOf } from './support/folder.js'

/** Tells at the end what has been loaded: files, and parts of Node. */
const telling = `process.on('exit', () => {
  const loaded = { files: Object.keys(require.cache), parts: process.moduleLoadList }
  process.stdout.write(JSON.stringify(loaded) + '\\n')
})`

/** Whether Node keeps what it has compiled, and judges it. */
const keeps = 'enableCompileCache' in module

t.test('a start loads few files, and of Node no part that only others need', async (t) => {
  const hook = join(folderOf(t, { 'telling.cjs': telling }), 'telling.cjs')
  const run = start(t, ['--port', '0', '--log-level', 'silent'], { NODE_OPTIONS: `--require=${hook}` })
  await serving(run)
  run.process.kill('SIGTERM')
  t.equal(await run.exit, 0)
  const { files, parts } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '')
  const own = files.slice(files.indexOf(resolve('dist/bin/cli.js')))
  const names = own.map((file: string) => basename(file))
  // Where Node keeps nothing of what it compiles, the launcher reads the file itself.
  t.strictSame(names, ['cli.js', ...(keeps ? ['understudy.js'] : []), 'better_sqlite3.node'])
  const beside = readdirSync('dist/bin').filter((file) => file.endsWith('.js'))
  t.strictSame(
    beside,
    ['cli.js', 'light-my-request.js', 'load.js', 'semver.js', 'understudy.js'],
    'what is loaded late lies apart',
  )
  t.ok(parts.includes('NativeModule http'))
  for (const part of ['http2', 'https', 'tls', 'fs/promises']) t.notOk(parts.includes(`NativeModule ${part}`), part)
})

/** Starts a server, asks of it what it loads late, and ends it in order. */
async function startAndEnd(t: Test, environment: Record<string, string> = {}): Promise<void> {
  const run = start(t, ['--port', '0', '--log-level', 'silent'], environment)
  const base = await serving(run)
  const body = JSON.stringify({ username: 'john.doe', password: 'john.doe.password' })
  const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  t.equal((await fetch(`${base}/tavio/v1/acme/auth/login`, login)).status, 200)
  for (const path of ['metrics', 'docs/']) t.equal((await fetch(`${base}/_understudy/${path}`)).status, 200, path)
  run.process.kill('SIGTERM')
  t.equal(await run.exit, 0)
}

const cache = 'dist/bin/.cache'

t.test('what a server has compiled is kept beside the command, and the next one serves as it did', async (t) => {
  await startAndEnd(t)
  await startAndEnd(t)
  t.ok(readdirSync(cache).length > 0)
})

t.test(
  'what was compiled by another Node, or is damaged, is thrown away',
  { skip: keeps && 'this Node keeps and judges it itself' },
  async (t) => {
    await startAndEnd(t)
    const kept = join(cache, `${process.version}-${process.arch}`)
    const whole = readFileSync(kept)
    const zeroed = Buffer.from(whole).fill(0, whole.length / 2)
    const flipped = Buffer.from(whole)
    flipped.writeUInt8(whole.readUInt8(whole.length >> 1) ^ 1, whole.length >> 1)
    const cut = whole.subarray(0, whole.length / 2)
    for (const damaged of [zeroed, flipped, cut, Buffer.from('garbage'), Buffer.alloc(0)]) {
      writeFileSync(kept, damaged)
      await startAndEnd(t)
      t.notOk(readFileSync(kept).equals(damaged), `${damaged.length} bytes`)
    }
    writeFileSync(`${kept}.new`, 'of a server that was killed')
    for (let end = 0; end < 2; end++) {
      rmSync(kept, { force: true })
      await startAndEnd(t)
    }
    t.notOk(existsSync(`${kept}.new`))
    t.ok(existsSync(kept))
    rmSync(kept)
    const killed = start(t, ['--port', '0', '--log-level', 'silent'])
    await serving(killed)
    while (!existsSync(kept)) await setTimeout(20)
    killed.process.kill('SIGKILL')
    t.pass('it is kept while a server serves, before V8 forgets what it needed for the start')
    rmSync(kept)
    t.equal(await start(t, ['--help']).exit, 0)
    t.notOk(existsSync(kept), 'of a run that served nothing, nothing is kept')
    await startAndEnd(t, { NODE_DISABLE_COMPILE_CACHE: '1' })
    t.notOk(existsSync(kept), 'nor where that is turned off')
  },
)
