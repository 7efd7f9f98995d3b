import { promises } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Control } from './control.js'
import { documentsOf } from './documents.js'
import { ControlError } from './errors.js'

/** The committed OpenAPI documents: one for each profile of a vendor, and that of the control plane. */
export function openapi(app: FastifyInstance, { vendors, documents }: Control): void {
  const files = ['control', ...vendors.flatMap(documentsOf).map(({ name }) => name)].map((name) => `${name}.json`)

  app.get<{ Params: { file: string } }>('/openapi/:file', async (request, reply) => {
    const { file } = request.params
    if (!files.includes(file)) {
      throw new ControlError(404, 'unknown-document', `there is no document ${JSON.stringify(file)}`, {
        documents: files,
      })
    }
    reply.type('application/json')
    return promises.readFile(join(documents, file))
  })
}
