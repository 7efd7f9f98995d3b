import { TextDecoder } from 'node:util'

const syntax = 'Syntax error'
const control = 'Control character error, possibly incorrectly encoded'
const malformedUtf8 = 'Malformed UTF-8 characters, possibly incorrectly encoded'
const tooDeep = 'Maximum stack depth exceeded'
const loneSurrogate = 'Single unpaired high surrogate in Unicode escape'

// A byte order mark is no JSON, in PHP as in JavaScript.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** How many arrays and objects may lie one within the other, unless PHP is told otherwise. */
const deepest = 512

const multibyte =
  '[\\xc2-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|' +
  '\\xed[\\x80-\\x9f][\\x80-\\xbf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}'
const hex = '[0-9a-fA-F]'
const escaped =
  '\\\\(?:["\\\\/bfnrt]|u(?:' +
  `[dD][89abAB]${hex}{2}\\\\u[dD][c-fC-F]${hex}{2}|[0-9a-ce-fA-CE-F]${hex}{3}|[dD][0-7]${hex}{2}))`

// These read bytes, one character a byte.
const blank = /[ \t\n\r]*/y
const inString = new RegExp(`[^"\\\\\\x00-\\x1f\\x80-\\xff]+|${escaped}|${multibyte}`, 'y')
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null/iy
const anyMultibyte = new RegExp(multibyte, 'y')

/** How far `pattern` reads in `text` from `at`. */
function reach(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

type Lexeme = { readonly token: string; readonly end: number } | { readonly error: string }

function lexeme(text: string, at: number): Lexeme {
  const first = text[at]
  if (first === undefined) return { token: 'end', end: at }
  if ('{}[],:'.includes(first)) return { token: first, end: at + 1 }
  if (first !== '"') {
    const end = reach(scalar, text, at)
    if (end > at) return { token: 'scalar', end }
    if (first < ' ') return { error: control }
    return { error: first < '\x80' || reach(anyMultibyte, text, at) > at ? syntax : malformedUtf8 }
  }
  let end = at + 1
  for (let next = reach(inString, text, end); next > end; next = reach(inString, text, end)) end = next
  const stop = text[end]
  if (stop === '"') return { token: 'string', end: end + 1 }
  // The scanner takes the end of an unfinished string for the NUL that it stands on.
  if (stop === undefined || stop < ' ') return { error: control }
  if (stop === '\\') return { error: text[end + 1] === 'u' ? loneSurrogate : syntax }
  return { error: malformedUtf8 }
}

/** What may come next, or nothing where `token` must not stand. `open` holds the brackets that are still open. */
function next(state: string, token: string, open: string[]): string | undefined {
  const closes = (bracket: string) => open.at(-1) === bracket && open.pop() !== undefined
  if (state === 'value' || state === 'first element') {
    if (token === '{' || token === '[') {
      open.push(token)
      return token === '{' ? 'first member' : 'first element'
    }
    if (token === 'string' || token === 'scalar') return 'after'
    return state === 'first element' && token === ']' && closes('[') ? 'after' : undefined
  }
  if (state === 'member' || state === 'first member') {
    if (token === 'string') return 'colon'
    return state === 'first member' && token === '}' && closes('{') ? 'after' : undefined
  }
  if (state === 'colon') return token === ':' ? 'value' : undefined
  if (token === ',' && open.length > 0) return open.at(-1) === '{' ? 'member' : 'value'
  if (token === 'end' && open.length === 0) return 'done'
  return (token === '}' && closes('{')) || (token === ']' && closes('[')) ? 'after' : undefined
}

/** What `json_last_error_msg()` says of a text: the first complaint of scanner or parser, in reading order. */
function complaintAbout(text: string): string | undefined {
  const open: string[] = []
  let state: string | undefined = 'value'
  for (let at = 0; state !== 'done'; ) {
    const read = lexeme(text, reach(blank, text, at))
    if ('error' in read) return read.error
    state = next(state, read.token, open)
    if (state === undefined) return syntax
    if (open.length > deepest) return tooDeep
    at = read.end
  }
  return undefined
}

const mayHaveHalfAPair = (text: string): boolean => text.includes('\\') && /\\ud[89a-f]/i.test(text)

/** What opens has to be closed, and so a short text need not be counted through. */
const mayBeTooDeep = (text: string): boolean =>
  text.length > 2 * deepest && text.split(/[[{]/, deepest + 2).length > deepest + 1

/** `json_decode($bytes, true)`: the value, or the error that PHP names. */
export function phpJsonDecode(bytes: Buffer): { readonly value?: unknown; readonly error?: string } {
  try {
    const text = utf8.decode(bytes)
    const value: unknown = JSON.parse(text)
    // JavaScript lets half a surrogate pair pass, and any depth; PHP does not.
    const isDoubtful = mayHaveHalfAPair(text) || mayBeTooDeep(text)
    const error = isDoubtful ? complaintAbout(bytes.toString('latin1')) : undefined
    return error === undefined ? { value } : { error }
  } catch {
    return { error: complaintAbout(bytes.toString('latin1')) ?? syntax }
  }
}
