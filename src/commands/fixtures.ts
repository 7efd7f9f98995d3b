import type { Command } from 'commander'
import { OptionError } from '../options.js'
import { vendors } from '../vendors/registry.js'
import type { Vendor } from '../vendors/vendor.js'
import { vendorArgument } from './arguments.js'
import { Progress } from './progress.js'

export function fixtures(program: Command): void {
  const command = program.command('fixtures').description('check fixtures, or describe them to an editor')
  command
    .command('check')
    .description('whether a server could use a fixture file or a folder of them: exit code 0 or 2')
    .argument('<path>', 'a <vendor>.json, or a folder of them')
    .action(check)
  command
    .command('schema')
    .description('print the JSON Schema of a vendor’s fixture')
    .addArgument(vendorArgument())
    .action(schema)
}

async function check(path: string): Promise<void> {
  const { checkFixtures } = await import('../check-fixtures.js')
  const progress = new Progress('passwords compared')
  const checked = await checkFixtures(vendors, path, progress.advance).finally(() => progress.end())
  for (const { file, accounts, faults } of checked) {
    if (faults.length === 0) process.stdout.write(`${file}: usable (accounts: ${accounts})\n`)
  }
  const faults = checked.flatMap((file) => file.faults)
  if (faults.length > 0) throw new OptionError(faults.map(({ message }) => message).join('\nunderstudy: '))
}

async function schema(vendor: Vendor): Promise<void> {
  const { fixtureDocument } = await import('../fixture-document.js')
  process.stdout.write(`${JSON.stringify(fixtureDocument(vendor), null, 2)}\n`)
}
