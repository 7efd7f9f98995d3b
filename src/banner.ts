import type { Port } from './http/ports.js'
import { urlOf } from './listen.js'
import type { Login } from './logins.js'
import type { Options } from './options.js'
import { quoted } from './shell.js'
import type { Vendor } from './vendors/vendor.js'

/** How to log in with curl to a vendor whose base URL this is; `flag` says what of the answer to show. */
export const curl = ({ path, contentType, body }: Login, base: string, flag: '-i' | '-s'): string =>
  `curl ${flag} ${base}${path} -H 'Content-Type: ${contentType}' -d ${quoted(body)}`

/** Why a client may trust what is shown to it over HTTPS. */
function trust({ tlsCert, data }: Pick<Options, 'tlsCert' | 'data'>, base: string): string {
  if (tlsCert !== undefined) return `with the certificate ${tlsCert}`
  const life = data === undefined ? 'made for this run only; --data DIR keeps one' : `kept in ${data}`
  return `to be trusted by the CA at ${base}/_understudy/ca.pem (${life})`
}

/** What is to be said of the ports beside the first one, a line each. */
export function furtherPorts(
  [, ...ports]: readonly Port[],
  base: string,
  options: Pick<Options, 'host' | 'tlsCert' | 'data'>,
): string[] {
  return ports.map(({ port, protocol, vendor }) => {
    const url = urlOf(options.host, port, protocol)
    return vendor === undefined ? `HTTPS on ${url}, ${trust(options, base)}` : `${vendor} alone on ${url}`
  })
}

const nobody = 'nobody: its fixture tells the password of no account that can log in'

/** What stands on the terminal once the server serves, and which `logins` work there, by the names of their vendors. */
export function banner(
  vendors: readonly Vendor[],
  logins: ReadonlyMap<string, Login | undefined>,
  { base, seed, further = [] }: { base: string; seed: number; further?: readonly string[] },
): string {
  const rows = vendors.map(({ name, title }) => [title, `${base}/${name}`, logins.get(name)?.body ?? nobody] as const)
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const table = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  const [first] = vendors.flatMap(({ name }) => {
    const login = logins.get(name)
    return login ? curl(login, `${base}/${name}`, '-i') : []
  })
  return [
    `Understudy serves on ${base} (seed ${seed}); documentation at ${base}/_understudy/docs`,
    '',
    ...table.map((line) => `  ${line}`),
    '',
    ...further,
    ...(further.length > 0 ? [''] : []),
    `Try:  ${first ?? `curl -i ${base}/_understudy/vendors`}`,
    '',
  ].join('\n')
}
