import type { Claims } from './jwt.js'
import { type Extent, SecretNames } from './secret-names.js'
import { looksDrawn, SecretValues, veil } from './secret-values.js'
import type { Message } from './transcript.js'

const jsonToken = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]:]|true|false|null/g

/** A text without escapes, as far as it has readable ones. */
const plain = (text: string): string =>
  text
    // UTF-16, as far as it is ASCII.
    .replaceAll('\0', '')
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})|\\u00([0-9a-f]{2})/gi, (_, percent, unicode) =>
      String.fromCharCode(Number.parseInt(percent ?? unicode, 16)),
    )

/** As the client meant it; where that cannot be told, as it wrote it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** What selects a world, in front of a path; its name may look drawn. */
const world = /^@[a-z\d-]+$/

const colon = /\s*:/y

/** Whether a name ends there, in a text of JSON. */
function isName(text: string, end: number): boolean {
  colon.lastIndex = end
  return colon.test(text)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export interface RedactionOptions {
  /** As `SecretNames` takes them. */
  readonly secrets: readonly string[]
  readonly operation?: string | null
  /** Whether a world has a token with that text. */
  readonly isToken?: (text: string) => boolean
}

/** Paths in which nothing is as long as a secret that is known by its look, and nothing is named. */
const harmless = /^(?:\/[\w.~@-]{0,15})*$/

/** A path as a log shows it. */
export const pathShown = (path: string, options: RedactionOptions): string =>
  harmless.test(path) ? path : new Redaction(options).url(path)

/**
 * Takes secrets out of what was sent and answered: by the names they stand under, by their look, and, once they were found
 * in one part of an exchange, wherever else in it they stand.
 */
export class Redaction {
  readonly #names: SecretNames
  readonly #values: SecretValues

  constructor({ secrets, operation = null, isToken }: RedactionOptions) {
    this.#names = new SecretNames(secrets, operation)
    this.#values = new SecretValues(isToken)
  }

  /** A URL or a path: its segments, their parameters and its query. */
  url(url: string): string {
    const end = url.search(/[?#]/)
    const path = end < 0 ? url : url.slice(0, end)
    const query = end < 0 ? '' : url.charAt(end) + this.#form(url.slice(end + 1))
    return this.text(this.#path(path) + query)
  }

  /** A text in which nothing is named. */
  text(text: string): string {
    return this.#values.without(text)
  }

  /** Facts of a refusal. */
  facts(facts: unknown): unknown {
    return facts === undefined ? undefined : this.#texts(JSON.stringify(facts))
  }

  /** A text of JSON, which it stays. */
  json(text: string): string {
    const shown = this.#values.withoutInJson(this.#json(text))
    // What was hidden may have been a part of an escape.
    return isJson(shown) ? shown : JSON.stringify(veil)
  }

  /** A part of a JWT. */
  claims(claims: Claims | null): Claims | null {
    return claims && this.#texts(this.#json(JSON.stringify(claims)))
  }

  /** What the JSON says, its texts without secrets; numbers are numbers whatever was hidden elsewhere. */
  #texts(json: string) {
    return JSON.parse(json, (_name, value) => (typeof value === 'string' ? this.text(value) : value))
  }

  message({ headers, body }: Message): Message {
    let type = ''
    const shown = headers.map((text, at) => {
      if (at % 2 === 0) return this.text(text)
      const name = String(headers[at - 1])
      if (name.toLowerCase() === 'content-type') type = text
      return this.#header(name, text)
    })
    return { headers: shown, body: body && this.#body(body, /^\s*application\/x-www-form-urlencoded/i.test(type)) }
  }

  #header(name: string, value: string): string {
    switch (name.toLowerCase()) {
      case 'authorization':
      case 'proxy-authorization': {
        const scheme = /^\s*(?:basic|bearer|digest)\s+/i.exec(value)?.[0] ?? ''
        return scheme + this.#values.hide(value.slice(scheme.length).trim())
      }
      case 'cookie':
        return value
          .split(';')
          .map((cookie) => {
            const at = cookie.indexOf('=') + 1
            return cookie.slice(0, at) + this.#cookie(cookie.slice(0, at - 1), cookie.slice(at).trim())
          })
          .join(';')
      case 'set-cookie':
        return value.replace(/^([^=;]*)=([^;]+)/, (_, own, secret) => `${own}=${this.#cookie(own, secret)}`)
      case 'referer':
      case 'location':
      case 'origin':
        return this.url(value)
      default:
        if (this.#names.has(name) || this.#names.areAssigned(value)) return this.#values.hide(value)
        return this.text(value)
    }
  }

  /** No cookie is shown; one that is not a secret by its name or look may hold what others have to read elsewhere. */
  #cookie(name: string, value: string): string {
    return this.#names.has(name.trim()) || looksDrawn(value) ? this.#values.hide(value) : veil
  }

  #path(path: string): string {
    return path
      .replace(/^(\w+:\/\/)[^/]*@/, `$1${veil}@`)
      .split('/')
      .map((segment, at) => (at === 1 && world.test(segment) ? segment : this.#segment(segment)))
      .join('/')
  }

  #segment(segment: string): string {
    return segment
      .split(';')
      .map((part) => this.#part(part))
      .join(';')
  }

  /** What stands between slashes, semicolons or ampersands. */
  #part(part: string): string {
    const [key = ''] = part.split('=', 1)
    const name = plain(key).trim()
    // Otherwise it is no field, and the secret may stand before the `=`.
    const isField = /^[\w.[\] -]*$/.test(name)
    if (!isField && this.#names.areMentioned(plain(part))) {
      this.#values.hide(part)
      return this.#values.hide(decoded(part))
    }
    if (isField && part !== key) return this.#pair(key, name, part.slice(key.length + 1))
    const meant = decoded(part)
    return looksDrawn(meant) ? this.#values.hide(meant) : part
  }

  #body(bytes: Buffer, isForm: boolean): Buffer {
    const text = bytes.toString('utf8')
    return Buffer.from(text).equals(bytes) ? Buffer.from(this.#content(text, isForm)) : this.#unreadable(bytes)
  }

  #content(text: string, isForm: boolean): string {
    if (isJson(text)) return this.json(text)
    if (isForm) return this.text(this.#form(text))
    return this.#names.areMentioned(plain(text)) ? veil : this.text(text)
  }

  #unreadable(bytes: Buffer): Buffer {
    const text = bytes.toString('latin1')
    return this.#names.areMentioned(plain(text)) ? Buffer.from(veil) : bytes
  }

  #form(text: string): string {
    return text
      .split('&')
      .map((field) => this.#part(field))
      .join('&')
  }

  #pair(key: string, name: string, value: string): string {
    // PHP takes `a[b]` for a member and `a.b` for `a_b`.
    const parts = [name.replace(/[ .]/g, '_'), ...name.split(/[[\].]/)]
    const isSecret = parts.some((part) => this.#names.has(part)) || this.#names.areAssigned(plain(value))
    return `${key}=${isSecret ? this.#values.hide(decoded(value)) : value}`
  }

  /** A text of JSON may be JSON itself: clients stringify twice. */
  #textOfJson(token: string): string {
    const text = String(JSON.parse(token))
    return /^\s*[[{]/.test(text) && isJson(text) ? JSON.stringify(this.json(text)) : token
  }

  /** Token by token, so that spelling and layout stay as they were. */
  #json(text: string): string {
    let depth = 0
    /** How deep the secret lies in which we are; `null` outside. */
    let within: number | null = null
    let previous = ''
    let extent: Extent | null = null
    return text.replace(jsonToken, (token, at: number) => {
      const isValue = previous === ':'
      const named = isValue ? extent : null
      if (token === '{' || token === '[') {
        if (named === 'all') within ??= depth
        depth += 1
      } else if (token === '}' || token === ']') {
        depth -= 1
        if (within === depth) within = null
      } else if (token.startsWith('"') && !isValue) extent = this.#names.extent(String(JSON.parse(token)))
      previous = token
      const isText = token.startsWith('"') && !isName(text, at + token.length)
      const hides = (within !== null || named !== null) && /^["\d-]/.test(token) && token !== '""'
      if (!hides) return isText ? this.#textOfJson(token) : token
      return `"${isName(text, at + token.length) ? veil : this.#values.hide(String(JSON.parse(token)))}"`
    })
  }
}
