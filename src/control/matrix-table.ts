import type { Cell } from './matrix.js'

/** Cases of one credential at one operation that are answered alike. */
interface Group {
  readonly credential: string
  readonly cases: readonly string[]
  readonly answer: string
  readonly evidence: string
}

const answerOf = ({ outcome, status, refusal, why }: Cell): string => {
  if (outcome === 'inapplicable') return `cannot be: ${why}`
  return outcome === 'accepted' ? `${status} accepted: ${why}` : `${status} ${refusal}`
}

/** Cells of one operation, those that are answered alike together, in the order of the cases. */
function grouped(cells: readonly Cell[]): Group[] {
  const groups = new Map<string, Group & { cases: string[] }>()
  for (const cell of cells) {
    const { credential, evidence } = cell
    const answer = answerOf(cell)
    const key = JSON.stringify([credential, answer, evidence])
    const known = groups.get(key)
    if (known) known.cases.push(cell.case)
    else groups.set(key, { credential, cases: [cell.case], answer, evidence: evidence ?? '' })
  }
  return [...groups.values()]
}

/** Cells by operation, in their order. */
function byOperation(cells: readonly Cell[]): Map<string, Cell[]> {
  const found = new Map<string, Cell[]>()
  for (const cell of cells) found.set(cell.operation, [...(found.get(cell.operation) ?? []), cell])
  return found
}

/** What one operation answers to wrong credentials, as a table of Markdown. */
export const markdownTable = (cells: readonly Cell[]): string =>
  [
    '| credential | case | answer | evidence |',
    '| --- | --- | --- | --- |',
    ...grouped(cells).map(
      ({ credential, cases, answer, evidence }) => `| ${credential} | ${cases.join(', ')} | ${answer} | ${evidence} |`,
    ),
  ].join('\n')

/** The same for many operations, as text to be read on a terminal. */
export const textTable = (cells: readonly Cell[]): string =>
  [...byOperation(cells).values()]
    .map((alike) => {
      const [first] = alike
      const lines = grouped(alike).map(({ credential, cases, answer, evidence }) => {
        const level = evidence && ` (${evidence})`
        return `  ${credential.padEnd(8)} ${answer}${level}\n${' '.repeat(11)}${cases.join(', ')}`
      })
      return [`${first?.operation}  ${first?.method} ${first?.path}`, ...lines].join('\n')
    })
    .join('\n\n')

/** The same as members of an OpenAPI operation: a table for people, and `x-refusals` for programs. */
export const describedMatrix = (cells: readonly Cell[]) => {
  const refusals: Record<string, Record<string, string>> = {}
  for (const cell of cells) {
    const { credential, outcome, status, refusal } = cell
    const answer = outcome === 'refused' ? `${status} ${refusal}` : [status, outcome].filter(Boolean).join(' ')
    refusals[credential] = { ...refusals[credential], [cell.case]: answer }
  }
  return { description: `Wrong credentials:\n\n${markdownTable(cells)}`, 'x-refusals': refusals }
}
