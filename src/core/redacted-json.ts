import type { Extent } from './secret-names.js'
import { veil } from './secret-values.js'

const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]:]|true|false|null/g

const colon = /\s*:/y

/** Whether a name ends there, in a text of JSON. */
function isName(text: string, end: number): boolean {
  colon.lastIndex = end
  return colon.test(text)
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export interface JsonRedaction {
  /** What is secret under that name; `null`: nothing. */
  extent(name: string): Extent | null
  /** The veil in place of a secret. */
  hide(secret: string): string
  /** What is shown in place of a text or a name that is under no name of a secret; `undefined`: itself. */
  findShown(text: string): string | undefined
}

/** A text of JSON without what stands under names of secrets; token by token, so that spelling and layout stay as they were. */
export function redactedJson(text: string, { extent: extentOf, hide, findShown }: JsonRedaction): string {
  let depth = 0
  /** How deep the secret lies in which we are; `null` outside. */
  let within: number | null = null
  let previous = ''
  let extent: Extent | null = null
  return text.replace(token, (token, at: number) => {
    const isValue = previous === ':'
    const named = isValue ? extent : null
    previous = token
    if (token === '{' || token === '[') {
      if (named === 'all') within ??= depth
      depth += 1
    } else if (token === '}' || token === ']') {
      depth -= 1
      if (within === depth) within = null
    }
    if (!/^["\d-]/.test(token)) return token
    const said = String(JSON.parse(token))
    const names = token.startsWith('"') && isName(text, at + token.length)
    if (names) extent = extentOf(said)
    if ((within !== null || named !== null) && token !== '""') return JSON.stringify(names ? veil : hide(said))
    const shown = token.startsWith('"') ? findShown(said) : undefined
    return shown === undefined ? token : JSON.stringify(shown)
  })
}
