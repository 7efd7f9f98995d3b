import { isWord } from './spelling.js'

/**
 * Names under which a secret stands whoever is asked, as far as habit has words for them; of a name in lower case whose
 * words are joined by `_`. Clients send secrets to the wrong place, too, under names that no vendor knows.
 */
const secrets = [
  /pass_?(?:word|wd|wort|phrase|code)|credential|authori[sz]ation|sess(?:ion)?_?id|saml_?response/,
  // Not `secretary`, `secretion`, `tokenizer`, `tokenomics`, `cookieless`.
  /(?:secret|token|cookie)(?!ar|i[osvz]|less|om)/,
  /(?:api|access|account|application|app|auth|client|encryption|functions|license|master|private|service|shared|signing|storage|subscription)_?keys?(?:_|$)/,
  /(?:2_?fa|auth|authorization|authorisation|backup|login|mfa|otp|pin|recovery|security|sms|two_?factor|verification)_?codes?(?:_|$)/,
  /(?:^|_)(?:jwt|otp|totp|pwd|pw|[cx]srf|session|code_verifier|assertion)s?\d*(?:_|$)/,
  // As the end of a name only: `auth_domain` and `pass_through` are none, and `worker_sid` is an identifier.
  /(?:^|_)(?:auth|authentication|bearer|(?:db|user)?pass|pin)\d*$|^(?:connect_)?sid$/,
]

/** How far before what is assigned its name is looked for. */
const longest = 64

/** The password among credentials that were sent as `Basic`. */
export function inBasic(scheme: string, value: string): string[] {
  if (!/^\s*basic/i.test(scheme)) return []
  const credentials = Buffer.from(value, 'base64').toString()
  return [credentials.slice(credentials.indexOf(':') + 1)]
}

/** A scheme and what comes after it, unless that is a parameter (`realm="…"`) as in a challenge. */
const credential =
  /(?<![A-Za-z\d])([Bb]asic|[Bb]earer|BASIC|BEARER)\s+(?![a-z_]+=[^\s=,;])([^\s",;<>]*[^\s",;<>'.:!?)])/g

/** What stands before a sign of assignment, the sign, and the value as far as it has no signs itself. */
const assigned = /([^=:]*)([=:])(?=[\s"'\\]*([^\s"'\\&;,<>{}[\]=:]*))/gy

const isSecret = (words: string): boolean => secrets.some((pattern) => pattern.test(words))

/** Last words of names that tell of a secret what kind it is, how long it lives, whether it is asked for. */
const telling = new Set(
  `algorithm at attempts changed consent cost count date disabled enabled endpoint error errors event exp expired expires expiry in kind
  length lifetime limit max method min minutes missing mode name policy required reset scheme seconds state status time ttl
  type uri url valid verified years`.split(/\s+/),
)

/** `x-newPassword`, `X_NEW_PASSWORD` and `x[new][password]` as `x_new_password`. */
const joined = (text: string): string =>
  text
    .replace(/([a-z\d])(?=[A-Z])/g, '$1_')
    .replace(/[^A-Za-z\d]+/g, '_')
    .replace(/_$/, '')
    .toLowerCase()

function looksSecret(name: string): boolean {
  const words = joined(name)
  if (!isSecret(words)) return false
  const last = words.slice(words.lastIndexOf('_') + 1)
  return last === words || !telling.has(last)
}

/** What a secret hides: all that stands under its name, or the texts there but not what has names of its own. */
export type Extent = 'all' | 'texts'

/**
 * The names under which the requests and answers of a vendor carry secrets: those that it declares, and any that look so. Names
 * go by habit, and by English: one that nobody uses for a secret hides none, and `pin_code` is one be it that of a post office.
 */
export class SecretNames {
  readonly #all = new Set<string>()
  readonly #opened = new Set<string>()

  /**
   * `declared` are names in any letter case: `name`, `operation.name` where it is secret in that operation only, or
   * `name{}` where it looks like a secret's and stands for an object that has more than secrets.
   */
  constructor(declared: readonly string[], operation: string | null) {
    const own = `${operation}.`
    for (const one of declared) {
      const name = (one.startsWith(own) ? one.slice(own.length) : one).toLowerCase()
      if (name.endsWith('{}')) this.#opened.add(name.slice(0, -2))
      else if (!name.includes('.')) this.#all.add(name)
    }
  }

  /** What is secret under that name; `null`: nothing. */
  extent(name: string): Extent | null {
    const lower = name.toLowerCase()
    if (this.#all.has(lower)) return 'all'
    if (!looksSecret(name)) return null
    return this.#opened.has(lower) ? 'texts' : 'all'
  }

  has(name: string): boolean {
    return this.extent(name) !== null
  }

  /** Whether a secret may stand in what nothing here can read. */
  areMentioned(text: string): boolean {
    if (isSecret(joined(text))) return true
    const lower = text.toLowerCase()
    if ([...this.#all].some((name) => lower.includes(name))) return true
    // Names that are one as a whole only; a segment of a path is none.
    return [...text.matchAll(/(?<![\w./-])[\w.-]+/g)].some(([run]) => isSecret(joined(run)))
  }

  /**
   * Whether after that segment of a path a secret may follow: after a name of one, and after what asks for another
   * (`password-reset`, `password/reset`), but not after that of many, which are known by their ids.
   */
  areFollowed(segment: string, areBefore: boolean): boolean {
    const name = joined(segment)
    if (name === 'reset') return areBefore
    return !/[^s]s$/.test(name) && this.has(name.replace(/_reset$/, ''))
  }

  /**
   * The secrets that a text tells of, whatever it stands under: what it says that something of a secret name is, what a URL
   * has in front of its host, and what comes after `Bearer` or `Basic`. In prose a colon after a word says nothing.
   */
  told(text: string, isProse: boolean): string[] {
    if (!/[=:]|basic|bearer/i.test(text)) return []
    const found: string[] = []
    for (const [, info = ''] of text.matchAll(/:\/\/([^/\s?#"<>]+)@/g))
      if (!isWord(info)) found.push(info, info.slice(info.indexOf(':') + 1))
    for (const [, scheme = '', value = ''] of text.matchAll(credential))
      if (!isWord(value)) found.push(value, ...inBasic(scheme, value))
    for (const [, before = '', sign, value = ''] of text.matchAll(assigned)) {
      const end = before.slice(-longest)
      const name = end.split(/[^\w.-]+/).findLast((word) => word !== '')
      const saysSo = !isProse || sign === '=' || /["']\s*$/.test(end)
      if (name !== undefined && saysSo && this.has(name)) found.push(value)
    }
    return found
  }
}
