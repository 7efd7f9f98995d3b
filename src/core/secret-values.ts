import { spellings } from './spelling.js'

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

/** What is known at least of a value that is learned; so its first characters say where it may stand. */
const leastLearned = 8

/** Where a text has that much in common with a secret, it is hidden as far as that goes. */
const much = 64

/** More values than that which begin alike are told apart no more: where one may stand, as much is hidden as the longest has. */
const mostAlike = 16

/** Values that begin alike. */
interface Alike {
  readonly values: string[]
  longest: number
}

/** How many characters of the text, from there on, are the value or the beginning of a long one. */
function inCommon(text: string, at: number, value: string): number {
  let length = leastLearned
  while (length < value.length && text.charCodeAt(at + length) === value.charCodeAt(length)) length += 1
  return length === value.length || length >= much ? length : 0
}

/** The secrets of one exchange by what they are, wherever they stand. */
export class SecretValues {
  readonly #isToken: (text: string) => boolean
  /** By their first characters, so that a text is gone through once, however many there are. */
  readonly #hidden = new Map<string, Alike>()

  /** `isToken`: whether a world has a token with that text. */
  constructor(isToken: (text: string) => boolean = () => false) {
    this.#isToken = isToken
  }

  /** The veil; from now on the same text is hidden elsewhere, unless it is one that any text may have. */
  hide(value: string): string {
    if (value.length >= leastLearned && /[^a-z]/.test(value) && value !== veil)
      for (const spelling of spellings(value)) this.#learn(spelling)
    return veil
  }

  /** The text without JWTs, tokens of the world and what was hidden before. */
  without(text: string): string {
    return this.#withoutHidden(this.#withoutKnown(text), () => true)
  }

  /** The same for a text of JSON, the numbers in which stay what they are. */
  withoutInJson(text: string): string {
    const known = this.#withoutKnown(text)
    const isText = (at: number, end: number) =>
      (known[at - 1] === '"' && known[end] === '"') || end - at >= much || !/^[\d.]+$/.test(known.slice(at, end))
    return this.#withoutHidden(known, isText)
  }

  /** Those that `hides` says of the places where something stands that was hidden. */
  #withoutHidden(text: string, hides: (at: number, end: number) => boolean): string {
    if (this.#hidden.size === 0) return text
    let shown = ''
    let until = 0
    for (let at = 0; at + leastLearned <= text.length; ) {
      const { length, step } = this.#foundAt(text, at)
      const isHidden = length > 0 && hides(at, at + length)
      if (isHidden && at >= until) shown += text.slice(until, at) + veil
      if (isHidden) until = Math.max(until, at + length)
      at += isHidden ? step : 1
    }
    return shown + text.slice(until)
  }

  #learn(spelling: string): void {
    const start = spelling.slice(0, leastLearned)
    const alike = this.#hidden.get(start) ?? { values: [], longest: 0 }
    this.#hidden.set(start, alike)
    alike.longest = Math.max(alike.longest, spelling.length)
    if (alike.values.length <= mostAlike && !alike.values.includes(spelling)) alike.values.push(spelling)
  }

  /** How much stands there of what was hidden, and how far on another may begin, which may be in the middle of it. */
  #foundAt(text: string, at: number): { readonly length: number; readonly step: number } {
    const alike = this.#hidden.get(text.slice(at, at + leastLearned))
    if (!alike) return { length: 0, step: 1 }
    const { values, longest } = alike
    if (values.length > mostAlike) return { length: longest, step: 1 }
    const length = Math.max(...values.map((value) => inCommon(text, at, value)))
    // In the middle of long ones none is looked for: it would take the square of their length.
    return { length, step: length >= much ? length : 1 }
  }

  #withoutKnown(text: string): string {
    return withoutJwts(text).replace(/[\w.~-]{16,}/g, (run) => (this.#isToken(run) ? veil : run))
  }
}
