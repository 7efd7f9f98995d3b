import { existsSync, readdirSync } from 'node:fs'
import module from 'node:module'
import { basename, join, resolve } from 'node:path'
import t from 'tap'
import { serving, start } from './support/command.js'
import { folderOf } from './support/folder.js'

/** Tells at the end what has been loaded: files, and parts of Node. */
const telling = `process.on('exit', () => {
  const loaded = { files: Object.keys(require.cache), parts: process.moduleLoadList }
  process.stdout.write(JSON.stringify(loaded) + '\\n')
})`

t.test('a start loads few files, and of Node no part that only others need', async (t) => {
  const hook = join(folderOf(t, { 'telling.cjs': telling }), 'telling.cjs')
  const run = start(t, ['--port', '0', '--log-level', 'silent'], { NODE_OPTIONS: `--require=${hook}` })
  await serving(run)
  run.process.kill('SIGTERM')
  t.equal(await run.exit, 0)
  const { files, parts } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '')
  const own = files.slice(files.indexOf(resolve('dist/bin/cli.js')))
  const names = own.map((file: string) => basename(file))
  t.strictSame(names, ['cli.js', 'understudy.js', 'better_sqlite3.node'])
  const beside = readdirSync('dist/bin').filter((file) => file.endsWith('.js'))
  t.strictSame(
    beside,
    ['cli.js', 'light-my-request.js', 'semver.js', 'understudy.js'],
    'what is loaded late lies apart',
  )
  t.ok(parts.includes('NativeModule http'))
  for (const part of ['http2', 'https', 'tls', 'fs/promises']) t.notOk(parts.includes(`NativeModule ${part}`), part)
})

const keeps = 'enableCompileCache' in module

t.test(
  'what Node has compiled is kept beside the command',
  { skip: !keeps && 'this Node keeps nothing' },
  async (t) => {
    t.equal(await start(t, ['--version']).exit, 0)
    t.ok(existsSync('dist/bin/.cache'))
  },
)
