/** `wrk`: one thread, connections that are kept. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const folder = mkdtempSync(join(tmpdir(), 'understudy-'))
process.once('exit', () => rmSync(folder, { recursive: true }))

/** Says in one line what wrk has counted; latencies in microseconds. */
const report = `
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n{"requests":%d,"micros":%d,"p50":%d,"p99":%d,"failed":%d}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status))
end
`

/** The version of wrk; it prints it and ends with 1. */
export const wrkVersion = () =>
  run('wrk', ['-v']).catch(({ stdout }) => /^wrk [^ ]+ ?[^ ]*/.exec(stdout ?? '')?.[0] ?? 'no wrk')

const text = (value) => `[==[${value}]==]`

/** A script for requests that are all the same. */
export function always({ method = 'GET', headers = {}, body = '' }) {
  const fields = Object.entries(headers).map(([name, value]) => `wrk.headers[ ${text(name)} ] = ${text(value)}`)
  return [`wrk.method = "${method}"`, ...fields, body && `wrk.body = ${text(body)}`].join('\n')
}

let scripts = 0

/**
 * Asks `url` over and over. `script` is Lua that says what is asked.
 * Answers requests a second and latencies in milliseconds; throws where one request failed.
 *
 * @param {string} url
 * @param {{ script: string, seconds: number, connections?: number }} how
 */
export async function load(url, { script, seconds, connections = 50 }) {
  const file = join(folder, `${scripts++}.lua`)
  writeFileSync(file, `${script}\n${report}`)
  const { stdout, stderr } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', file, url])
  const counted = JSON.parse(/^{.*}$/m.exec(stdout)?.[0] ?? '{"requests":0}')
  const { requests, failed } = counted
  if (stderr !== '' || requests === 0) throw new Error(`${url} was not answered: ${stderr || stdout}`)
  if (failed > 0) throw new Error(`${url}: ${failed} of ${requests} answers were no success`)
  return {
    requests,
    bySecond: (requests / counted.micros) * 1e6,
    p50: counted.p50 / 1000,
    p99: counted.p99 / 1000,
  }
}
