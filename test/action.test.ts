import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { folderOf } from './support/folder.js'

/** A runner's folders, and a project that has installed this package: the built command, as npm links it. */
function project(t: Test): string {
  const folder = folderOf(t, {
    'package.json': '{"name":"project","version":"1.0.0","dependencies":{"auth-understudy":"*"}}',
    output: '',
    env: '',
  })
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
  symlinkSync(resolve('.'), join(folder, 'node_modules/auth-understudy'))
  const command = join(folder, 'node_modules/.bin/understudy')
  writeFileSync(command, `#!/bin/sh\nexec node ${resolve('dist/bin/cli.js')} "$@"\n`)
  chmodSync(command, 0o755)
  return folder
}

/** Runs the step of the action with these inputs, whatever else is their default. */
async function step(t: Test, folder: string, inputs: Readonly<Record<string, string>>) {
  const defaults = { PACKAGE: 'auth-understudy', PORT: '0', FIXTURES: '', FLAGS: '--log-level silent', TIMEOUT: '60' }
  const child = spawn(resolve('docker/action/start.sh'), {
    cwd: folder,
    detached: true,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_ENV: join(folder, 'env'),
      ...defaults,
      ...inputs,
    },
  })
  // The server outlives the step, and belongs to its group of processes.
  t.teardown(() => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // All have ended.
    }
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  const [code] = await once(child, 'close')
  return { code, printed }
}

t.test(
  'the action ends when the server serves, and says where, to its outputs and to the steps that follow',
  async (t) => {
    const folder = project(t)
    const { code, printed } = await step(t, folder, { FLAGS: '--log-level silent --seed 7' })
    t.equal(code, 0, { printed })
    const [, url = ''] = /^url=(http:\/\/127\.0\.0\.1:\d+)\n$/.exec(readFileSync(join(folder, 'output'), 'utf8')) ?? []
    t.equal(readFileSync(join(folder, 'env'), 'utf8'), `UNDERSTUDY_URL=${url}\n`)
    t.match(printed, `${url} serves`)
    t.match(await (await fetch(`${url}/_understudy/health`)).json(), { status: 'ok' })
    t.match(readFileSync(join(folder, 'understudy-log'), 'utf8'), '(seed 7)', 'flags are divided into words')
  },
)

t.test('with further ports it says the base URL alone', async (t) => {
  const folder = project(t)
  const { code, printed } = await step(t, folder, { FLAGS: '--log-level silent --listen tavio=0' })
  t.equal(code, 0, { printed })
  t.match(readFileSync(join(folder, 'output'), 'utf8'), /^url=http:\/\/127\.0\.0\.1:\d+\n$/)
  t.match(readFileSync(join(folder, 'env'), 'utf8'), /^UNDERSTUDY_URL=http:\/\/127\.0\.0\.1:\d+\n$/)
})

t.test('a server that cannot start fails the action at once, with what the server said', async (t) => {
  const folder = project(t)
  writeFileSync(join(folder, 'tavio.json'), '{"accounts":[{}]}')
  const { code, printed } = await step(t, folder, { FIXTURES: join(folder, 'tavio.json') })
  t.equal(code, 1)
  t.match(printed, 'tavio.json: at /')
  t.match(printed, '::error')
  t.equal(readFileSync(join(folder, 'output'), 'utf8'), '')
})

t.test('a server that takes too long fails the action', async (t) => {
  const { code, printed } = await step(t, project(t), { TIMEOUT: '0' })
  t.equal(code, 1)
  t.match(printed, '::error')
})
