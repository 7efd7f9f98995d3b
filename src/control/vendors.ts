import type { FastifyInstance } from 'fastify'
import type { RegisteredOperation, Vendor } from '../vendors/vendor.js'
import { weakest } from '../vendors/vendor.js'
import type { Control } from './control.js'

const described = ({ id, method, path, evidence, answers, profiles, event, reference }: RegisteredOperation) => ({
  id,
  method,
  path,
  evidence: weakest(evidence, ...Object.values(answers).map((answer) => answer.evidence)),
  reference,
  ...(event && { event }),
  ...(profiles && { profiles }),
})

/** What is emulated: every operation with its evidence, and what is not built and why. */
export function vendors(app: FastifyInstance, { vendors, operations, base }: Control): void {
  app.get('/vendors', (request) => ({
    vendors: vendors.map(({ name, title, summary, reference, hosts, unbuilt }: Vendor) => ({
      name,
      title,
      summary,
      reference,
      baseUrl: `${base(request)}/${name}`,
      hosts: [...hosts, `${name}.localhost`],
      operations: operations(name).map(described),
      unbuilt,
    })),
  }))
}
