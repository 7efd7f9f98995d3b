import { type Command, Option } from 'commander'
import type { FastifyInstance } from 'fastify'
import { banner, furtherPorts } from '../banner.js'
import {
  flagOf,
  isRepeatable,
  isSwitch,
  OptionError,
  Options,
  optionNames,
  readOptions,
  variableOf,
} from '../options.js'
import { vendors } from '../vendors/registry.js'
import { Progress } from './progress.js'

type Flags = Record<string, string | boolean | readonly string[]>

/** What the command does when it is told nothing else. */
export function serve(program: Command): void {
  const command = program
    .command('serve', { isDefault: true })
    .description('serve all vendors, which is what happens without a command')
    // What is no command ends up here, and can be named better than as an argument too many.
    .allowExcessArguments()
    .action((flags: Flags, { args: [stray] }: Command) => {
      if (stray === undefined) return run(flags)
      const known = program.commands.map((other) => other.name()).join(', ')
      throw new OptionError(`there is no command ${JSON.stringify(stray)} here; there are ${known}; flags follow them`)
    })
  for (const name of optionNames) {
    const { description, default: preset } = Options.properties[name]
    const value = isSwitch(name) ? '' : ' <value>'
    const notes = [preset === undefined || isSwitch(name) ? '' : `default ${preset}, `, variableOf(name)].join('')
    const option = new Option(`${flagOf(name)}${value}`, `${description} (${notes})`)
    if (isRepeatable(name)) option.argParser((word, before: readonly string[] = []) => [...before, word])
    command.addOption(option)
  }
  program.addHelpText('after', () => `\n${command.helpInformation()}`)
}

async function run(flags: Flags): Promise<void> {
  let app: FastifyInstance | undefined
  const progress = new Progress('passwords hashed')
  const stop = () => {
    void progress.end()
    if (!app) process.exit(0)
    // A connection on which nothing happens, or half a request, is not waited for to the end.
    setTimeout(() => app?.ports.cutOff(), 3000).unref()
    setTimeout(() => process.exit(1), 5000).unref()
    app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)

  const options = readOptions(flags, process.env)
  const { startServer } = await import('../start-server.js')
  const { url, app: started } = await startServer(options, {
    hashed: progress.advance,
    built: (built) => {
      app = built
      void progress.end()
    },
  }).finally(() => progress.end())
  const { seed, ports } = started
  const further = furtherPorts(ports.open, url, options)
  process.stdout.write(banner(vendors, started.logins(), { base: url, seed, further }))
}
