// @ts-check
// After `tap run`: src/core and src/store must be covered wholly; of the rest only the totals are printed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const ROOMS = ['src/core', 'src/store']
const METRICS = /** @type {const} */ (['lines', 'branches', 'functions', 'statements'])
const SUMMARY = '.tap/report/coverage-summary.json'
const DETAIL = '.tap/report/coverage-final.json'

/** @typedef {{ total: number, covered: number }} Count */
/** @typedef {Record<(typeof METRICS)[number], Count>} Summary */

/** @type {string[]} */
const complaints = []
const root = process.cwd()

/** @param {string} path @returns {Map<string, any>} by path from the root, with `/` */
function readReport(path) {
  if (!existsSync(path)) return new Map()
  const entries = Object.entries(JSON.parse(readFileSync(path, 'utf8')))
  return new Map(
    entries
      .filter(([file]) => file !== 'total')
      .map(([file, entry]) => [relative(root, file).split(sep).join('/'), entry]),
  )
}

/** @param {string} file */
const roomOf = (file) => ROOMS.find((room) => file.startsWith(`${room}/`))

/** Whether nothing of the file is left when its types are gone: such a file is never loaded. @param {string} file */
async function isTypesOnly(file) {
  const { default: ts } = await import('typescript')
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
      removeComments: true,
    },
  })
  return outputText.trim() === 'export {};'
}

/** @param {number[]} lines */
function ranges(lines) {
  /** @type {[number, number][]} */
  const found = []
  for (const line of [...new Set(lines)].sort((a, b) => a - b)) {
    const last = found.at(-1)
    if (last && line === last[1] + 1) last[1] = line
    else found.push([line, line])
  }
  return found.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(', ')
}

/** @param {any} detail one file of an istanbul coverage map */
function uncovered(detail) {
  if (!detail) return ''
  /** @type {number[]} */
  const lines = []
  for (const [id, hits] of Object.entries(detail.s)) if (hits === 0) lines.push(detail.statementMap[id].start.line)
  for (const [id, hits] of Object.entries(detail.f)) if (hits === 0) lines.push(detail.fnMap[id].loc.start.line)
  for (const [id, hits] of Object.entries(detail.b))
    if (hits.includes(0)) lines.push(detail.branchMap[id].loc.start.line)
  return lines.length ? `; see ${ranges(lines)}` : ''
}

/** @param {Count} count */
const percent = ({ total, covered }) => (total === 0 ? 100 : Math.floor((covered / total) * 10_000) / 100)

/** @type {Map<string, Summary>} */
const report = readReport(SUMMARY)
const details = readReport(DETAIL)
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => join('src', file).split(sep).join('/'))
  .filter((file) => /\.[cm]?[jt]s$/.test(file) && !file.endsWith('.d.ts'))
  .sort()

if (!existsSync(SUMMARY)) complaints.push(`No coverage report: ${SUMMARY} is missing.`)
else
  for (const room of ROOMS)
    if (![...report.keys()].some((file) => roomOf(file) === room))
      complaints.push(`The coverage report has no file of ${room}.`)

/** @type {string[]} */
const strangers = []
/** @type {Summary} */
const rest = {
  lines: { total: 0, covered: 0 },
  branches: { total: 0, covered: 0 },
  functions: { total: 0, covered: 0 },
  statements: { total: 0, covered: 0 },
}
let whole = 0

if (complaints.length === 0)
  for (const file of sources) {
    const summary = report.get(file)
    if (!summary) {
      if (await isTypesOnly(file)) continue
      if (roomOf(file)) complaints.push(`${file}: no test loads it.`)
      else strangers.push(file)
    } else if (roomOf(file)) {
      const missed = METRICS.filter((metric) => summary[metric].covered < summary[metric].total)
      if (summary.lines.total === 0) complaints.push(`${file}: the report has no lines of it.`)
      else if (missed.length === 0) whole += 1
      else {
        const figures = missed.map((metric) => `${metric} ${percent(summary[metric])} %`).join(', ')
        complaints.push(`${file}: ${figures}${uncovered(details.get(file))}`)
      }
    } else {
      for (const metric of METRICS) {
        rest[metric].total += summary[metric].total
        rest[metric].covered += summary[metric].covered
      }
    }
  }

const names = ROOMS.join(' and ')
if (rest.lines.total > 0)
  console.log(`Outside ${names}: ${METRICS.map((metric) => `${metric} ${percent(rest[metric])} %`).join(', ')}.`)
if (strangers.length > 0) console.log(`Loaded by no test, and not in these figures: ${strangers.join(', ')}.`)
if (complaints.length > 0) {
  console.error(`Coverage of ${names} is not 100 %:\n${complaints.map((line) => `  ${line}`).join('\n')}`)
  process.exitCode = 1
} else {
  console.log(`Coverage of ${names} is 100 %: ${whole} files.`)
}
