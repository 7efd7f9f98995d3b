import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

export interface Pattern {
  readonly source: string
  readonly flags: string
  /** `file:line` */
  readonly at: string
}

function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node
  for (const child of node.getChildren()) yield* nodes(child)
}

function* sources(): Generator<[file: string, tree: ts.SourceFile, node: ts.Node]> {
  for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    if (!/\.[jt]s$/.test(file)) continue
    const tree = ts.createSourceFile(file, readFileSync(join('src', file), 'utf8'), ts.ScriptTarget.Latest, true)
    for (const node of nodes(tree)) yield [file, tree, node]
  }
}

/** Every regular expression of the sources: literals, and texts that begin like one, which are patterns of schemas. */
export function patterns(): Pattern[] {
  return [...sources()].flatMap(([file, tree, node]) => {
    const at = `${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
    if (ts.isStringLiteralLike(node) && node.text.startsWith('^')) return [{ source: node.text, flags: '', at }]
    if (!ts.isRegularExpressionLiteral(node)) return []
    const end = node.text.lastIndexOf('/')
    return [{ source: node.text.slice(1, end), flags: node.text.slice(end + 1), at }]
  })
}

/** Files that make regular expressions of texts. */
export const makers = (): Set<string> =>
  new Set(
    [...sources()].flatMap(([file, , node]) =>
      (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp' ? [file] : [],
    ),
  )

const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))

/**
 * What an expression may stumble over, to be repeated: its own words, pairs of a word and a character, and of the
 * characters one each that it treats alike.
 */
export function pumps({ source }: Pattern): string[] {
  const words = source.match(/[a-z]{2,}|[:;,./"\\%<@=&-]/gi) ?? []
  const named = printable.filter((char) => source.includes(char))
  const chars = [...new Set([...named, 'a', 'A', '0', '_', '-', ' ', '\t', '.', '\u00e9'])]
  const pairs = words.flatMap((word) => ['a', '1', ' ', '!', '-', '.'].map((char) => word + char))
  return [...new Set([...words, ...chars, ...pairs, '1.', '%41', 'a.', 'a-', '\\"'])]
}

/** What may have to stand before the repetition, so that the expression has begun. */
export const openings = ({ source }: Pattern): string[] => {
  const words = [...new Set(source.match(/[a-z]{2,}/gi) ?? [])].slice(0, 4)
  return ['', ...words, ...words.map((word) => `${word} `), '1', '"', ':', '<', '/']
}
