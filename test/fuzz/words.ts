import fc from 'fast-check'

/** What would be a header of the answer, if a line of the request got there. */
export const injection = '\r\nx-injected: 1'

const poisons = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '']
const hugeNumbers = ['1e999', '-0', '-1e-999', '123456789012345678901234567890', '9007199254740993', '2147483648']
const oddJson = [
  ...hugeNumbers,
  '"\\u0000"',
  '"\\ud800"',
  '{"__proto__":{"id":1}}',
  `${'['.repeat(900)}${']'.repeat(900)}`,
  '1.',
  "'x'",
  'NaN',
  '\u{feff}{}',
]

/** A world of words: the vendor's own names and values, and what breaks programs. */
export function words(known: readonly string[], names: readonly string[], tokens: readonly string[]) {
  const name = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...names) },
    { weight: 2, arbitrary: fc.constantFrom(...poisons) },
    { weight: 1, arbitrary: fc.string() },
  )
  const text = fc.oneof(
    fc.constantFrom(...known),
    fc.constantFrom(...tokens),
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(injection, 'x\0y', '\n', '../../etc/passwd', '%00', '%', 'x'.repeat(1500), '\ud800', "' OR 1=1 --"),
  )
  const value = fc.oneof(
    { weight: 3, arbitrary: text.map((one) => JSON.stringify(one)) },
    { weight: 1, arbitrary: fc.constantFrom(...oddJson) },
    { weight: 1, arbitrary: fc.jsonValue().map((one) => JSON.stringify(one)) },
  )
  // Written by hand, so that names can be given twice and numbers be as long as they like.
  const json = fc
    .array(fc.tuple(name, value), { maxLength: 6 })
    .map((members) => `{${members.map(([key, one]) => `${JSON.stringify(key)}:${one}`).join()}}`)
  const nested = fc.oneof(
    json,
    fc.tuple(name, json).map(([key, one]) => `{${JSON.stringify(key)}:${one}}`),
    value,
  )
  const suffix = fc.constantFrom('', '', '', '[]', '[a]', '[__proto__]', '[][]', '[')
  const form = fc
    .array(fc.tuple(name, suffix, text), { maxLength: 5 })
    .map((fields) => fields.map(([key, end, one]) => `${encoded(key)}${end}=${encoded(one)}`).join('&'))
  const multipart = fc.array(fc.tuple(name, text, fc.boolean()), { maxLength: 4 }).map((fields) => {
    const parts = fields.map(([key, one, isFile]) => {
      const file = isFile ? '; filename="f"' : ''
      return `--x\r\nContent-Disposition: form-data; name="${key}"${file}\r\n\r\n${one}\r\n`
    })
    return `${parts.join('')}--x--\r\n`
  })
  return { name, text, nested, form, multipart }
}

/** Without lone surrogates, which no URL has. */
export const wellFormed = (text: string): string => Buffer.from(text).toString()

export const encoded = (text: string): string => encodeURIComponent(wellFormed(text))

/** A body that ends too early. */
export const cut = (whole: fc.Arbitrary<string>) =>
  fc.tuple(whole, fc.double({ min: 0, max: 1, noNaN: true })).map(([text, part]) => text.slice(0, text.length * part))
