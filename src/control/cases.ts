import { exampleFacts, exampleNow, Refusal, type RefusalCode } from '../core/refusal.js'
import {
  answerUnder,
  type Ground,
  type Operation,
  type Scene,
  type Vendor,
  type VendorTypes,
  type WeakerCase,
  type WireError,
  weakest,
  word,
} from '../vendors/vendor.js'

/** One case in which an operation answers: a success, or a refusal in the vendor's words. */
export interface Case extends Ground {
  /** `success`, or the code of the refusal; a second case with the same status and name is numbered. */
  readonly name: string
  readonly description: string
  readonly status: number
  /** Parts that no source states. */
  readonly assumed: readonly string[]
  readonly weaker: readonly WeakerCase[]
  readonly headers: Readonly<Record<string, string | number>>
  readonly mediaType: string | undefined
  readonly example: unknown
  readonly schema: unknown
}

/** A vendor as it is under one of its profiles. */
export interface Subject {
  readonly vendor: Vendor
  readonly settings: VendorTypes['settings']
}

export interface Route {
  readonly id: string
  readonly method: string
  /** As Fastify writes it, without the vendor's prefix. */
  readonly path: string
  readonly operation: Operation
  /** Schemas of successes by status, where they are of interest. */
  readonly responses: Readonly<Record<string, unknown>>
}

const refusedSchema = { $ref: '#/components/schemas/Refused' }

const plain = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema))
const bare = (mediaType: string): string => mediaType.split(';', 1)[0] ?? ''

/** A path as OpenAPI writes it. */
export const template = (path: string): string => path.replace(/:([A-Za-z]+)/g, '{$1}')

export const scene = (
  { settings }: Subject,
  { method, path, id }: Pick<Route, 'method' | 'path'> & Partial<Pick<Route, 'id'>>,
): Scene<VendorTypes['settings']> => ({
  method,
  path: template(path),
  operation: id ?? null,
  now: exampleNow,
  settings,
})

/** A refusal to show: with its own facts, or with those that stand in for a case. */
export const shown = (refusal: RefusalCode | Refusal): Refusal =>
  refusal instanceof Refusal ? refusal : new Refusal(refusal, exampleFacts[refusal])

/** How a vendor refuses, where method and path rest on `floor`; it is left out where there are none of the vendor's. */
export function refused(vendor: Vendor, refusal: Refusal, at: Scene<VendorTypes['settings']>, floor?: Ground): Case {
  const { code } = refusal
  const { status, body, headers = {}, assumed = [], ...worded }: WireError = word(vendor.refuse, refusal, at)
  const { evidence, reference } = floor ? weakest(worded, floor) : worded
  const { 'content-type': type = vendor.manners.contentType, ...rest } = headers
  const mediaType = bare(String(type))
  const isJson = body !== '' && /[/+]json$/.test(mediaType)
  return {
    name: code,
    description: code,
    status,
    evidence,
    reference,
    assumed: floor?.evidence === 'assumed' ? ['method or path', ...assumed] : assumed,
    weaker: [],
    headers: rest,
    mediaType: body === '' ? undefined : mediaType,
    ...(isJson ? { example: JSON.parse(body), schema: refusedSchema } : { example: body, schema: { type: 'string' } }),
  }
}

/** Cases by names of their own: a second one of the same status and refusal is numbered. */
export function named(cases: readonly Case[]): Case[] {
  return cases.map((one, index) => {
    const before = cases.slice(0, index).filter(({ name, status }) => name === one.name && status === one.status).length
    return before === 0 ? one : { ...one, name: `${one.name}-${before + 1}` }
  })
}

/** Everything that an operation can answer under a profile. */
export function casesOf(subject: Subject, route: Route): Case[] {
  const { vendor, settings } = subject
  const { operation, responses } = route
  const successes = Object.entries(operation.answers).map(([status, declared]): Case => {
    const answer = answerUnder(declared, settings.profile)
    const { evidence, reference } = weakest(answer, operation)
    return {
      name: 'success',
      description: answer.description,
      status: Number(status),
      evidence,
      reference,
      assumed: answer.assumed ?? [],
      weaker: (answer.weaker ?? []).map((one) => {
        const { evidence, reference } = weakest(one, answer, operation)
        return { case: one.case, evidence, reference }
      }),
      headers: answer.headers ?? {},
      mediaType: answer.example === undefined ? undefined : bare(vendor.manners.contentType),
      example: answer.example,
      schema: plain(answer.schema ?? responses[status] ?? {}),
    }
  })
  const readsBody = route.method !== 'GET' || vendor.manners.bodyOnGet
  const always: RefusalCode[] = readsBody ? ['body-too-large', 'throttled', 'internal'] : ['throttled', 'internal']
  const at = scene(subject, route)
  return named([
    ...successes,
    ...[...operation.refuses, ...always].map((refusal) => refused(vendor, shown(refusal), at, operation)),
  ])
}
