import { Argument } from 'commander'
import { urlOf } from '../listen.js'
import { OptionError, readOptions, variableOf } from '../options.js'
import { vendors } from '../vendors/registry.js'
import type { Vendor } from '../vendors/vendor.js'

const known = vendors.map(({ name }) => name).join(', ')

/** The vendor of that name. Throws `OptionError`. */
export function vendorNamed(name: string): Vendor {
  const vendor = vendors.find((candidate) => candidate.name === name)
  if (vendor) return vendor
  throw new OptionError(`there is no vendor ${JSON.stringify(name)}; there are ${known}`)
}

/** A vendor, which the command is handed itself. */
export const vendorArgument = (): Argument => new Argument('<vendor>', known).argParser(vendorNamed)

/** The base URL of a server or of a world there, without a slash at its end. Throws `OptionError`. */
export function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isBase = url && /^https?:$/.test(url.protocol) && `${url.origin}${url.pathname}` === url.href
  if (isBase) return url.href.replace(/\/$/, '')
  throw new OptionError(`${JSON.stringify(text)} is not the base URL of a server, such as http://127.0.0.1:4555`)
}

/** Where a server of this machine serves that was started without flags. Throws `OptionError`. */
export function usualUrl(environment = process.env): string {
  const variables = [variableOf('port'), variableOf('host')]
  const { port, host } = readOptions({}, Object.fromEntries(variables.map((name) => [name, environment[name]])))
  if (port === 0) throw new OptionError(`with ${variableOf('port')}=0 a URL has to be given`)
  return urlOf(host, port)
}
