import { curl } from './banner.js'
import { commonSettings, type Vendor } from './vendors/vendor.js'

const base = 'http://127.0.0.1:4555'

export const code = (text: string): string => `\`${text}\``

/** A Markdown table in the form that Biome gives one, so that `npm run format` leaves it alone. */
export function table(...rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = (cells[0] ?? []).map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const rule = widths.map((width) => '-'.repeat(width))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = cells
  return [head, rule, ...body].map(line).join('\n')
}

const titles = (vendors: readonly Vendor[]): string =>
  `**${new Intl.ListFormat('en-GB').format(vendors.map(({ title }) => title))}**`

function logins(vendors: readonly Vendor[]): string {
  const rows = vendors.map(({ name, title, hosts, login }) => [
    title,
    code(`${base}/${name}`),
    hosts.map(code).join(', '),
    code(login.body),
  ])
  const commands = vendors.map(({ name, login }) => `$ ${curl(login, `${base}/${name}`, '-s')}`)
  return [
    table(['vendor', 'base URL', 'its own hosts', 'a login that works'], ...rows),
    ['```console', ...commands, '```'].join('\n'),
  ].join('\n\n')
}

function settings(vendors: readonly Vendor[]): string {
  const row = (owner: string, [setting, schema]: [string, { default?: unknown; description?: string }]) => [
    code(setting),
    owner,
    `${JSON.stringify(schema.default)}: ${schema.description}`,
  ]
  const common = Object.entries(commonSettings).map((entry) => row('all', entry))
  const own = vendors.flatMap(({ name, settings }) =>
    Object.entries(settings.properties)
      .filter(([setting]) => !(setting in commonSettings))
      .map((entry) => row(name, entry)),
  )
  return table(['setting', 'vendor', 'default'], ...common, ...own)
}

const block = (text: string): string => `\n\n${text}\n\n`

const parts: Readonly<Record<string, (vendors: readonly Vendor[]) => string>> = {
  titles,
  vendors: (vendors) => block(logins(vendors)),
  settings: (vendors) => block(settings(vendors)),
}

/** The documents with parts that come from the registry. */
export const documents = ['README.md', 'fixtures/README.md'] as const

/** A document with what stands between `<!-- NAME -->` and `<!-- /NAME -->` as the registry has it. */
export function withRegistry(document: string, vendors: readonly Vendor[]): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const [before, old, after, ...more] = text.split(new RegExp(`<!-- /?${name} -->`))
    if (old === undefined) return text
    if (after === undefined || more.length > 0) throw new Error(`the part named ${name} has no end, or two`)
    return `${before}<!-- ${name} -->${part(vendors)}<!-- /${name} -->${after}`
  }, document)
}
