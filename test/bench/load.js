/** Servers in processes of their own, loaded in turn by wrk. */
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
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
  return { pid: child.pid, port: Number(String(line)), stop: () => child.kill() }
}

/** Seconds that a process has been on a processor, in user and system time. @param {number} pid */
function processorSeconds(pid) {
  // Behind the name in parentheses, which may hold anything; in ticks of 10 ms.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/**
 * Logins a second, and logins a second of processor time: where others use the machine too, the first tells more of
 * them and the second more of the server. @param {number} seconds
 */
async function logins({ pid, port }, seconds) {
  const url = `http://127.0.0.1:${port}/tavio/v1/acme/auth/login`
  const from = processorSeconds(pid)
  const { stdout } = await run('wrk', ['-t1', '-c50', `-d${seconds}s`, '-s', script, url])
  if (/Non-2xx/.test(stdout)) throw new Error(stdout)
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1])
  return {
    bySecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    byProcessorSecond: requests / (processorSeconds(pid) - from),
  }
}

/** Medians of one measure in rounds, and of the ratio in each round. */
function summary(rounds, measure) {
  const pairs = rounds.map((round) => round.map(measure))
  const ratios = pairs.map(([rate, against]) => rate / against)
  return {
    least: Math.min(...ratios),
    most: Math.max(...ratios),
    one: median(pairs.map(([rate]) => rate)),
    other: median(pairs.map(([, rate]) => rate)),
    ratio: median(ratios),
  }
}

/**
 * Rounds in which both are loaded in turn: short ones and many, because what else the machine does comes and goes.
 * @param {boolean} quick
 */
export async function compare(one, other, quick) {
  const [rounds, seconds] = quick ? [5, 1] : [31, 2]
  const servers = [await start(one), await start(other)]
  try {
    // The first of many clients waits for bcrypt, and a server becomes faster for seconds.
    for (const server of servers) await logins(server, quick ? 3 : 10)
    const all = []
    for (let round = 0; round < rounds; round++) {
      const inTurn = round % 2 === 0 ? servers : servers.toReversed()
      const rates = [await logins(inTurn[0], seconds), await logins(inTurn[1], seconds)]
      all.push(round % 2 === 0 ? rates : rates.reverse())
    }
    return {
      bySecond: summary(all, ({ bySecond }) => bySecond),
      byProcessorSecond: summary(all, ({ byProcessorSecond }) => byProcessorSecond),
    }
  } finally {
    for (const { stop } of servers) stop()
  }
}
