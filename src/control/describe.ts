import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { exampleFacts, Refusal, type RefusalCode } from '../core/refusal.js'
import {
  type Evidence,
  type Operation,
  type Scene,
  type Stage,
  settingsFrom,
  type Vendor,
  type VendorApp,
  type VendorTypes,
  type WireError,
  weakest,
  word,
} from '../vendors/vendor.js'

/** Examples are worded at this instant. */
const exampleNow = 1_767_225_600_000

/** One case in which an operation answers: a success, or a refusal in the vendor's words. */
interface Case {
  readonly name: string
  readonly description: string
  readonly status: number
  readonly evidence: Evidence
  readonly assumed: readonly string[]
  readonly weaker: Readonly<Record<string, Evidence>>
  readonly headers: Readonly<Record<string, string | number>>
  readonly mediaType: string | undefined
  readonly example: unknown
  readonly schema: unknown
}

interface Route {
  readonly method: string
  readonly path: string
  readonly operation: Operation
  readonly schema: { readonly body?: unknown; readonly response?: unknown }
}

/** A stage on which nothing is ever played: the routes are read, not called. */
const noStage: Stage<VendorTypes> = {
  realm: () => missing(),
  address: () => missing(),
  weaken: () => missing(),
  url: () => missing(),
  cookiePath: () => missing(),
  secure: () => missing(),
}

function missing(): never {
  throw new Error('a route that is only being described was called')
}

const plain = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema))
const bare = (mediaType: string): string => mediaType.split(';', 1)[0] ?? ''

function scene(vendor: Vendor, { method, path }: Pick<Route, 'method' | 'path'>): Scene<VendorTypes['settings']> {
  const settings = settingsFrom(vendor, {})
  return { method, path: path.replace(/:([A-Za-z]+)/g, '{$1}'), now: exampleNow, settings }
}

/** A refusal to show: with its own facts, or with those that stand in for a case. */
const shown = (refusal: RefusalCode | Refusal): Refusal =>
  refusal instanceof Refusal ? refusal : new Refusal(refusal, exampleFacts[refusal])

function refused(vendor: Vendor, refusal: Refusal, at: Scene<VendorTypes['settings']>, floor: Evidence): Case {
  const { code } = refusal
  const { status, body, headers = {}, evidence, assumed = [] }: WireError = word(vendor.refuse, refusal, at)
  const { 'content-type': type = vendor.manners.contentType, ...rest } = headers
  return {
    name: code,
    description: code,
    status,
    evidence: weakest(floor, evidence),
    assumed,
    weaker: {},
    headers: rest,
    mediaType: body === '' ? undefined : bare(String(type)),
    example: body === '' ? undefined : JSON.parse(body),
    schema: { $ref: '#/components/schemas/Refused' },
  }
}

function casesOf(vendor: Vendor, route: Route): Case[] {
  const { operation, schema } = route
  const responses: Record<string, unknown> = Object(schema.response)
  const successes = Object.entries(operation.answers).map(
    ([status, answer]): Case => ({
      name: 'success',
      description: answer.description,
      status: Number(status),
      evidence: weakest(operation.evidence, answer.evidence),
      assumed: answer.assumed ?? [],
      weaker: answer.weaker ?? {},
      headers: answer.headers ?? {},
      mediaType: answer.example === undefined ? undefined : bare(vendor.manners.contentType),
      example: answer.example,
      schema: plain(responses[status] ?? {}),
    }),
  )
  const readsBody = route.method !== 'GET' || vendor.manners.bodyOnGet
  const always: RefusalCode[] = readsBody ? ['body-too-large', 'throttled', 'internal'] : ['throttled', 'internal']
  const at = scene(vendor, route)
  return [
    ...successes,
    ...[...operation.refuses, ...always].map((refusal) => refused(vendor, shown(refusal), at, operation.evidence)),
  ]
}

/** One schema, or any of several. */
const anyOf = (schemas: readonly unknown[]) => {
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  return distinct.length === 1 ? distinct[0] : { anyOf: distinct }
}

const exampleOf = ({ description, example, evidence, assumed }: Case) => ({
  summary: description,
  value: example,
  'x-evidence': evidence,
  ...(assumed.length > 0 && { 'x-assumed': assumed }),
})

/** Cases by names of their own: a second one of the same refusal is numbered. */
function named(cases: readonly Case[]): Case[] {
  return cases.map((one, index) => {
    const before = cases.slice(0, index).filter(({ name }) => name === one.name).length
    return before === 0 ? one : { ...one, name: `${one.name}-${before + 1}` }
  })
}

