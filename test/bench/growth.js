/** What a crowd costs everybody: a million accounts with a million live tokens against ten. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp } from '../../dist/app.js'
import { compare } from './compare.js'
import { anyLogin, anyRead, crowdIn } from './crowd.js'
import { figure, median, timed } from './measure.js'
import { residentMb, served } from './servers.js'

const few = 10
const rows = /** @type {const} */ ([
  ['login', anyLogin],
  ['read (me)', anyRead],
])
const target = '≥ 0.80 (a cost of ≤ 1.25)'

/** @param {import('./run.js').Bench} bench */
export async function* benchGrowth({ quick, effort, tell }) {
  const many = quick ? 20_000 : 1_000_000
  tell(`${many} accounts and tokens`)
  const [small, part, large] = [
    await served('crowded', `${few}`),
    await served('crowded', `${many / 4}`),
    await served('crowded', `${many}`),
  ]
  const [base, atPart, atAll] = [small, part, large].map(({ pid }) => residentMb(pid))
  const bytes = (resident, size) => ((resident - base) * 1024 * 1024) / (size - few)
  const each = [bytes(atPart, many / 4), bytes(atAll, many)]
  await part.stop()
  try {
    for (const [what, any] of quick ? rows.slice(0, 1) : rows) {
      tell(what)
      const one = { pid: large.pid, ...(await any(large.url, many)) }
      const compared = await compare(one, { pid: small.pid, ...(await any(small.url, few)) }, effort)
      yield {
        what: `${what} with ${many} accounts and live tokens (Tavio), of one with ${few}`,
        ...compared,
        target,
        met: compared.bySecond.ratio >= 1 / 1.25,
      }
    }
    yield {
      what: `resident memory with ${many} accounts and live tokens`,
      figure: `${figure(atAll, 0)} MB; ${figure(each[0], 0)} bytes for each of a quarter of them, ${figure(each[1], 0)} for each of all`,
      target: 'linear',
      met: each[1] <= each[0] * 1.1,
    }
    yield await benchGenerated({ quick, tell })
  } finally {
    await Promise.all([small.stop(), large.stop()])
  }
}

/** How long a server takes longer to be there with a crowd that its fixture tells it to make. */
async function benchGenerated({ quick, tell }) {
  const size = 100_000
  tell(`${size} accounts generated`)
  const what = `${size} accounts generated from a fixture`
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'))
  crowdIn(folder, size)
  const build = async (options) => (await buildApp({ seed: 1, ...options })).close()
  try {
    const times = quick ? 1 : 5
    const without = median(await timed(times, () => build({})))
    const seconds = (median(await timed(times, () => build({ fixtures: folder }))) - without) / 1000
    return { what, figure: `${figure(seconds)} s`, target: '≤ 2 s', met: seconds <= 2 }
  } catch (error) {
    return { what, figure: `not measured: ${error.message}`, target: '≤ 2 s', met: false }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
