import type { Nearest } from '../core/exchange.js'
import type { RegisteredOperation } from '../vendors/vendor.js'

/** As much of a path as is looked at. */
const maxLength = 100

/** How many letters must be put in, taken out or changed to make `b` of `a` (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= b.length; column++) {
      const changed = (row[column - 1] ?? 0) + (b[column - 1] === letter ? 0 : 1)
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The pattern with the segments of `path` in the place of its parameters. */
function filled(pattern: string, path: string): string {
  const segments = path.split('/')
  return pattern
    .split('/')
    .map((segment, at) => (segment.startsWith(':') ? (segments[at] ?? segment) : segment))
    .join('/')
}

/** The operation whose path is spelled most like `path`, and of several of one path that with the method. */
export function nearest(
  operations: readonly RegisteredOperation[],
  method: string,
  wanted: string,
): Nearest | undefined {
  const path = wanted.slice(0, maxLength)
  let best: { operation: RegisteredOperation; score: number } | undefined
  for (const operation of operations) {
    const score =
      2 * distance(path.toLowerCase(), filled(operation.path, path).toLowerCase()) +
      (operation.method === method ? 0 : 1)
    if (!best || score < best.score) best = { operation, score }
  }
  return best && { id: best.operation.id, method: best.operation.method, path: best.operation.path }
}
