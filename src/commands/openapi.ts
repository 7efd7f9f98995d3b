import { promises } from 'node:fs'
import type { Command } from 'commander'
import { documentsOf } from '../control/documents.js'
import { OptionError } from '../options.js'
import { root } from '../package.js'
import { vendors } from '../vendors/registry.js'
import { vendorNamed } from './arguments.js'

const control = 'control'

/** The name of a document in `openapi/`. Throws `OptionError`. */
function documentNamed(subject: string, profile: string | undefined): string {
  const documents = subject === control ? [{ name: control, profile: undefined }] : documentsOf(vendorNamed(subject))
  const found = documents.find((document) => profile === undefined || document.profile === profile)
  if (found) return found.name
  const profiles = documents.flatMap((document) => document.profile ?? [])
  const expected = profiles.length === 0 ? `nothing, as ${subject} has no profiles` : `one of ${profiles.join(', ')}`
  throw new OptionError(`--profile: expected ${expected}`)
}

export function openapi(program: Command): void {
  program
    .command('openapi')
    .description('print the OpenAPI document of a vendor, or of the control plane')
    .argument('<subject>', `${vendors.map(({ name }) => name).join(', ')} or ${control}`)
    .option('--profile <value>', 'of the vendor’s API; its default where left out')
    .action(async (subject: string, { profile }: { profile?: string }) => {
      process.stdout.write(await promises.readFile(root(`openapi/${documentNamed(subject, profile)}.json`), 'utf8'))
    })
}
