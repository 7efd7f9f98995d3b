import { Type } from '@sinclair/typebox'
import type { RegisteredOperation, Vendor } from '../vendors/vendor.js'
import { weakest } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'

const described = ({
  id,
  method,
  path,
  evidence,
  answers,
  profiles,
  event,
  events,
  reference,
}: RegisteredOperation) => ({
  id,
  method,
  path,
  evidence: weakest(evidence, ...Object.values(answers).map((answer) => answer.evidence)),
  reference,
  ...(event && { event }),
  ...(events && { events: [...events] }),
  ...(profiles && { profiles: [...profiles] }),
})

export const Vendors = Type.Object({
  vendors: Type.Array(
    Type.Object({
      name: Type.String(),
      title: Type.String(),
      summary: Type.String(),
      reference: Type.String(),
      baseUrl: Type.String(),
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
        }),
      ),
      unbuilt: Type.Array(Type.Object({ operation: Type.String(), why: Type.String() })),
    }),
  ),
})

/** What is emulated: every operation with its evidence, and what is not built and why. */
export function vendors(app: ControlApp, { vendors, operations, base }: Control): void {
  app.get(
    '/vendors',
    { schema: { operationId: 'listVendors', summary: 'What is emulated, and how well', response: { 200: Vendors } } },
    async (request) => ({
      vendors: vendors.map(({ name, title, summary, reference, hosts, unbuilt }: Vendor) => ({
        name,
        title,
        summary,
        reference,
        baseUrl: `${base(request)}/${name}`,
        hosts: [...hosts, `${name}.localhost`],
        operations: operations(name).map(described),
        unbuilt: [...unbuilt],
      })),
    }),
  )
}
