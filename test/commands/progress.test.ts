import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { Progress } from '../../src/commands/progress.js'
import { start } from '../support/command.js'
import { folderOf } from '../support/folder.js'

/** What is written while steps are taken, one at each of these instants in milliseconds. */
async function written(isTTY: boolean, environment: Record<string, string>, instants: readonly number[], of = 20) {
  const place = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY })
  const begin = 5000
  const times = [begin, ...instants.map((ms) => begin + ms)]
  const progress = new Progress('eggs laid', place, { environment, now: () => times.shift() ?? 0 })
  for (const index of instants.keys()) progress.advance(index + 1, of)
  await progress.end()
  return place.read() ?? ''
}

t.test('nothing is said of work that is over in two seconds, or has but a few steps', async (t) => {
  for (const isTTY of [true, false]) {
    t.equal(await written(isTTY, {}, [0, 1000, 1999]), '')
    t.equal(await written(isTTY, {}, [0, 10_000, 20_000], 19), '')
  }
})

t.test('elsewhere a line is written now and then', async (t) => {
  const instants = [0, 2000, 3000, 6999, 7000, 7001, 12_000]
  const lines = 'understudy: 2 of 20 eggs laid\nunderstudy: 5 of 20 eggs laid\nunderstudy: 7 of 20 eggs laid\n'
  for (const [isTTY, environment] of [
    [false, {}],
    [true, { CI: 'true' }],
    [true, { TERM: 'dumb' }],
  ] as const) {
    t.equal(await written(isTTY, environment, instants), lines, JSON.stringify(environment))
  }
})

/** What a command shows on a terminal, and its exit code. */
const inTerminal = (command: string) =>
  new Promise<{ code: unknown; stdout: string }>((resolve) => {
    const env = { PATH: process.env.PATH, TERM: 'xterm' }
    execFile('script', ['-qec', `stty cols 80; ${command}`, '/dev/null'], { env }, (error, stdout) => {
      resolve({ code: error?.code, stdout })
    })
  })

const hasScript = await new Promise<boolean>((resolve) => {
  execFile('script', ['--version'], (error, stdout) => resolve(!error && stdout.includes('util-linux')))
})

/** Twenty-four passwords that take a quarter of a second each. */
function slowFixture(withHash: boolean): string {
  const tavio = JSON.parse(readFileSync('fixtures/tavio.json', 'utf8'))
  const { id: _, password, passwordHash: __, ...john } = tavio.accounts[0]
  const accounts = Array.from({ length: 24 }, (_, n) => ({
    ...john,
    username: `john${n}`,
    email: `john${n}@example.com`,
    password,
    ...(withHash && { passwordHash: `$2y$12$${String(n).padStart(22, 'O')}${'.'.repeat(31)}` }),
  }))
  return JSON.stringify({ ...tavio, settings: { passwordCost: 12 }, accounts })
}

t.test(
  'hashing and checking a large fixture shows a bar on a terminal, and lines in a pipe',
  { skip: !hasScript && 'needs script of util-linux, which makes a terminal' },
  async (t) => {
    const plain = join(folderOf(t, { 'tavio.json': slowFixture(false) }), 'tavio.json')
    const hashed = join(folderOf(t, { 'tavio.json': slowFixture(true) }), 'tavio.json')
    const check = `${process.execPath} dist/bin/cli.js fixtures check ${hashed}`
    const terminal = await inTerminal(check)
    t.equal(terminal.code, 2)
    const bars = [...terminal.stdout.matchAll(/\[(=+) *\] (\d+) of 24 passwords compared/g)]
    t.ok(bars.length > 1)
    t.ok(bars.every(([, bar = '', done]) => bar.length === Math.floor((Number(done) / 24) * 30)))
    t.match(terminal.stdout, '\u001b[?25h', 'and the cursor is there again')
    t.notMatch(terminal.stdout, 'understudy: 1')

    const pipe = start(t, ['--port', '0', '--log-level', 'silent', '--fixtures', plain])
    while (!pipe.stdout.includes('Try:')) await new Promise((done) => pipe.process.stdout?.once('data', done))
    t.match(pipe.stderr, /^(understudy: \d+ of 24 passwords hashed\n)+$/)
    pipe.process.kill('SIGTERM')
    t.equal(await pipe.exit, 0)
  },
)
