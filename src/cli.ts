#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander'
import type { FastifyInstance } from 'fastify'
import { buildApp, version } from './app.js'
import { banner } from './banner.js'
import { drawSeed } from './core/chance.js'
import { createLogger } from './logger.js'
import { flagOf, isSwitch, OptionError, Options, optionNames, readOptions, variableOf } from './options.js'
import { FixtureError } from './vendors/load-fixture.js'
import { vendors } from './vendors/registry.js'

function command(): Command {
  const program = new Command('understudy')
    .description(`A local stand-in for the auth APIs of ${vendors.map(({ title }) => title).join(', ')}.`)
    .version(version)
    .allowExcessArguments(false)
    .exitOverride()
  for (const name of optionNames) {
    const { description, default: preset } = Options.properties[name]
    const value = isSwitch(name) ? '' : ' <value>'
    const notes = [preset === undefined || isSwitch(name) ? '' : `default ${preset}, `, variableOf(name)].join('')
    program.addOption(new Option(`${flagOf(name)}${value}`, `${description} (${notes})`))
  }
  return program
}

async function serve(flags: Record<string, string | boolean>): Promise<void> {
  let app: FastifyInstance | undefined
  const stop = () => {
    if (!app) process.exit(0)
    // A connection on which nothing happens, or half a request, is not waited for to the end.
    setTimeout(() => app?.server.closeAllConnections(), 3000).unref()
    setTimeout(() => process.exit(1), 5000).unref()
    app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)

  const { port, host, logLevel, logJson, seed = drawSeed(), ...options } = readOptions(flags, process.env)
  const logger = await createLogger({ logLevel, logJson })
  app = await buildApp({ seed, logger, ...options })
  try {
    await app.listen({ port, host })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(`port ${port} of ${host} is in use; choose another with --port, or --port 0 for a free one`)
    }
    throw error
  }
  const address = app.server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  process.stdout.write(banner(vendors, `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, seed))
}

/** 0 where it was asked for help, 2 for what the caller got wrong, 1 for the rest. */
function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  process.stderr.write(`understudy: ${error instanceof Error ? error.message : String(error)}\n`)
  return error instanceof FixtureError || error instanceof OptionError ? 2 : 1
}

try {
  await serve(command().parse().opts())
} catch (error) {
  process.exit(exitCode(error))
}
