/** What was measured, as tables in Markdown. */
import { execFile } from 'node:child_process'
import { cpus, release } from 'node:os'
import { promisify } from 'node:util'
import { figure, spread } from './measure.js'
import { wrkVersion } from './wrk.js'

const run = promisify(execFile)

/**
 * One line of a report. A row with `bySecond` compares one server to another; any other says what it says in `figure`.
 * @typedef {ReturnType<typeof import('./measure.js').ratioOf>} Ratio
 * @typedef {{ what: string, target?: string, met?: boolean } &
 *   ({ figure: string } | { bySecond: Ratio, byProcessorSecond: Ratio, p50?: Ratio, p99?: Ratio })} Row
 */

const line = (...cells) => `| ${cells.join(' | ')} |`

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
const table = (head, rows) =>
  [line(...head), line(...head.map(() => '---')), ...rows.map((row) => line(...row))].join('\n')

const verdict = ({ target, met }) => (target === undefined ? '' : met ? 'met' : '**missed**')

const both = (ratio, digits) => (ratio ? `${figure(ratio.one, digits)} / ${figure(ratio.other, digits)}` : '')

/** @param {readonly Row[]} rows */
export function tables(rows) {
  const ratios = rows.filter((row) => 'bySecond' in row)
  const figures = rows.filter((row) => 'figure' in row)
  return [
    ratios.length > 0 &&
      table(
        ['what', 'ratio', 'by processor time', 'a second', 'p50 in ms', 'p99 in ms', 'target', ''],
        ratios.map((row) => [
          row.what,
          spread(row.bySecond),
          figure(row.byProcessorSecond.ratio),
          both(row.bySecond, 0),
          both(row.p50, 1),
          both(row.p99, 1),
          row.target ?? '',
          verdict(row),
        ]),
      ),
    figures.length > 0 &&
      table(
        ['what', 'measured', 'target', ''],
        figures.map((row) => [row.what, row.figure, row.target ?? '', verdict(row)]),
      ),
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** With what and on what it was measured. */
export async function machine() {
  const openssl = await run('openssl', ['version']).then(
    ({ stdout }) => stdout.split(' ', 2).join(' '),
    () => 'no openssl',
  )
  const processors = `${cpus().length} × ${cpus()[0]?.model.trim()}`
  return `${processors}, Linux ${release()}, Node ${process.version}, ${openssl}, ${await wrkVersion()}`
}

/** The whole page. @param {readonly Row[]} rows */
export const page = async (rows) => `# Measured

In one run of \`npm run bench\`, on a machine that others use too: ${await machine()}. Ratios are medians
of ratios taken in the same round, from the least to the most of them; two figures with a stroke between them are the medians of the
one and of the other. A target is held against the ratio by the clock. Loads are those of wrk with one thread and 50 connections that are kept.

${tables(rows)}
`
