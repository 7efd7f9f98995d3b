import { Busboy } from '@fastify/busboy'
import type { RawBody } from '../vendors/vendor.js'
import { phpJsonDecode } from './php-json-decode.js'

/** Named input as a PHP application sees it. Has no prototype, so that every name is the client's own. */
export type Input = Readonly<Record<string, unknown>>

type Named = Record<string, unknown>

const empty = (): Named => Object.create(null)
const isNamed = (value: unknown): value is Named => typeof value === 'object' && value !== null

/** PHP's limits on input: `max_input_vars` and `max_input_nesting_level`. */
const maxVariables = 1000
const maxNesting = 64

/** `urldecode`: a stray `%` stays as it is. */
export function phpUrlDecode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  return spaced.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
}

/** The names within the brackets of `a[b][]`; what follows the last of them does not count. */
function indexes(name: string, from: number): string[] {
  const found: string[] = []
  for (let at = from; name[at] === '['; ) {
    const close = name.indexOf(']', at)
    if (close < 0) break
    found.push(name.slice(at + 1, close))
    at = close + 1
  }
  return found
}

const nextIndex = (list: Named): string =>
  String(Object.keys(list).reduce((next, key) => (/^\d{1,9}$/.test(key) ? Math.max(next, Number(key) + 1) : next), 0))

/** `php_register_variable_ex`: brackets nest, blanks and dots of a name become `_`, the last of equal names wins. */
function register(input: Named, sent: string, value: string): void {
  const name = sent.replace(/^ +/, '')
  const bracket = name.indexOf('[')
  const nested = bracket < 0 ? [] : indexes(name, bracket)
  const head = nested.length === 0 ? name.replace('[', '_') : name.slice(0, bracket)
  if (head === '' || bracket === 0 || nested.length > maxNesting) return
  let target = input
  let key = head.replace(/[ .]/g, '_')
  for (const index of nested) {
    const known = target[key]
    const list = isNamed(known) ? known : empty()
    target[key] = list
    target = list
    key = index === '' ? nextIndex(list) : index
  }
  target[key] = value
}

/** `parse_str`. */
export function parseForm(text: string): Input {
  const input = empty()
  for (const pair of text.split('&', maxVariables)) {
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    register(input, phpUrlDecode(name), equals < 0 ? '' : phpUrlDecode(pair.slice(equals + 1)))
  }
  return input
}

export const queryOf = (url: string): Input => {
  const start = url.indexOf('?')
  return start < 0 ? empty() : parseForm(url.slice(start + 1))
}

/** The fields of a multipart form; files are passed over. What cannot be read ends the form where it stands. */
export function parseMultipart({ contentType, bytes }: RawBody): Promise<Input> {
  const fields = empty()
  return new Promise((resolve) => {
    const end = () => resolve(fields)
    try {
      const limits = { fields: maxVariables, parts: maxVariables }
      const form = new Busboy({ headers: { 'content-type': contentType }, limits })
      form.on('field', (name, value) => register(fields, name ?? '', value))
      // A file that breaks off is an error of its own stream, and one that nobody hears ends the process.
      form.on('file', (_name, stream) => stream.on('error', end).resume())
      form.on('finish', end).on('error', end)
      form.end(bytes)
    } catch {
      // No boundary in the header: PHP reads no field then.
      end()
    }
  })
}

/** The members of a JSON object; PHP reads no named input from anything else. */
export function parseJsonObject({ bytes }: RawBody): Input {
  const { value } = phpJsonDecode(bytes)
  return isNamed(value) ? Object.assign(empty(), value) : empty()
}

/** An input that PHP would use as text: a string, or a number that it would turn into one. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : undefined
}
