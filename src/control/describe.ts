import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { exampleFacts, Refusal } from '../core/refusal.js'
import {
  profilesOf,
  type Stage,
  settingsFrom,
  type Vendor,
  type VendorApp,
  type VendorTypes,
} from '../vendors/vendor.js'
import { casesOf, named, type Route, refused, scene, shown, template } from './cases.js'
import { matrixOf } from './matrix.js'
import { describedMatrix } from './matrix-table.js'
import { responses } from './responses.js'

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

/**
 * The OpenAPI document of a vendor under one of its profiles, its default where left out, written from the schemas and
 * refusal tables that the server runs on.
 */
export async function describe(vendor: Vendor, version: string, profile?: string): Promise<Record<string, unknown>> {
  const settings = settingsFrom(vendor, profile === undefined ? {} : { profile })
  const subject = { vendor, settings }
  const release = profilesOf(vendor).length === 0 ? '' : ` Profile ${settings.profile}.`
  const app: VendorApp = Fastify({ exposeHeadRoutes: false })
  const routes: Route[] = []
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `${vendor.title} as emulated by Understudy`,
        version,
        description: `${vendor.summary}.${release} An emulation, written from public documents; the vendor has no part in it. Each response says on what evidence it rests (\`x-evidence\`), where that stands (\`x-reference\`) and what of it was decided here (\`x-assumed\`).`,
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
    const schemas: Record<string, unknown> = Object(schema.response)
    routes.push({ id: String(schema.operationId), method: String(method), path, operation, responses: schemas })
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
    const described = paths[template(route.path)]?.[route.method.toLowerCase()]
    if (!described) throw new Error(`${route.method} ${route.path} was not described`)
    Object.assign(described, describedMatrix(cells.filter(({ operation }) => operation === route.id)))
    described.responses = responses(casesOf(subject, route))
    described.security ??= []
    const { evidence, reference, namedBy = reference } = route.operation
    described.externalDocs = { url: namedBy }
    described['x-evidence'] = evidence
    described['x-reference'] = reference
    const event = route.operation.events ?? route.operation.event
    if (event) described['x-event'] = event
  }
  const components: Record<string, Record<string, unknown>> = Object(document.components)
  const errors = vendor.errorsUnder?.[settings.profile ?? ''] ?? vendor.errors
  components.schemas = { ...components.schemas, Refused: plain(errors) }
  const options = { ...exampleFacts['wrong-method'], method: 'OPTIONS' }
  const nowhere = scene(subject, { method: 'GET', path: '/nowhere' })
  const underApi = { ...nowhere, path: '/api/nowhere' }
  return {
    ...document,
    'x-reference': vendor.reference,
    'x-elsewhere': responses(
      named([
        refused(vendor, shown('unknown-route'), nowhere),
        refused(vendor, shown('unknown-route'), underApi),
        refused(vendor, shown('wrong-method'), nowhere),
        refused(vendor, new Refusal('wrong-method', options), { ...nowhere, method: 'OPTIONS' }),
      ]),
    ),
    'x-unbuilt': vendor.unbuilt,
  }
}
