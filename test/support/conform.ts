import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

interface Media {
  readonly schema: object
}
interface Founded {
  readonly 'x-evidence': string
}
interface Response {
  readonly 'x-cases': Record<string, Founded>
  readonly 'x-weaker'?: Record<string, Founded>
  readonly content?: Record<string, Media>
}
interface Document {
  readonly paths: Record<string, Record<string, { responses: Record<string, Response> }>>
  readonly components: { readonly schemas: Record<string, object> }
  readonly 'x-elsewhere': Record<string, Response>
}

export interface Seen {
  /** The level that the answer claims. */
  readonly evidence: string
  readonly method: string
  /** The vendor's own path, without query. */
  readonly path: string
  readonly status: number
  readonly contentType: string | undefined
  readonly text: string
}

function load(name: string) {
  const document: Document = JSON.parse(readFileSync(`openapi/${name}.json`, 'utf8'))
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  const patterns = Object.entries(document.paths).map(([template, item]) => ({
    pattern: new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]*')}$`),
    item,
  }))
  const validators = new Map<Media, ValidateFunction>()
  const compile = (media: Media): ValidateFunction => {
    const validate = ajv.compile({ ...media.schema, components: document.components })
    validators.set(media, validate)
    return validate
  }
  return { document, ajv, patterns, validators, compile }
}

/** A path as a router reads it; one that cannot be read stays as it is. */
function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

const documents = new Map<string, ReturnType<typeof load>>()

/**
 * What of an answer the OpenAPI document `openapi/<name>.json` does not allow; `null` where it allows all. Knows no code
 * of ours.
 */
export function nonconformity(
  name: string,
  { method, path, status, contentType, text, evidence }: Seen,
): string | null {
  const known = documents.get(name) ?? load(name)
  documents.set(name, known)
  const read = decoded(path)
  const at = known.patterns.find(({ pattern }) => pattern.test(read))
  const operation = at?.item[method === 'HEAD' ? 'get' : method.toLowerCase()]
  const elsewhere = known.document['x-elsewhere'][status]
  const declared = operation?.responses[status] ?? (operation && method !== 'HEAD' ? undefined : elsewhere)
  if (!declared) return `${method} ${path}: status ${status} is not declared`
  // A case that rests on less lowers whatever the operation answers.
  const levels = [
    ...Object.values(declared['x-cases']),
    ...Object.values(operation?.responses ?? {}).flatMap((response) => Object.values(response['x-weaker'] ?? {})),
  ]
  if (!levels.some((level) => level['x-evidence'] === evidence))
    return `${method} ${path}: ${status} is not declared to be ${evidence}`
  if (text === '') {
    const bodyless = method === 'HEAD' || method === 'OPTIONS' || !declared.content
    return bodyless ? null : `${method} ${path}: ${status} without a body is not declared`
  }
  const mediaType = contentType?.split(';', 1)[0] ?? ''
  const media = declared.content?.[mediaType]
  if (!media) return `${method} ${path}: ${status} with ${mediaType} is not declared`
  const validate = known.validators.get(media) ?? known.compile(media)
  if (validate(/[/+]json$/.test(mediaType) ? JSON.parse(text) : text)) return null
  return `${method} ${path}: ${status}: ${known.ajv.errorsText(validate.errors)}: ${text}`
}
