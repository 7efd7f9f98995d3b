import type { Command } from 'commander'
import type { Vendor } from '../vendors/vendor.js'
import { vendorArgument } from './arguments.js'

export function refusals(program: Command): void {
  program
    .command('refusals')
    .description('what a vendor answers to each wrong credential, at each operation')
    .addArgument(vendorArgument())
    .option('--profile <value>', 'of the vendor’s API; its default where left out')
    .option('--operation <id>', 'this one alone')
    .option('--json', 'as JSON')
    .action(async ({ name }: Vendor, { json, ...asked }: { profile?: string; operation?: string; json?: true }) => {
      const { refusalsOf } = await import('../refusals.js')
      const { cells, text } = await refusalsOf(name, asked)
      process.stdout.write(json ? `${JSON.stringify(cells, null, 2)}\n` : `${text}\n`)
    })
}
