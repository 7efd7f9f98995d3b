#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { Command, CommanderError, Option } from 'commander'
import type { FastifyInstance } from 'fastify'
import { buildApp, version } from './app.js'
import { banner } from './banner.js'
import { DataError } from './core/shelf.js'
import { listen } from './listen.js'
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
    .action(serve)
  for (const name of optionNames) {
    const { description, default: preset } = Options.properties[name]
    const value = isSwitch(name) ? '' : ' <value>'
    const notes = [preset === undefined || isSwitch(name) ? '' : `default ${preset}, `, variableOf(name)].join('')
    program.addOption(new Option(`${flagOf(name)}${value}`, `${description} (${notes})`))
  }
  program
    .command('replay <file>')
    .description('send the journal of a snapshot again and report each answer that differs')
    .action(replayFile)
  program
    .command('refusals <vendor>')
    .description('what the vendor answers to each wrong credential, at each operation')
    .option('--profile <value>', 'of the vendor’s API; its default where left out')
    .option('--json', 'as JSON')
    .action(showRefusals)
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

  const { port, host, logLevel, logJson, ...options } = readOptions(flags, process.env)
  const logger = await createLogger({ logLevel, logJson })
  app = await buildApp({ logger, ...options })
  process.stdout.write(banner(vendors, await listen(app, { port, host }), app.seed))
}

const excerpt = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text)

/** Sends the journal of a snapshot again, and says what is answered otherwise than it was. */
async function replayFile(file: string): Promise<void> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new OptionError(`${file} cannot be read: ${error.message}`)
  })
  const [{ replay }, { default: ora }] = await Promise.all([import('./replay.js'), import('ora')])
  const spinner = ora({ stream: process.stderr, isEnabled: process.stderr.isTTY === true })
  spinner.start()
  const { requests, differences } = await replay(bytes, (done, of) => {
    spinner.text = `${done} of ${of} requests`
  })
    .catch((error: Error) => {
      if (error.name === 'UnusableSnapshot') throw new OptionError(`${file}: expected ${error.message}`)
      if (error.name === 'NotReplayable') throw new OptionError(`${file} cannot be replayed: ${error.message}`)
      throw error
    })
    .finally(() => spinner.stop())
  for (const { id, method, path, what, was, is } of differences) {
    process.stdout.write(`${id} ${method} ${path}: ${what} was ${excerpt(was)}, is ${excerpt(is)}\n`)
  }
  const different = new Set(differences.map(({ id }) => id)).size
  process.stdout.write(`${requests} requests replayed, ${different} answered otherwise\n`)
  if (different > 0) process.exitCode = 1
}

/** Prints the refusal matrix of a vendor. */
async function showRefusals(name: string, { profile, json }: { profile?: string; json?: true }): Promise<void> {
  const { refusalsOf } = await import('./refusals.js')
  const { cells, text } = await refusalsOf(name, profile)
  process.stdout.write(json ? `${JSON.stringify(cells, null, 2)}\n` : `${text}\n`)
}

/** 0 where it was asked for help, 2 for what the caller got wrong, 1 for the rest. */
function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  process.stderr.write(`understudy: ${error instanceof Error ? error.message : String(error)}\n`)
  return [FixtureError, OptionError, DataError].some((kind) => error instanceof kind) ? 2 : 1
}

// Whoever reads this through `head` has gone when he has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

try {
  await command().parseAsync()
} catch (error) {
  process.exit(exitCode(error))
}
