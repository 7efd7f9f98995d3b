/**
 * `npm run bench`: measures, prints tables and, unless only some of it was asked for, writes them to RESULTS.md beside
 * this file.
 *
 * - `--quick`: some of it in one round, in under a minute, and accordingly rough;
 * - `--only NAME`: one of the benches, may be repeated;
 * - `--peers`: fetches other servers, to a folder outside of this one, and compares with them.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { efforts } from './compare.js'
import { benchFootprint } from './footprint.js'
import { benchGrowth } from './growth.js'
import { benchKept } from './kept.js'
import { benchLimit } from './limit.js'
import { benchOverhead } from './overhead.js'
import { benchPasswords } from './passwords.js'
import { benchRates } from './rates.js'
import { page, tables } from './report.js'
import { benchRsa } from './rsa.js'
import { benchSnapshots } from './snapshots.js'
import { benchStart } from './start.js'
import { benchWorlds } from './worlds.js'

/**
 * @typedef {object} Bench
 * @property {boolean} quick
 * @property {boolean} peers whether other servers may be fetched
 * @property {import('./compare.js').Effort} effort
 * @property {(what: string) => void} tell says what is being measured
 */

const benches = {
  limit: benchLimit,
  overhead: benchOverhead,
  rsa: benchRsa,
  passwords: benchPasswords,
  kept: benchKept,
  growth: benchGrowth,
  start: benchStart,
  rates: benchRates,
  worlds: benchWorlds,
  snapshots: benchSnapshots,
  footprint: benchFootprint,
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: Object.keys(benches) },
  },
})
const { quick, peers, only } = values
const unknown = only.filter((name) => !(name in benches))
if (unknown.length > 0) throw new Error(`no bench is called ${unknown}; there are ${Object.keys(benches).join(', ')}`)

const effort = quick ? efforts.quick : efforts.full
const rows = []
for (const [name, bench] of Object.entries(benches)) {
  if (!only.includes(name)) continue
  const tell = (what) => process.stderr.write(`${name}: ${what} …\n`)
  tell('begins')
  try {
    for await (const row of bench({ quick, peers, effort, tell })) rows.push(row)
  } catch (error) {
    // It reports, and so goes on with what can be measured.
    process.stderr.write(`${error.stack}\n`)
    rows.push({ what: name, figure: `not measured: ${error.message.split('\n', 1)[0]}` })
  }
}
process.stdout.write(`${tables(rows)}\n`)
const isWhole = !quick && only.length === Object.keys(benches).length
if (isWhole) writeFileSync(new URL('RESULTS.md', import.meta.url), await page(rows))
