import { BlockList, isIPv6 } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { flagOf } from './options.js'
import type { ReadyFile } from './ready-file.js'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** The base URL of a server at this address or name. */
export const urlOf = (host: string, port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/**
 * Has a server listen, and answers its base URL, which `ready` holds until the server closes. Throws where the port is in
 * use, and `OptionError` where `ready` cannot be written.
 */
export async function listen(
  app: FastifyInstance,
  {
    port,
    host,
    controlToken,
  }: { readonly port: number; readonly host: string; readonly controlToken?: string | undefined },
  ready?: ReadyFile,
): Promise<string> {
  if (ready) app.addHook('preClose', async () => ready.withdraw())
  try {
    await app.listen({ port, host })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(`port ${port} of ${host} is in use; choose another with --port, or --port 0 for a free one`)
    }
    throw error
  }
  const bound = app.server.address()
  // It has been closed meanwhile.
  if (typeof bound !== 'object' || !bound) return urlOf(host, port)
  const url = urlOf(host, bound.port)
  if (controlToken === undefined && !loopback.check(bound.address, isIPv6(bound.address) ? 'ipv6' : 'ipv4')) {
    app.log.warn(`whoever reaches ${url} can control this server; ${flagOf('controlToken')} keeps strangers out`)
  }
  ready?.announce(url)
  return url
}
