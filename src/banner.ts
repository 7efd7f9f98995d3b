import type { Vendor } from './vendors/vendor.js'

/** How to log in to a vendor with curl; `flag` says what of the answer to show. */
export const curl = ({ name, login }: Vendor, base: string, flag: '-i' | '-s'): string =>
  `curl ${flag} ${base}/${name}${login.path} -H 'Content-Type: ${login.contentType}' -d '${login.body}'`

/** What stands on the terminal once the server serves. */
export function banner(vendors: readonly Vendor[], base: string, seed: number): string {
  const rows = vendors.map((vendor) => [vendor.title, `${base}/${vendor.name}`, vendor.login.body] as const)
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const table = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  const [first] = vendors
  return [
    `Understudy serves on ${base} (seed ${seed}); documentation at ${base}/_understudy/docs`,
    '',
    ...table.map((line) => `  ${line}`),
    '',
    ...(first ? [`Try:  ${curl(first, base, '-i')}`, ''] : []),
  ].join('\n')
}
