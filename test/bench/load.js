/** Servers in processes of their own, loaded in turn by wrk. */
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median } from './measure.js'

const run = promisify(execFile)

const script = join(mkdtempSync(join(tmpdir(), 'understudy-')), 'login.lua')
writeFileSync(
  script,
  `wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"username":"john.doe","password":"john.doe.password"}'
`,
)

/** Whether wrk is installed. */
export const hasWrk = () =>
  run('wrk', ['-v']).then(
    () => true,
    // It prints its version and ends with 1.
    (error) => error.code !== 'ENOENT',
  )

/** @param {string} kind */
async function start(kind) {
  const child = spawn(process.execPath, ['test/bench/serve.js', kind], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await child.stdout.take(1).toArray()
  return { port: Number(String(line)), stop: () => child.kill() }
}

/** Logins a second. @param {number} port @param {number} seconds */
async function logins(port, seconds) {
  const url = `http://127.0.0.1:${port}/tavio/v1/acme/auth/login`
  const { stdout } = await run('wrk', ['-t1', '-c50', `-d${seconds}s`, '-s', script, url])
  if (/Non-2xx/.test(stdout)) throw new Error(stdout)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
}

/** Medians of rounds in which both are loaded in turn, and of their ratio in each round. @param {boolean} quick */
export async function compare(one, other, quick) {
  const [rounds, seconds] = quick ? [3, 3] : [9, 6]
  const servers = [await start(one), await start(other)]
  try {
    for (const { port } of servers) await logins(port, 2)
    const rates = []
    for (let round = 0; round < rounds; round++) {
      rates.push([await logins(servers[0].port, seconds), await logins(servers[1].port, seconds)])
    }
    const ratios = rates.map(([rate, against]) => rate / against)
    return {
      least: Math.min(...ratios),
      most: Math.max(...ratios),
      one: median(rates.map(([rate]) => rate)),
      other: median(rates.map(([, rate]) => rate)),
      ratio: median(ratios),
    }
  } finally {
    for (const { stop } of servers) stop()
  }
}
