import { Busboy } from '@fastify/busboy'
import qs from 'qs'
import type { RawBody } from '../vendors/vendor.js'

/** Named input as a PHP application sees it. Has no prototype, so that every name is the client's own. */
export type Input = Readonly<Record<string, unknown>>

const nothing: Input = Object.create(null)

/** `parse_str`: brackets nest, the last of equal names wins. */
export const parseForm = (text: string): Input =>
  qs.parse(text, { plainObjects: true, duplicates: 'last', depth: 8, parameterLimit: 1000, ignoreQueryPrefix: false })

export const queryOf = (url: string): Input => {
  const start = url.indexOf('?')
  return start < 0 ? nothing : parseForm(url.slice(start + 1))
}

/** The fields of a multipart form; files are passed over. What cannot be read ends the form where it stands. */
export function parseMultipart({ contentType, bytes }: RawBody): Promise<Input> {
  const fields: Record<string, unknown> = Object.create(null)
  return new Promise((resolve) => {
    const end = () => resolve(fields)
    try {
      const form = new Busboy({ headers: { 'content-type': contentType }, limits: { fields: 1000, parts: 1000 } })
      form.on('field', (name, value) => {
        fields[name] = value
      })
      form.on('file', (_name, stream) => stream.resume())
      form.on('finish', end).on('error', end)
      form.end(bytes)
    } catch {
      // No boundary in the header: PHP reads no field then.
      end()
    }
  })
}

/** The members of a JSON object; PHP reads no named input from anything else. */
export function parseJsonObject({ bytes }: RawBody): Input {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof value !== 'object' || value === null) return nothing
    return Object.assign(Object.create(null), value)
  } catch {
    return nothing
  }
}
