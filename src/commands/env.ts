import type { Command } from 'commander'
import { findHealthAt } from '../health-at.js'
import type { Login } from '../logins.js'
import { OptionError, readOptions, variableOf } from '../options.js'
import { quoted } from '../shell.js'
import { vendors } from '../vendors/registry.js'
import type { Vendor } from '../vendors/vendor.js'
import { serverUrl, usualUrl, vendorArgument } from './arguments.js'

/** `orgDomain` → `ORG_DOMAIN`. */
const upper = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]/g, '_')
    .toUpperCase()

function fields({ contentType, body }: Login): [string, unknown][] {
  return contentType.includes('json') ? Object.entries(JSON.parse(body)) : [...new URLSearchParams(body)]
}

/**
 * Lines for `eval`: where a vendor is, and of a login that works where it is and each of its fields. `base` is the base URL
 * of the vendor.
 */
export function exportLines({ name }: Vendor, base: string, login: Login | undefined): string {
  const variables: [string, unknown][] = [['BASE_URL', base]]
  if (login) variables.push(['LOGIN_URL', base + login.path], ...fields(login))
  return variables
    .map(([suffix, value]) => `export ${upper(name)}_${upper(suffix)}=${quoted(String(value))}\n`)
    .join('')
}

/** Whose own the port of a URL is, if a server there says so; none needs to be there. */
async function ownerOf(url: string): Promise<string | undefined> {
  const { protocol, port } = new URL(url)
  const number = Number(port || (protocol === 'https:' ? 443 : 80))
  const health = await findHealthAt(url)
  return health?.ports?.find((one) => one.port === number)?.vendor
}

/** The base URL of a vendor at a server or a world there. Throws `OptionError` where the port is another vendor's own. */
async function baseUrl({ name }: Vendor, url: string): Promise<string> {
  const { pathname } = new URL(url)
  if (vendors.some((vendor) => pathname.split('/').includes(vendor.name)))
    throw new OptionError(`--url: expected the URL of a server or of a world there, without a vendor: ${url}`)
  const owner = await ownerOf(url)
  if (owner === undefined) return `${url}/${name}`
  if (owner === name) return url
  throw new OptionError(`--url: ${url} is ${owner} alone, and ${name} is not there`)
}

async function print(vendor: Vendor, flags: { url?: string; fixtures?: string }): Promise<void> {
  const { url, ...own } = flags
  const variable = variableOf('fixtures')
  const { fixtures } = readOptions(own, { [variable]: process.env[variable] })
  const base = url === undefined ? `${usualUrl()}/${vendor.name}` : await baseUrl(vendor, url)
  const { findLogin } = await import('../logins.js')
  const login = await findLogin(vendor, fixtures)
  if (!login) {
    process.stderr.write(
      `understudy: the fixture of ${vendor.name} tells the password of no account that can log in: there is no login to print\n`,
    )
  }
  process.stdout.write(exportLines(vendor, base, login))
}

export function env(program: Command): void {
  program
    .command('env')
    .description('print export lines for eval: the base URL of a vendor, and a login that works')
    .addArgument(vendorArgument())
    .option(
      '--url <url>',
      'of the server, of a port of the vendor’s own or of a world there (default: where a server serves without flags)',
      serverUrl,
    )
    .option('--fixtures <path>', `those that the server was given (${variableOf('fixtures')})`)
    .addHelpText(
      'after',
      '\nThe login is that of the first account of the fixture that can log in. Example: eval "$(understudy env tavio)"',
    )
    .action(print)
}
