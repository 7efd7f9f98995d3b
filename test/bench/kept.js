/** Worlds in files, of worlds in memory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare } from './compare.js'
import { loggingIn, reading } from './requests.js'
import { understudy } from './servers.js'

const rows = /** @type {const} */ ([
  ['login (Tavio) with --data, of one in memory', loggingIn],
  ['read (Tavio, me) with --data, of one in memory', reading],
])

/** @param {import('./run.js').Bench} bench */
export async function* benchKept({ quick, effort, tell }) {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'))
  const [kept, inMemory] = [await understudy('--data', folder), await understudy()]
  try {
    for (const [what, load] of quick ? rows.slice(0, 1) : rows) {
      tell(what)
      const [one, other] = [await load(kept.url, 'tavio'), await load(inMemory.url, 'tavio')]
      const compared = await compare({ ...one, pid: kept.pid }, { ...other, pid: inMemory.pid }, effort)
      yield { what, ...compared, target: '≥ 0.60', met: compared.bySecond.ratio >= 0.6 }
    }
  } finally {
    await Promise.all([kept.stop(), inMemory.stop()])
    rmSync(folder, { recursive: true })
  }
}
