import type { Timeouts } from './connections.js'

function unstated(): never {
  throw new Error('a route has a schema in a scope that has not said how strict it is')
}

/** What every server that carries vendors has in common. */
export const serverOptions = {
  routerOptions: { maxParamLength: 2000 },
  // Each scope states its own strictness, so that Fastify's compilers need not even be loaded.
  schemaController: { compilersFactory: { buildValidator: unstated, buildSerializer: unstated } },
}

/** What every port of a server has in common. */
export const portOptions = ({ headersMs, requestMs, checkMs }: Timeouts) => ({
  requireHostHeader: false,
  headersTimeout: headersMs,
  requestTimeout: requestMs,
  connectionsCheckingInterval: checkMs,
})
