import type { Claims } from './jwt.js'
import type { Message } from './transcript.js'

const veil = '[redacted]'

/** Header fields that are a secret as a whole. */
const secretHeaders: ReadonlySet<string> = new Set(['x-api-key'])

/** Names that mean a secret whoever is asked (RFC 6749, RFC 6750 and habit): clients send them to the wrong place, too. */
const secretNames = ['password', 'token', 'access_token', 'refresh_token', 'client_secret']

/**
 * The text without what looks like a JWT, wherever it stands. Letters that one could be made of are taken a run at a time:
 * an expression that looks for one begins anew at each `ey`, and so takes hours over a megabyte of them.
 */
const withoutJwts = (text: string): string =>
  text.replace(/[\w.-]{10,}/g, (run) => {
    const parts = run.split('.')
    const shown: string[] = []
    for (let at = 0; at < parts.length; ) {
      const [head = '', payload = '', signature] = parts.slice(at, at + 3)
      const start = head.indexOf('ey')
      const isJwt = start >= 0 && head.length - start >= 8 && payload !== '' && signature !== undefined
      shown.push(isJwt ? head.slice(0, start) + veil : head)
      at += isJwt ? 3 : 1
    }
    return shown.join('.')
  })

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

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Takes secrets out of what was sent and answered: by the names they stand under, and by their look. */
export class Redaction {
  readonly #names: ReadonlySet<string>

  /** `secrets` are names in any letter case, `operation.name` where a name is secret in that operation only. */
  constructor(secrets: readonly string[], operation: string | null) {
    const own = `${operation}.`
    this.#names = new Set(
      [...secretNames, ...secrets]
        .map((name) => (name.startsWith(own) ? name.slice(own.length) : name))
        .filter((name) => !name.includes('.'))
        .map((name) => name.toLowerCase()),
    )
  }

  /** A URL or a path: its query. */
  url(url: string): string {
    const query = url.indexOf('?')
    const shown = query < 0 ? url : url.slice(0, query + 1) + this.#form(url.slice(query + 1))
    return withoutJwts(shown)
  }

  /** Facts of a refusal. */
  facts(facts: unknown): unknown {
    return facts === undefined ? undefined : JSON.parse(withoutJwts(JSON.stringify(facts)))
  }

  /** A part of a JWT. */
  claims(claims: Claims | null): Claims | null {
    return claims && JSON.parse(this.#text(JSON.stringify(claims), false))
  }

  message({ headers, body }: Message): Message {
    let type = ''
    const shown = headers.map((text, at) => {
      if (at % 2 === 0) return text
      const name = String(headers[at - 1]).toLowerCase()
      if (name === 'content-type') type = text
      return this.#header(name, text)
    })
    return { headers: shown, body: body && this.#body(body, /^\s*application\/x-www-form-urlencoded/i.test(type)) }
  }

  #header(name: string, value: string): string {
    if (secretHeaders.has(name) || this.#names.has(name)) return veil
    switch (name) {
      case 'authorization':
      case 'proxy-authorization':
        return value.replace(/^(\s*(?:basic|bearer|digest)\s+)?[\s\S]*$/i, `$1${veil}`)
      case 'cookie':
        return value
          .split(';')
          .map((cookie) => cookie.slice(0, cookie.indexOf('=') + 1) + veil)
          .join(';')
      case 'set-cookie':
        return value.replace(/^([^=;]*=)[^;]+/, `$1${veil}`)
      case 'referer':
      case 'location':
        return this.url(value)
      default:
        return withoutJwts(value)
    }
  }

  #body(bytes: Buffer, isForm: boolean): Buffer {
    const text = bytes.toString('utf8')
    return Buffer.from(text).equals(bytes) ? Buffer.from(this.#text(text, isForm)) : this.#unreadable(bytes)
  }

  #text(text: string, isForm: boolean): string {
    const shown = isJson(text) ? this.#json(text) : isForm ? this.#form(text) : this.#mentions(text) ? veil : text
    return withoutJwts(shown)
  }

  #unreadable(bytes: Buffer): Buffer {
    return this.#mentions(bytes.toString('latin1')) ? Buffer.from(veil) : bytes
  }

  /** Whether a secret may stand in what nothing here can read. */
  #mentions(text: string): boolean {
    const said = plain(text).toLowerCase()
    return [...this.#names].some((name) => said.includes(name))
  }

  #form(text: string): string {
    return text
      .split('&')
      .map((pair) => {
        const [key = ''] = pair.split('=', 1)
        const name = plain(key).toLowerCase().trim()
        // PHP takes `a[b]` for a member and `a.b` for `a_b`.
        const parts = [name.replace(/[ .]/g, '_'), ...name.split(/[[\].]/)]
        if (parts.some((part) => this.#names.has(part))) return pair === key ? key : `${key}=${veil}`
        return /^[\w.[\]-]*$/.test(plain(key)) || !this.#mentions(pair) ? pair : veil
      })
      .join('&')
  }

  /** Token by token, so that spelling and layout stay as they were. */
  #json(text: string): string {
    let depth = 0
    /** How deep the secret lies in which we are; `null` outside. */
    let within: number | null = null
    let previous = ''
    let key = ''
    return text.replace(jsonToken, (token) => {
      const isValue = previous === ':'
      const isSecret = within !== null || (isValue && this.#names.has(key))
      if (token === '{' || token === '[') {
        if (isSecret) within ??= depth
        depth += 1
      } else if (token === '}' || token === ']') {
        depth -= 1
        if (within === depth) within = null
      } else if (token.startsWith('"') && !isValue) key = String(JSON.parse(token)).toLowerCase()
      previous = token
      const hides = isSecret && /^["\d-]/.test(token) && token !== '""'
      return hides ? `"${veil}"` : token
    })
  }
}
