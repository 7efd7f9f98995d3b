import { TextDecoder } from 'node:util'
import { Refusal } from '../core/refusal.js'
import type { RawBody } from '../vendors/vendor.js'

const utf8 = new TextDecoder('utf-8', { fatal: true })

export const isJson = (mediaType: string): boolean => /^(application|text)\/(json|[\w.-]+\+json)$/.test(mediaType)

/** The value of a JSON body. Throws `malformed-body` when there is none or it cannot be read. */
export function parseJson({ bytes }: RawBody): unknown {
  if (bytes.length === 0) throw new Refusal('malformed-body', { reason: 'empty' })
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    throw new Refusal('malformed-body', { reason: 'syntax' })
  }
}
