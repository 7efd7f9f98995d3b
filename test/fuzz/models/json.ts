import type { Sent } from '../subject.js'

/** A POST of JSON. */
export const post = (url: string, body: object, headers: Readonly<Record<string, string>> = {}): Sent => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

export const bearer = (text: string): { authorization: string } => ({ authorization: `Bearer ${text}` })

/** A text in which the last letter but a few is another: of a JWT, its signature. */
export const tampered = (text: string): string => {
  const at = text.length - 10
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}
