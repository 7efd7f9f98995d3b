import { isBase64url } from '../../core/jwt.js'
import { Refusal } from '../../core/refusal.js'
import { phpJson } from '../../dialects/php-json.js'
import { phpJsonDecode } from '../../dialects/php-json-decode.js'
import type { Profile } from './settings.js'

/** What a release's JWT library has read of a token before it looks at the signature. */
export interface Parsed {
  /** `alg` of the header, whatever it is. */
  readonly algorithm: unknown
  /** The token whose signature is then checked. */
  readonly text: string
}

type Parse = (text: string, parts: readonly [head: string, payload: string, signature: string]) => Parsed

const undecodable = (detail: string): Refusal => new Refusal('token-malformed', { reason: 'encoding', detail })

const bytesOf = (part: string): Buffer => Buffer.from(part, 'base64url')
const isArray = (value: unknown): value is object => typeof value === 'object' && value !== null
const algorithmOf = (header: unknown): unknown => (isArray(header) && 'alg' in header ? header.alg : undefined)

/** PHP's `is_numeric`. */
export const isNumeric = (value: unknown): boolean =>
  typeof value === 'number' ||
  (typeof value === 'string' && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(value))

/** The claims that are instants, in the order in which lcobucci/jwt reads them. */
export const dates = ['iat', 'nbf', 'exp']

/** namshi/jose, `JWS::load`: the signature is checked over what PHP writes of what it has read. */
const namshi: Parse = (text, [head, payload, signature]) => {
  const { value: header } = phpJsonDecode(bytesOf(head))
  const { value: claims } = phpJsonDecode(bytesOf(payload))
  if (!isArray(header) || !isArray(claims)) throw undecodable(`The token "${text}" is an invalid JWS`)
  if (!('alg' in header)) throw undecodable('Undefined index: alg')
  const algorithm = header.alg
  if (String(algorithm).toLowerCase() === 'none') {
    const detail = `The token "${text}" cannot be validated in a secure context, as it uses the unallowed "none" algorithm`
    throw new Refusal('token-bad-signature', { reason: 'unsigned', detail })
  }
  const written = [phpJson(header), phpJson(claims), bytesOf(signature)].map((part) =>
    Buffer.from(part).toString('base64url'),
  )
  return { algorithm, text: written.join('.') }
}

/** lcobucci/jwt 3.2, `Parser::parse`. */
const lcobucci3: Parse = (text, [head, payload]) => {
  const [header] = [head, payload].map((part) => {
    const { value, error } = phpJsonDecode(bytesOf(part))
    if (error !== undefined) throw undecodable(`Error while decoding to JSON: ${error}`)
    return value
  })
  return { algorithm: algorithmOf(header), text }
}

function base64url(part: string): Buffer {
  if (isBase64url(part)) return bytesOf(part)
  throw undecodable('Error while decoding from Base64Url, invalid base64 characters detected')
}

function arrayOf(part: string, name: string): object {
  const { value, error } = phpJsonDecode(base64url(part))
  if (error !== undefined) throw undecodable('Error while decoding from JSON')
  if (!isArray(value)) throw undecodable(`${name} must be an array`)
  return value
}

/** lcobucci/jwt 4.3, `Token\Parser::parse`. */
const lcobucci4: Parse = (text, [head, payload, signature]) => {
  const header = arrayOf(head, 'headers')
  if ('enc' in header) throw undecodable('Encryption is not supported yet')
  const claims = new Map<string, unknown>(Object.entries(arrayOf(payload, 'claims')))
  for (const date of dates) {
    const value = claims.get(date)
    if (claims.has(date) && !isNumeric(value)) {
      throw undecodable(`Value is not in the allowed date format: ${phpText(value)}`)
    }
  }
  const algorithm = algorithmOf(header)
  if (algorithm !== undefined && algorithm !== 'none') base64url(signature)
  return { algorithm, text }
}

/** A value as PHP joins it to a text. */
export function phpText(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'Array'
  if (typeof value === 'boolean') return value ? '1' : ''
  return String(value ?? '')
}

/** Throws `token-malformed`, with what the library complains of, or `token-bad-signature`. */
export const parse: Readonly<Record<Profile, Parse>> = { 1.9: namshi, '1.10': lcobucci3, 2: lcobucci4 }
