import Fastify, { type FastifyInstance } from 'fastify'
import type { Control } from './control.js'
import { documentsOf } from './documents.js'
import { ControlError } from './errors.js'

function unneeded(): never {
  throw new Error('a page of the documentation has a schema')
}

/** Fastify's own compilers are not there in the command. */
const withoutCompilers = { compilersFactory: { buildValidator: unneeded, buildSerializer: unneeded } }

/**
 * Swagger UI over all documents. It lives in a Fastify instance of its own, made when the first reader
 * comes, so that a server nobody reads starts without it.
 */
export function docs(app: FastifyInstance, { vendors }: Control): void {
  let reading: Promise<FastifyInstance> | undefined
  const open = async () => {
    const [{ default: swagger }, { default: swaggerUi }] = await Promise.all([
      import('@fastify/swagger'),
      import('@fastify/swagger-ui'),
    ])
    const reader = Fastify({ schemaController: withoutCompilers })
    await reader.register(swagger, { openapi: {} })
    await reader.register(swaggerUi, {
      routePrefix: '/_understudy/docs',
      uiConfig: {
        urls: [...vendors.flatMap(documentsOf), { name: 'control', title: 'Control plane' }].map(({ name, title }) => ({
          name: title,
          url: `/_understudy/openapi/${name}.json`,
        })),
      },
      theme: { title: 'Understudy' },
    })
    await reader.ready()
    return reader
  }
  app.route({
    method: 'GET',
    url: '/docs',
    handler: (_request, reply) => reply.redirect('/_understudy/docs/'),
  })
  app.get('/docs/*', async (request, reply) => {
    reading ??= open()
    const reader = await reading
    const { statusCode, headers, rawPayload } = await reader.inject({ method: 'GET', url: request.url })
    if (statusCode === 404) throw new ControlError(404, 'unknown-page', 'the documentation has no such page')
    // Whether the connection stays is between this server and its client.
    return reply.code(statusCode).headers(headers).removeHeader('connection').send(rawPayload)
  })
  app.addHook('onClose', async () => {
    await (await reading)?.close()
  })
}
