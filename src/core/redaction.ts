import type { Claims } from './jwt.js'
import { isJson, redactedJson } from './redacted-json.js'
import { inBasic, SecretNames } from './secret-names.js'
import { looksDrawn, SecretValues, veil } from './secret-values.js'
import { isWord, meanings, plain } from './spelling.js'
import type { Message } from './transcript.js'

/** What selects a world, in front of a path; its name may look drawn. */
const world = /^@[a-z\d-]+$/

export interface RedactionOptions {
  /** As `SecretNames` takes them. */
  readonly secrets: readonly string[]
  readonly operation?: string | null
  /** Whether a world has a token with that text. */
  readonly isToken?: (text: string) => boolean
}

/** Paths of words, of which none is as long as a secret that is known by its look, and nothing is named. */
const harmless = /^(?:\/(?:v\d|[a-z_.~@-]{0,15}))*$/

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

  /** Facts of a refusal, among them the path that was asked for. */
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
    return JSON.parse(json, (name, value) => {
      if (typeof value !== 'string') return value
      return name === 'path' ? this.url(value) : this.text(value)
    })
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
        const credential = value.slice(scheme.length).trim()
        for (const password of inBasic(scheme, credential)) this.#values.hide(password)
        return scheme + this.#values.hide(credential)
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
        return this.#names.has(name) || this.#tells(value) ? this.#values.hide(value) : this.text(value)
    }
  }

  /** No cookie is shown; one that is not a secret by its name or look may hold what others have to read elsewhere. */
  #cookie(name: string, value: string): string {
    return this.#names.has(name.trim()) || looksDrawn(value) ? this.#values.hide(value) : veil
  }

  /** Whether a text tells of secrets; from now on they are hidden elsewhere. */
  #tells(text: string, isProse = false): boolean {
    const told = [...new Set([text, ...meanings(text), plain(text)])].flatMap((one) => this.#names.told(one, isProse))
    for (const secret of told) this.#values.hide(secret)
    return told.length > 0
  }

  /** The veil in place of what stands in a URL or in a form; a vendor may repeat it as it was written. */
  #meant(text: string): string {
    for (const meaning of [text, ...meanings(text)]) this.#values.hide(meaning)
    return veil
  }

  #path(path: string): string {
    let isNext = false
    return path
      .replace(/:\/\/[^/]*@/g, (authority) => {
        this.#tells(authority)
        return `://${veil}@`
      })
      .split('/')
      .map((segment, at) => {
        if (at === 1 && world.test(segment)) return segment
        const name = plain(segment)
        const isSecret = isNext && name !== '' && !isWord(name)
        isNext = name === '' ? isNext : this.#names.areFollowed(name, isNext)
        return isSecret ? this.#meant(segment) : this.#segment(segment)
      })
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
    const isPair = isField && part !== key
    if (!isPair && (this.#tells(part) || (!isField && this.#names.areMentioned(plain(part))))) return this.#meant(part)
    if (isPair) return this.#pair(key, name, part.slice(key.length + 1))
    return looksDrawn(meanings(part)[1]) ? this.#meant(part) : part
  }

  #body(bytes: Buffer, isForm: boolean): Buffer {
    const text = bytes.toString('utf8')
    return Buffer.from(text).equals(bytes) ? Buffer.from(this.#content(text, isForm)) : this.#unreadable(bytes)
  }

  #content(text: string, isForm: boolean): string {
    if (isJson(text)) return this.json(text)
    if (isForm) return this.text(this.#form(text))
    return this.#mentions(text) ? veil : this.text(text)
  }

  #unreadable(bytes: Buffer): Buffer {
    const text = bytes.toString('latin1')
    return this.#mentions(text) ? Buffer.from(veil) : bytes
  }

  /** Whether a secret may stand in what nothing here can read. */
  #mentions(text: string): boolean {
    return this.#tells(text, true) || this.#names.areMentioned(plain(text))
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
    const isSecret = parts.some((part) => this.#names.has(part)) || this.#tells(value)
    return `${key}=${isSecret ? this.#meant(value) : value}`
  }

  #json(json: string): string {
    return redactedJson(json, {
      extent: (name) => this.#names.extent(name),
      hide: (secret) => this.#values.hide(secret),
      findShown: (text) => this.#findShown(text),
    })
  }

  /** A text of JSON may be JSON itself: clients stringify twice. */
  #findShown(text: string): string | undefined {
    if (/^\s*[[{]/.test(text) && isJson(text)) return this.json(text)
    return this.#tells(text, true) ? this.#values.hide(text) : undefined
  }
}
