/** Thiio's logins, which RSA-4096 signatures bound, and whether they leave the others alone. */
import { execFile } from 'node:child_process'
import { cpus } from 'node:os'
import { promisify } from 'node:util'
import { inTurn, measure } from './compare.js'
import { figure, ratioOf, spread } from './measure.js'
import { loggingIn, reading } from './requests.js'
import { served, understudy } from './servers.js'
import { load } from './wrk.js'

const run = promisify(execFile)
const cores = cpus().length

/** Signatures a second of all cores; by their own time where not `elapsed`. @param {number} seconds */
async function opensslSpeed(seconds, ...elapsed) {
  const flags = ['-seconds', String(seconds), '-multi', String(cores), ...elapsed]
  const { stdout } = await run('openssl', ['speed', ...flags, 'rsa4096'])
  // Seconds an operation come first, then operations a second, signatures before all others.
  const signatures = /^rsa 4096 bits(?: +[\d.]+s)+ +([\d.]+)/m.exec(stdout)?.[1]
  if (signatures === undefined) throw new Error(stdout)
  return Number(signatures)
}

/** Signed logins of a server, held against the signatures of openssl. */
async function ofOpenssl(logins, rounds, seconds) {
  await measure(logins, 1)
  const signed = await inTurn(
    async () => {
      const { bySecond, byProcessorSecond } = await measure(logins, seconds)
      return { bySecond, byProcessorSecond }
    },
    async () => ({
      bySecond: await opensslSpeed(seconds, '-elapsed'),
      byProcessorSecond: (await opensslSpeed(seconds)) / cores,
    }),
    rounds,
  )
  return {
    bySecond: ratioOf(signed, (measured) => measured.bySecond),
    byProcessorSecond: ratioOf(signed, (measured) => measured.byProcessorSecond),
  }
}

/** @param {import('./run.js').Bench} bench */
export async function* benchRsa({ quick, tell }) {
  const [rounds, seconds] = quick ? [1, 1] : [9, 3]
  const what = `login, RS256-4096 (Thiio), of openssl speed rsa4096 on ${cores} cores`
  if (!quick) {
    const limit = await served('floor')
    try {
      tell('login, RS256-4096 (Thiio): the limit itself')
      const logins = { pid: limit.pid, ...(await loggingIn(limit.url, 'thiio')) }
      yield { what: `${what}: the limit itself`, ...(await ofOpenssl(logins, rounds, seconds)) }
    } finally {
      await limit.stop()
    }
  }

  const server = await understudy()
  try {
    const logins = { pid: server.pid, ...(await loggingIn(server.url, 'thiio')) }
    tell('login, RS256-4096 (Thiio)')
    const signed = await ofOpenssl(logins, rounds, seconds)
    yield { what, ...signed, target: '≥ 0.90', met: signed.bySecond.ratio >= 0.9 }

    if (quick) return
    tell('read (Tavio, me) beside it')
    const { url, script } = await reading(server.url, 'tavio')
    const readFor = (time) => load(url, { script, seconds: time })
    await readFor(seconds)
    const beside = await inTurn(
      async () => {
        const busy = load(logins.url, { script: logins.script, seconds: seconds + 1 })
        const [measured] = await Promise.all([readFor(seconds), busy])
        return measured
      },
      () => readFor(seconds),
      rounds,
    )
    const p99 = ratioOf(beside, (measured) => measured.p99)
    yield {
      what: `p99 of Tavio's me while Thiio's logins run, in times of its idle value`,
      figure: `${spread(p99)} (${figure(p99.one, 1)} ms of ${figure(p99.other, 1)} ms)`,
      target: '≤ 5',
      met: p99.ratio <= 5,
    }
  } finally {
    await server.stop()
  }
}
