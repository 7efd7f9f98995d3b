import swagger from '@fastify/swagger'
import { Type, TypeGuard } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import Fastify from 'fastify'
import { Snapshots } from '../core/snapshots.js'
import { Tally } from '../core/tally.js'
import { Worlds } from '../core/worlds.js'
import type { Vendor } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'
import { nouns } from './plane.js'

const Failed = Type.Object({
  error: Type.Object({ code: Type.String(), message: Type.String(), details: Type.Optional(Type.Unknown()) }),
})

const content = { 'application/json': { schema: Failed } }
const failures = {
  Refused: { description: 'what is wrong with the request', content },
  Failed: { description: 'there are as many worlds as there may be, or the emulator failed', content },
}

function missing(): never {
  throw new Error('a route that is only being described was called')
}

/** A server on which nothing is ever controlled: the routes are read, not called. */
const nothing = (vendors: readonly Vendor[], version: string): Control => ({
  vendors,
  version,
  worlds: new Worlds({ template: Buffer.alloc(0), seed: 0, open: missing, max: 0 }),
  tally: new Tally(),
  rehearsal: { copy: missing, ask: missing },
  snapshots: new Snapshots({
    open: missing,
    verify: missing,
    assertSound: missing,
    read: missing,
    secretsOf: missing,
    secrets: [],
  }),
  seed: 0,
  required: undefined,
  journalSecrets: false,
  instance: '',
  controlToken: undefined,
  documents: '',
  authority: undefined,
  ports: missing,
  operations: missing,
  origin: missing,
  base: missing,
  world: missing,
  selected: missing,
  misplaced: missing,
})

/** The OpenAPI document of the control plane, written from the schemas that it runs on. */
export async function describeControl(vendors: readonly Vendor[], version: string): Promise<Record<string, unknown>> {
  const app: ControlApp = Fastify({ exposeHeadRoutes: false })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Control plane of Understudy',
        version,
        description:
          'What no vendor has: worlds, their time, forged tokens, faults, a journal. A world is selected by `/@NAME` before the path, or by the header `x-understudy-world`; else it is `default`.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [
        { url: '/_understudy' },
        { url: '/@{world}/_understudy', variables: { world: { default: 'default' } } },
      ],
      components: {
        securitySchemes: { controlToken: { type: 'http', scheme: 'bearer' } },
        responses: JSON.parse(JSON.stringify(failures)),
      },
      security: [{}, { controlToken: [] }],
    },
    convertConstToEnum: false,
  })
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  const optional = new Set<string>()
  app.addHook('onRoute', ({ schema: { operationId = '', body } = {} }) => {
    if (TypeGuard.IsSchema(body) && !TypeGuard.IsUnknown(body) && Value.Check(body, {})) optional.add(operationId)
  })
  const control = nothing(vendors, version)
  await app.register(async (scope) => {
    for (const noun of nouns) noun(scope, control)
  })
  await app.ready()
  const document: Record<string, unknown> = JSON.parse(JSON.stringify(app.swagger()))
  await app.close()
  const paths = Object.values<object>(Object(document.paths))
  for (const operation of paths.flatMap((path) => Object.values(path))) {
    operation.responses['4XX'] = { $ref: '#/components/responses/Refused' }
    operation.responses['5XX'] = { $ref: '#/components/responses/Failed' }
    if (optional.has(operation.operationId)) operation.requestBody.required = false
  }
  return document
}
