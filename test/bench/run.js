/** `npm run bench`: measures, prints the table and, unless `--quick`, writes it to RESULTS.md beside this file. */
import { writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { benchOverhead } from './overhead.js'
import { benchSnapshots } from './snapshots.js'
import { benchWorlds } from './worlds.js'

const quick = process.argv.includes('--quick')
const rows = []
for (const [name, bench] of Object.entries({
  worlds: benchWorlds,
  snapshots: benchSnapshots,
  overhead: benchOverhead,
})) {
  process.stderr.write(`measuring ${name} …\n`)
  rows.push(...(await bench(quick)))
}

const line = (...cells) => `| ${cells.join(' | ')} |`
const table = [
  line('what', 'measured', 'target', ''),
  line('---', '---', '---', '---'),
  ...rows.map(({ what, figure, target, met }) => line(what, figure, target, met ? 'met' : '**missed**')),
].join('\n')
process.stdout.write(`${table}\n`)
if (!quick) {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Linux ${release()}, Node ${process.version}`
  writeFileSync(
    new URL('RESULTS.md', import.meta.url),
    `# Measured\n\nIn one run of \`npm run bench\`, on a machine that others use too: ${machine}. Times are medians; ratios are medians\nof ratios taken in the same round.\n\n${table}\n`,
  )
}