function contentOf(cases: readonly Case[]) {
  const types = [...new Set(cases.flatMap(({ mediaType }) => mediaType ?? []))]
  const contents = types.map((type) => {
    const alike = cases.filter(({ mediaType }) => mediaType === type)
    const examples = Object.fromEntries(alike.map((one) => [one.name, exampleOf(one)]))
    return [type, { schema: anyOf(alike.map(({ schema }) => schema)), examples }]
  })
  return Object.fromEntries(contents)
}

/** All cases that share a status, as one OpenAPI response. */
function response(alike: readonly Case[]) {
  const cases = named(alike)
  const content = contentOf(cases)
  const headers = Object.fromEntries(
    cases.flatMap((one) =>
      Object.entries(one.headers).map(([name, value]) => [
        name,
        { schema: { type: 'string' }, example: String(value) },
      ]),
    ),
  )
  const assumed = [...new Set(cases.flatMap((one) => one.assumed))]
  const weaker = Object.assign({}, ...cases.map((one) => one.weaker))
  return {
    description: [...new Set(cases.map(({ description }) => description))].join(', '),
    'x-evidence': weakest(...cases.map(({ evidence }) => evidence)),
    'x-cases': Object.fromEntries(cases.map(({ name, evidence }) => [name, evidence])),
    ...(assumed.length > 0 && { 'x-assumed': assumed }),
    ...(Object.keys(weaker).length > 0 && { 'x-weaker': weaker }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(Object.keys(content).length > 0 && { content }),
  }
}

function responses(cases: readonly Case[]): Record<string, unknown> {
  const statuses = [...new Set(cases.map(({ status }) => status))].sort((a, b) => a - b)
  return Object.fromEntries(statuses.map((status) => [status, response(cases.filter((one) => one.status === status))]))
}

/** The OpenAPI document of a vendor, written from the schemas and refusal tables that the server runs on. */
export async function describe(vendor: Vendor, version: string): Promise<Record<string, unknown>> {
  const app: VendorApp = Fastify({ exposeHeadRoutes: false })
  const routes: Route[] = []
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `${vendor.title} as emulated by Understudy`,
        version,
        description: `${vendor.summary}. An emulation, written from public documents; the vendor has no part in it. Each response says on what evidence it rests (\`x-evidence\`) and what of it was decided here (\`x-assumed\`).`,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: `/${vendor.name}` }],
      components: { securitySchemes: { ...vendor.security } },
    },
    convertConstToEnum: false,
  })
  app.addHook('onRoute', ({ method, url, config, schema }) => {
    if (!config?.operation) return
    routes.push({ method: String(method), path: url, operation: config.operation, schema: schema ?? {} })
  })
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  await app.register(async (scope) => vendor.routes(scope, noStage))
  await app.ready()
  const document: Record<string, unknown> = JSON.parse(JSON.stringify(app.swagger()))
  await app.close()

  const paths: Record<string, Record<string, Record<string, unknown>>> = Object(document.paths)
  for (const route of routes) {
    const described = paths[route.path.replace(/:([A-Za-z]+)/g, '{$1}')]?.[route.method.toLowerCase()]
    if (!described) throw new Error(`${route.method} ${route.path} was not described`)
    described.responses = responses(casesOf(vendor, route))
    described.security ??= []
    described.externalDocs = { url: route.operation.reference }
    described['x-evidence'] = route.operation.evidence
    if (route.operation.event) described['x-event'] = route.operation.event
  }
  const components: Record<string, Record<string, unknown>> = Object(document.components)
  components.schemas = { ...components.schemas, Refused: plain(vendor.errors) }
  const options = { ...exampleFacts['wrong-method'], method: 'OPTIONS' }
  const nowhere = scene(vendor, { method: 'GET', path: '/nowhere' })
  const underApi = { ...nowhere, path: '/api/nowhere' }
  return {
    ...document,
    'x-reference': vendor.reference,
    'x-elsewhere': responses([
      refused(vendor, shown('unknown-route'), nowhere, 'seed'),
      refused(vendor, shown('unknown-route'), underApi, 'seed'),
      refused(vendor, shown('wrong-method'), nowhere, 'seed'),
      refused(vendor, new Refusal('wrong-method', options), { ...nowhere, method: 'OPTIONS' }, 'seed'),
    ]),
    'x-unbuilt': vendor.unbuilt,
  }
}
