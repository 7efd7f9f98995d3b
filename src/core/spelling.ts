const unescaped = (text: string): string =>
  text
    // UTF-16, as far as it is ASCII.
    .replaceAll('\0', '')
    .replaceAll('+', ' ')
    .replace(/\\+/g, '\\')
    .replace(/%(?:25)*([0-9a-f]{2})|\\u00([0-9a-f]{2})/gi, (_, percent, unicode) =>
      String.fromCharCode(Number.parseInt(percent ?? unicode, 16)),
    )

const mostRounds = 4

/**
 * A text without escapes, as far as it has readable ones: for looking for names in it. What escapes a percent sign or a
 * backslash may be escaped itself, however often; other characters so often.
 */
export function plain(text: string): string {
  let read = text
  for (let round = 0; round < mostRounds && /[%\\+\0]/.test(read); round += 1) read = unescaped(read)
  return read
}

/** As the client meant it; where that cannot be told, as it wrote it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What a part of a URL or of a form may mean: read once, as is right, and once more by whoever was sent it encoded twice. */
export function meanings(text: string): readonly [once: string, twice: string] {
  const once = decoded(text.replaceAll('+', ' '))
  return [once, decoded(once)]
}

/** The same value as JSON and URLs write it. */
export function spellings(value: string): string[] {
  if (/^[\w.-]*$/.test(value)) return [value]
  const json = JSON.stringify(value).slice(1, -1)
  const inQuery = String(new URLSearchParams({ v: value })).slice(2)
  return [value, json, json.replaceAll('/', '\\/'), inQuery, inQuery.replaceAll('+', '%20')]
}

/** Whether a text is made of nothing but words, as a path is, in lower case or capitalised: `refresh`, `sign-in`, `getUser`. */
export const isWord = (text: string): boolean =>
  /^(?:v\d{1,2}|2fa|[A-Z]?[a-z]+(?:(?:[-_.][A-Z]?|[A-Z])[a-z]+)*)$/.test(text)
