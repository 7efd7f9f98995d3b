import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Control } from './control.js'
import { ControlError } from './errors.js'

/** The committed OpenAPI document of each vendor. */
export function openapi(app: FastifyInstance, { vendors, documents }: Control): void {
  app.get<{ Params: { file: string } }>('/openapi/:file', async (request, reply) => {
    const vendor = vendors.find(({ name }) => `${name}.json` === request.params.file)
    if (!vendor) {
      throw new ControlError(404, 'unknown-document', `there is no document ${JSON.stringify(request.params.file)}`, {
        documents: vendors.map(({ name }) => `${name}.json`),
      })
    }
    reply.type('application/json')
    return readFile(join(documents, `${vendor.name}.json`))
  })
}
