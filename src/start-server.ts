import type { FastifyInstance } from 'fastify'
import { type AppOptions, buildApp } from './app.js'
import { listen } from './listen.js'
import type { Options } from './options.js'
import { assertNotProduction } from './production.js'
import { ReadyFile } from './ready-file.js'

interface Starting extends Pick<AppOptions, 'forceCloseConnections' | 'hashed'> {
  /** Called when there is something to close, which is before it listens. */
  readonly built?: (app: FastifyInstance) => void
}

/** What HTTPS is served with, and what is to be said about it. Throws `OptionError`. */
async function httpsOf({ host, tls, tlsCert, tlsKey }: Options) {
  if (tls === undefined) return {}
  if (tlsCert === undefined || tlsKey === undefined) return { https: { host } }
  const { doubtAbout, readOwnCertificate } = await import('./own-certificate.js')
  const own = readOwnCertificate({ tlsCert, tlsKey })
  return { https: { own }, doubt: doubtAbout(own, tlsCert) }
}

/**
 * Starts a server that listens, and answers it with its base URL. Throws `OptionError`, `FixtureError`, `DataError` and
 * `DataInUse`, and where a port is in use; nothing listens then.
 */
export async function startServer(
  options: Options,
  { built, ...further }: Starting = {},
): Promise<{ app: FastifyInstance; url: string }> {
  const { host, logLevel, logJson, readyFile, allowProduction, ...rest } = options
  const { port, listen: own, tls, tlsCert, tlsKey, ...forApp } = rest
  assertNotProduction(allowProduction)
  const { doubt, ...https } = await httpsOf(options)
  const ready = readyFile === undefined ? undefined : new ReadyFile(readyFile)
  const logger =
    logLevel === 'silent' ? undefined : await (await import('./logger.js')).createLogger({ logLevel, logJson })
  const app = await buildApp({ ...forApp, ...https, ...further, ...(logger && { logger }) })
  built?.(app)
  try {
    if (doubt !== undefined) app.log.warn(doubt)
    return { app, url: await listen(app, options, ready) }
  } catch (error) {
    await app.close()
    throw error
  }
}
