#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { env } from './commands/env.js'
import { fixtures } from './commands/fixtures.js'
import { health } from './commands/health.js'
import { openapi } from './commands/openapi.js'
import { refusals } from './commands/refusals.js'
import { replay } from './commands/replay.js'
import { serve } from './commands/serve.js'
import { DataError } from './core/shelf.js'
import { OptionError } from './options.js'
import { version } from './package.js'
import { FixtureError } from './vendors/load-fixture.js'
import { vendors } from './vendors/registry.js'

/** In the order of the help. */
const commands = [serve, env, fixtures, openapi, health, refusals, replay]

function understudy(): Command {
  const program = new Command('understudy')
    .description(`A local stand-in for the auth APIs of ${vendors.map(({ title }) => title).join(', ')}.`)
    .version(version)
    .allowExcessArguments(false)
    .exitOverride()
  for (const command of commands) command(program)
  return program
}

/** 0 where it was asked for help, 2 for what the caller got wrong, 1 for the rest. */
function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  process.stderr.write(`understudy: ${error instanceof Error ? error.message : String(error)}\n`)
  return [FixtureError, OptionError, DataError].some((kind) => error instanceof kind) ? 2 : 1
}

// Whoever reads this through `head` has gone when he has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
// A complaint that nobody reads changes nothing in the exit code.
process.stderr.on('error', () => undefined)

understudy()
  .parseAsync()
  .catch((error: unknown) => process.exit(exitCode(error)))
