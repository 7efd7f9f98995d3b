/** What is shown in place of a secret. */
export const veil = '[redacted]'

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

/** Shorter than that nothing is taken for a secret by its look. */
const leastRandom = 16

/** How often digits, small letters and capitals take turns. */
const turns = (word: string): number => word.replace(/[a-z]+|[A-Z]+|\d+/g, '.').length

/**
 * Whether a text looks drawn: a long run of letters and digits in which they take turns as they do in no word, no number
 * and no UUID.
 */
export const looksDrawn = (text: string): boolean =>
  text.length >= leastRandom &&
  text.split(/[^A-Za-z\d]+/).some((word) => word.length >= leastRandom && /\d/.test(word) && turns(word) >= 4)

/** The same value as JSON and URLs write it. */
function spellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  const inQuery = String(new URLSearchParams({ v: value })).slice(2)
  return [value, json, json.replaceAll('/', '\\/'), inQuery, inQuery.replaceAll('+', '%20')]
}

/** The secrets of one exchange by what they are, wherever they stand. */
export class SecretValues {
  readonly #isToken: (text: string) => boolean
  readonly #hidden = new Set<string>()

  /** `isToken`: whether a world has a token with that text. */
  constructor(isToken: (text: string) => boolean = () => false) {
    this.#isToken = isToken
  }

  /** The veil; from now on the same text is hidden elsewhere, unless it is one that any text may have. */
  hide(value: string): string {
    if (value.length >= 8 && /[^a-z]/.test(value) && value !== veil)
      for (const spelling of spellings(value)) this.#hidden.add(spelling)
    return veil
  }

  /** The text without JWTs, tokens of the world and what was hidden before. */
  without(text: string): string {
    let shown = this.#withoutKnown(text)
    for (const value of this.#hidden) shown = shown.replaceAll(value, veil)
    return shown
  }

  /** The same for a text of JSON, the numbers in which stay what they are. */
  withoutInJson(text: string): string {
    let shown = this.#withoutKnown(text)
    for (const value of this.#hidden) {
      const isNumber = /^[\d.]+$/.test(value)
      shown = isNumber ? shown.replaceAll(`"${value}"`, `"${veil}"`) : shown.replaceAll(value, veil)
    }
    return shown
  }

  #withoutKnown(text: string): string {
    return withoutJwts(text).replace(/[\w.~-]{16,}/g, (run) => (this.#isToken(run) ? veil : run))
  }
}
