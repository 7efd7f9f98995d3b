import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import t from 'tap'
import { readable } from '../src/logger.js'

const time = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const line = (said: object) => JSON.stringify({ level: 30, time, msg: 'said', ...said })

t.test('a line for people says when by UTC, how grave, and what', async (t) => {
  t.equal(readable(line({}), false), '[03:04:05] INFO: said\n')
  t.equal(readable(line({ level: 50 }), false), '[03:04:05] ERROR: said\n')
  t.equal(readable(line({ level: 35 }), false), '[03:04:05] 35: said\n', 'of a level that has no name its number')
  t.equal(readable(line({ level: 40 }), true), '[03:04:05] \u001b[33mWARN\u001b[39;49m: said\n')
})

t.test(
  'of an error it shows the stack, and what else is said, beneath; the id of the request is for machines',
  async (t) => {
    const err = { type: 'Error', message: 'broken', stack: 'Error: broken\n    at somewhere' }
    t.equal(
      readable(line({ request: 'default-1', err, path: '/x' }), false),
      '[03:04:05] INFO: said\n    Error: broken\n        at somewhere\n    {"path":"/x"}\n',
    )
  },
)

const run = (script: string, logJson: boolean, stderr: 'pipe' | number = 'pipe') => {
  const url = new URL('../src/logger.js', import.meta.url).href
  const code = `import { createLogger } from ${JSON.stringify(url)}; const log = createLogger({ logLevel: 'info', logJson: ${logJson} }); ${script}`
  return spawnSync(process.execPath, [...process.execArgv, '--input-type=module', '-e', code], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', stderr],
  })
}

const logging = (script: string) => (logJson: boolean) => run(script, logJson).stderr

t.test(
  'what was logged last is written even where the process ends there, in the order in which it was logged',
  async (t) => {
    const run = logging(
      "log.info('one'); log.debug('not this'); log.warn('two'); log.flush(); log.error('three'); process.exit()",
    )
    t.match(run(false), /^\[..:..:..\] INFO: one\n\[..:..:..\] WARN: two\n\[..:..:..\] ERROR: three\n$/)
    const json = run(true)
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text))
    t.match(json, [
      { level: 30, msg: 'one' },
      { level: 40, msg: 'two' },
      { level: 50, msg: 'three' },
    ])
    t.equal(json.length, 3)
  },
)

t.test('what a failure says on its way out is not lost', async (t) => {
  const stderr = logging("setTimeout(() => { log.error('about to fail'); throw new Error('unforeseen') }, 1)")(false)
  t.match(stderr, 'ERROR: about to fail')
  t.match(stderr, 'unforeseen')
})

t.test(
  'where the log cannot be written, on a disk that is full, its process goes on',
  { skip: !existsSync('/dev/full') && 'needs /dev/full' },
  async (t) => {
    const full = openSync('/dev/full', 'w')
    t.teardown(() => closeSync(full))
    const script = `
      for (const one of ['one', 'two']) log.info(one)
      setTimeout(() => {
        for (let at = 0; at < 20_000; at += 1) log.info('x'.repeat(100))
        setTimeout(() => console.log('still there'), 1)
      }, 1)`
    for (const isJson of [false, true]) {
      const { status, stdout } = run(script, isJson, full)
      t.strictSame({ status, stdout }, { status: 0, stdout: 'still there\n' })
    }
  },
)
