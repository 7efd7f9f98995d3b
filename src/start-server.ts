import type { FastifyInstance } from 'fastify'
import { type AppOptions, buildApp } from './app.js'
import { listen } from './listen.js'
import type { Options } from './options.js'
import { assertNotProduction } from './production.js'
import { ReadyFile } from './ready-file.js'

interface Starting extends Pick<AppOptions, 'forceCloseConnections'> {
  /** Called when there is something to close, which is before it listens. */
  readonly built?: (app: FastifyInstance) => void
}

/**
 * Starts a server that listens, and answers it with its base URL. Throws `OptionError`, `FixtureError`, `DataError` and
 * `DataInUse`, and where the port is in use; nothing listens then.
 */
export async function startServer(
  { port, host, logLevel, logJson, readyFile, allowProduction, ...options }: Options,
  { built, ...further }: Starting = {},
): Promise<{ app: FastifyInstance; url: string }> {
  assertNotProduction(allowProduction)
  const ready = readyFile === undefined ? undefined : new ReadyFile(readyFile)
  const logger =
    logLevel === 'silent' ? undefined : await (await import('./logger.js')).createLogger({ logLevel, logJson })
  const app = await buildApp({ ...options, ...further, ...(logger && { logger }) })
  built?.(app)
  try {
    const url = await listen(app, { port, host, controlToken: options.controlToken }, ready)
    return { app, url }
  } catch (error) {
    await app.close()
    throw error
  }
}
