import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { exampleFacts, exampleNow, Refusal, type RefusalCode } from '../core/refusal.js'
import {
  answerUnder,
  type Evidence,
  type Operation,
  profilesOf,
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
import { matrixOf } from './matrix.js'
import { describedMatrix } from './matrix-table.js'
import { type Case, responses } from './responses.js'

interface Route {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly operation: Operation
  readonly schema: { readonly operationId?: string; readonly body?: unknown; readonly response?: unknown }
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

const refusedSchema = { $ref: '#/components/schemas/Refused' }

const plain = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema))
const bare = (mediaType: string): string => mediaType.split(';', 1)[0] ?? ''

/** A vendor as it is under one of its profiles. */
interface Subject {
  readonly vendor: Vendor
  readonly settings: VendorTypes['settings']
}

function scene(
  { settings }: Subject,
  { method, path, schema }: Pick<Route, 'method' | 'path' | 'schema'>,
): Scene<VendorTypes['settings']> {
  return {
    method,
    path: path.replace(/:([A-Za-z]+)/g, '{$1}'),
    operation: schema.operationId ?? null,
    now: exampleNow,
    settings,
  }
}

/** A refusal to show: with its own facts, or with those that stand in for a case. */
const shown = (refusal: RefusalCode | Refusal): Refusal =>
  refusal instanceof Refusal ? refusal : new Refusal(refusal, exampleFacts[refusal])

function refused(vendor: Vendor, refusal: Refusal, at: Scene<VendorTypes['settings']>, floor: Evidence): Case {
  const { code } = refusal
  const { status, body, headers = {}, evidence, assumed = [] }: WireError = word(vendor.refuse, refusal, at)
  const { 'content-type': type = vendor.manners.contentType, ...rest } = headers
  const mediaType = bare(String(type))
  const isJson = body !== '' && /[/+]json$/.test(mediaType)
  return {
    name: code,
    description: code,
    status,
    evidence: weakest(floor, evidence),
    assumed,
    weaker: {},
    headers: rest,
    mediaType: body === '' ? undefined : mediaType,
    ...(isJson ? { example: JSON.parse(body), schema: refusedSchema } : { example: body, schema: { type: 'string' } }),
  }
}

function casesOf(subject: Subject, route: Route): Case[] {
  const { vendor, settings } = subject
  const { operation, schema } = route
  const responses: Record<string, unknown> = Object(schema.response)
  const successes = Object.entries(operation.answers).map(([status, declared]): Case => {
    const answer = answerUnder(declared, settings.profile)
    return {
      name: 'success',
      description: answer.description,
      status: Number(status),
      evidence: weakest(operation.evidence, answer.evidence),
      assumed: answer.assumed ?? [],
      weaker: answer.weaker ?? {},
      headers: answer.headers ?? {},
      mediaType: answer.example === undefined ? undefined : bare(vendor.manners.contentType),
      example: answer.example,
      schema: plain(answer.schema ?? responses[status] ?? {}),
    }
  })
  const readsBody = route.method !== 'GET' || vendor.manners.bodyOnGet
  const always: RefusalCode[] = readsBody ? ['body-too-large', 'throttled', 'internal'] : ['throttled', 'internal']
  const at = scene(subject, route)
  return [
    ...successes,
    ...[...operation.refuses, ...always].map((refusal) => refused(vendor, shown(refusal), at, operation.evidence)),
  ]
}

/**
 * The OpenAPI document of a vendor under one of its profiles, its default where left out, written from the schemas and
 * refusal tables that the server runs on.
 */
export async function describe(vendor: Vendor, version: string, profile?: string): Promise<Record<string, unknown>> {
  const settings = settingsFrom(vendor, profile === undefined ? {} : { profile })
  const subject = { vendor, settings }
  const named = profilesOf(vendor).length === 0 ? '' : ` Profile ${settings.profile}.`
  const app: VendorApp = Fastify({ exposeHeadRoutes: false })
  const routes: Route[] = []
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `${vendor.title} as emulated by Understudy`,
        version,
        description: `${vendor.summary}.${named} An emulation, written from public documents; the vendor has no part in it. Each response says on what evidence it rests (\`x-evidence\`) and what of it was decided here (\`x-assumed\`).`,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: `/${vendor.name}` }],
      components: { securitySchemes: { ...vendor.security } },
    },
    convertConstToEnum: false,
  })
  app.addHook('onRoute', (route) => {
    const operation = route.config?.operation
    if (!operation) return
    if (operation.profiles?.includes(settings.profile ?? '') === false) {
      route.schema = { ...route.schema, hide: true }
      return
    }
    const { method, url: path, schema = {} } = route
    routes.push({ id: String(schema.operationId), method: String(method), path, operation, schema })
  })
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  await app.register(async (scope) => vendor.routes(scope, noStage))
  await app.ready()
  const document: Record<string, unknown> = JSON.parse(JSON.stringify(app.swagger()))
  await app.close()

  const cells = matrixOf(
    vendor,
    routes.map(({ operation, ...route }) => ({ ...operation, ...route })),
    settings,
  )
  const paths: Record<string, Record<string, Record<string, unknown>>> = Object(document.paths)
  for (const route of routes) {
    const described = paths[route.path.replace(/:([A-Za-z]+)/g, '{$1}')]?.[route.method.toLowerCase()]
    if (!described) throw new Error(`${route.method} ${route.path} was not described`)
    Object.assign(described, describedMatrix(cells.filter(({ operation }) => operation === route.id)))
    described.responses = responses(casesOf(subject, route))
    described.security ??= []
    described.externalDocs = { url: route.operation.reference }
    described['x-evidence'] = route.operation.evidence
    const event = route.operation.events ?? route.operation.event
    if (event) described['x-event'] = event
  }
  const components: Record<string, Record<string, unknown>> = Object(document.components)
  const errors = vendor.errorsUnder?.[settings.profile ?? ''] ?? vendor.errors
  components.schemas = { ...components.schemas, Refused: plain(errors) }
  const options = { ...exampleFacts['wrong-method'], method: 'OPTIONS' }
  const nowhere = scene(subject, { method: 'GET', path: '/nowhere', schema: {} })
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
