/**
 * Names under which a secret stands whoever is asked, as far as habit has words for them; of a name in lower case whose
 * words are joined by `_`. Clients send secrets to the wrong place, too, under names that no vendor knows.
 */
const secrets = [
  /pass_?(?:word|wd|wort|phrase|code)|secret(?!ar)|token|credential|cookie|authori[sz]ation|sess(?:ion)?_?id/,
  /(?:api|access|account|application|app|auth|client|encryption|functions|license|master|private|service|shared|signing|storage|subscription)_?keys?(?:_|$)/,
  /(?:2fa|auth|authorization|authorisation|backup|login|mfa|otp|recovery|security|sms|two_?factor|verification)_?codes?(?:_|$)/,
  /(?:^|_)(?:jwt|otp|totp|pwd|pw|[cx]srf|session|code_verifier|client_assertion)s?\d*(?:_|$)/,
  // As the end of a name only: `auth_domain` and `pass_through` are none, and `worker_sid` is an identifier.
  /(?:^|_)(?:auth|authentication|bearer|pass|pin)$|^(?:connect_)?sid$/,
]

const isSecret = (words: string): boolean => secrets.some((pattern) => pattern.test(words))

/** Last words of names that tell of a secret what kind it is, how long it lives, whether it is asked for. */
const telling = new Set(
  `algorithm at attempts changed cost count date disabled enabled endpoint error errors event expired expires expiry in kind
  length lifetime limit max method min minutes missing mode name policy required reset scheme seconds state status time ttl
  type uri url valid verified years`.split(/\s+/),
)

/** `x-newPassword` and `X_NEW_PASSWORD` as `x_new_password`. */
const joined = (text: string): string =>
  text
    .replace(/([a-z\d])(?=[A-Z])/g, '$1_')
    .replace(/[^A-Za-z\d]+/g, '_')
    .toLowerCase()

function looksSecret(name: string): boolean {
  const words = joined(name)
  if (!isSecret(words)) return false
  const last = words.slice(words.lastIndexOf('_') + 1)
  return last === words || !telling.has(last)
}

/** What a secret hides: all that stands under its name, or the texts there but not what has names of its own. */
export type Extent = 'all' | 'texts'

/** The names under which the requests and answers of a vendor carry secrets: those that it declares, and any that look so. */
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
    return [...this.#all].some((name) => lower.includes(name))
  }

  /** Whether a text says, somewhere within, that something of a secret name is something. */
  areAssigned(text: string): boolean {
    return text
      .split(/[=:]/)
      .slice(0, -1)
      .some((before) =>
        this.has(
          before
            .slice(-64)
            .split(/[^\w.-]+/)
            .findLast((word) => word !== '') ?? '',
        ),
      )
  }
}
