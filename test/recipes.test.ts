import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { install, link, pack } from './support/install.js'

const run = promisify(execFile)

const bin = (path: string): string => resolve('node_modules', path)

/** Folder, what runs it, what counts in its output, and how often that is. */
const recipes: readonly [string, readonly string[], RegExp][] = [
  ['vitest', [bin('vitest/vitest.mjs'), 'run', '--reporter=json'], /"numPassedTests":2,"numFailedTests":0/],
  ['jest', [bin('jest/bin/jest.js')], /Tests: +3 passed, 3 total/],
  ['node-test', ['../with-understudy.mjs', process.execPath, '--test', '--test-reporter=tap'], /^# pass 2$/m],
  [
    'tap',
    ['../with-understudy.mjs', bin('.bin/tap'), 'run', '--disable-coverage', '-R', 'tap'],
    /^ok 1 - session[\s\S]*pass: 3 \}$/m,
  ],
  ['fixed-url', ['--test', '--test-reporter=tap'], /^# pass 2$/m],
]

t.test('each recipe is run by its own runner, in a project that has installed the package', async (t) => {
  const project = await install(t, await pack(t))
  link(project, ['vitest', 'tap'])
  cpSync('test/recipes', join(project, 'recipes'), { recursive: true })
  for (const [folder, args, passed] of recipes) {
    await t.test(folder, async (t) => {
      // What this runner tells those it starts, another must not take for its own.
      const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...inherited } = process.env
      const env = Object.fromEntries(Object.entries(inherited).filter(([name]) => !/^_?TAP/.test(name)))
      const { stdout, stderr } = await run(process.execPath, args, {
        cwd: join(project, 'recipes', folder),
        env,
        timeout: 120_000,
      })
      t.match(stdout + stderr, passed)
    })
  }
})
