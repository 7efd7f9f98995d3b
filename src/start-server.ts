import type { FastifyInstance } from 'fastify'
import { type AppOptions, buildApp } from './app.js'
import { listen } from './listen.js'
import type { Options } from './options.js'
import { assertNotProduction } from './production.js'
import { ReadyFile } from './ready-file.js'

type Served = AppOptions & Pick<Options, 'logLevel' | 'logJson'>

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

/** A server that does not listen yet, with its log. Throws `FixtureError`, `DataError` and `DataInUse`. */
export async function buildServer({ logLevel, logJson, ...options }: Served): Promise<FastifyInstance> {
  const logger =
    logLevel === 'silent' ? undefined : await (await import('./logger.js')).createLogger({ logLevel, logJson })
  return buildApp({ ...options, ...(logger && { logger }) })
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
  const ready = readyFile === undefined ? undefined : await ReadyFile.prepare(readyFile)
  const app = await buildServer({ ...forApp, ...https, ...further, logLevel, logJson })
  built?.(app)
  try {
    if (doubt !== undefined) app.log.warn(doubt)
    return { app, url: await listen(app, options, ready) }
  } catch (error) {
    await app.close()
    throw error
  }
}
