import { Type } from '@sinclair/typebox'
import {
  type Evidence,
  levels,
  profilesOf,
  type RegisteredOperation,
  settingsFrom,
  type Vendor,
  weakest,
} from '../vendors/vendor.js'
import { casesOf } from './cases.js'
import type { Control, ControlApp } from './control.js'

/** What an operation can answer under a profile, each case with what it rests on; weaker cases by their descriptions. */
function behaviours(vendor: Vendor, operation: RegisteredOperation, profile: string | undefined) {
  const subject = { vendor, settings: settingsFrom(vendor, profile === undefined ? {} : { profile }) }
  const { id, method, path } = operation
  return casesOf(subject, { id, method, path, operation, responses: {} }).flatMap(
    ({ name, status, evidence, reference, weaker }) => [
      { status, case: name, evidence, reference },
      ...weaker.map((one) => ({ status, ...one })),
    ],
  )
}

function described(vendor: Vendor, operation: RegisteredOperation) {
  const { id, method, path, reference, namedBy = reference, evidence, answers, profiles, event, events } = operation
  const [profile = profilesOf(vendor)[0]] = profiles ?? []
  return {
    id,
    method,
    path,
    evidence: weakest({ evidence, reference }, ...Object.values(answers)).evidence,
    reference: namedBy,
    ...(event && { event }),
    ...(events && { events: [...events] }),
    ...(profiles && { profiles: [...profiles] }),
    responses: behaviours(vendor, operation, profile),
  }
}

/** How many behaviours there are of each level, under each profile. */
function counts(vendor: Vendor, operations: readonly RegisteredOperation[]) {
  const [first, ...others] = profilesOf(vendor)
  return [first, ...others].map((profile) => {
    const all = operations
      .filter(({ profiles }) => profile === undefined || (profiles?.includes(profile) ?? true))
      .flatMap((operation) => behaviours(vendor, operation, profile))
    const count = (level: Evidence) => all.filter(({ evidence }) => evidence === level).length
    return {
      ...(profile !== undefined && { profile }),
      seed: count('seed'),
      documented: count('documented'),
      source: count('source'),
      framework: count('framework'),
      assumed: count('assumed'),
    }
  })
}

export const Vendors = Type.Object({
  vendors: Type.Array(
    Type.Object({
      name: Type.String(),
      title: Type.String(),
      summary: Type.String(),
      reference: Type.String(),
      baseUrl: Type.String(),
      ownUrl: Type.Optional(Type.String({ description: 'the same at the root of a port of its own' })),
      hosts: Type.Array(Type.String()),
      operations: Type.Array(
        Type.Object({
          id: Type.String(),
          method: Type.String(),
          path: Type.String(),
          evidence: Type.String(),
          reference: Type.String(),
          event: Type.Optional(Type.String()),
          events: Type.Optional(Type.Array(Type.String(), { description: 'where the body tells which' })),
          profiles: Type.Optional(Type.Array(Type.String())),
          responses: Type.Array(
            Type.Object({
              status: Type.Integer(),
              case: Type.String({ description: '`success`, a weaker case of it, or the code of a refusal' }),
              evidence: Type.String(),
              reference: Type.String({ description: 'where it is documented, or was decided' }),
            }),
            { description: 'under the default profile, or the first that has the operation' },
          ),
        }),
      ),
      counts: Type.Array(
        Type.Object({
          profile: Type.Optional(Type.String({ description: 'left out where there is but one' })),
          ...Object.fromEntries(levels.map((level) => [level, Type.Integer()])),
        }),
        { description: 'how many behaviours (responses of operations) rest on what' },
      ),
      unbuilt: Type.Array(Type.Object({ operation: Type.String(), why: Type.String() })),
    }),
  ),
})

/** What is emulated: every operation with its evidence, and what is not built and why. */
export function vendors(app: ControlApp, { vendors, operations, base, origin, ports }: Control): void {
  app.get(
    '/vendors',
    { schema: { operationId: 'listVendors', summary: 'What is emulated, and how well', response: { 200: Vendors } } },
    async (request) => ({
      vendors: vendors.map((vendor) => {
        const { name, title, summary, reference, hosts, unbuilt } = vendor
        const own = ports().find((port) => port.vendor === name)
        return {
          name,
          title,
          summary,
          reference,
          baseUrl: `${base(request)}/${name}`,
          ...(own && { ownUrl: origin(request, own) + base(request).slice(origin(request).length) }),
          hosts: [...hosts, `${name}.localhost`],
          operations: operations(name).map((operation) => described(vendor, operation)),
          counts: counts(vendor, operations(name)),
          unbuilt: [...unbuilt],
        }
      }),
    }),
  )
}
