import type { Command } from 'commander'
import type { Vendor } from '../vendors/vendor.js'
import { serverUrl, usualUrl, vendorArgument } from './arguments.js'

/** `orgDomain` → `ORG_DOMAIN`. */
const upper = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]/g, '_')
    .toUpperCase()

/** Whatever it holds, one word of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

function fields({ contentType, body }: Vendor['login']): [string, unknown][] {
  return contentType.includes('json') ? Object.entries(JSON.parse(body)) : [...new URLSearchParams(body)]
}

/** Lines for `eval`: where the vendor is at this server, where its login is, and each field of a login that works. */
export function exportLines({ name, login }: Vendor, url: string): string {
  const base = `${url}/${name}`
  const variables: [string, unknown][] = [['BASE_URL', base], ['LOGIN_URL', base + login.path], ...fields(login)]
  return variables
    .map(([suffix, value]) => `export ${upper(name)}_${upper(suffix)}=${quoted(String(value))}\n`)
    .join('')
}

export function env(program: Command): void {
  program
    .command('env')
    .description('print export lines for eval: the base URL of a vendor, and a login that works')
    .addArgument(vendorArgument())
    .option(
      '--url <url>',
      'of the server, or of a world there (default: where a server serves without flags)',
      serverUrl,
    )
    .addHelpText('after', '\nThe login is one of the shipped fixtures. Example: eval "$(understudy env tavio)"')
    .action((vendor: Vendor, { url = usualUrl() }: { url?: string }) => {
      process.stdout.write(exportLines(vendor, url))
    })
}
