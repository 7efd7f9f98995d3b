import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { flagOf, optionNames, variableOf } from '../src/options.js'
import { vendors } from '../src/vendors/registry.js'
import { commonSettings } from '../src/vendors/vendor.js'
import { emulate } from './support/emulate.js'

const run = promisify(execFile)
const readme = readFileSync('README.md', 'utf8')
/** Without the blanks that align the columns of tables. */
const tables = readme.replace(/ +/g, ' ').replace(/-{3,}/g, '---')

/** `$ command` lines of the console blocks, each with the output printed under it. */
function shown(): { command: string; output: string }[] {
  const blocks = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].map((block) => block[1] ?? '')
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .filter((part) => part !== '')
      .map((part) => {
        const end = part.indexOf('\n')
        return { command: part.slice(0, end), output: part.slice(end + 1).trim() }
      }),
  )
}

/** `…` in the README stands for anything. */
const pattern = (output: string) =>
  new RegExp(
    `^${output
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[\\s\\S]*')}$`,
  )

t.test('each curl of the README gives what the README prints', async (t) => {
  const { app } = await emulate(t)
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  const examples = shown()
  t.ok(examples.length > vendors.length)
  for (const { command, output } of examples) {
    const { stdout } = await run('bash', ['-c', command.replaceAll('http://127.0.0.1:4555', base)])
    // Hashes of test fixtures are cheaper ones; nothing else differs from a server that was started by the command.
    t.match(stdout.replace('"passwordCost":4', '"passwordCost":10'), pattern(output), command)
  }
  for (const { name } of vendors) {
    t.ok(
      examples.some(({ command }) => command.includes(`4555/${name}/`)),
      `${name} has one`,
    )
  }
})

t.test('the README is short, and its first screen says what this is not', async (t) => {
  const lines = readme.split('\n')
  t.ok(lines.length < 200, `${lines.length} lines`)
  t.match(lines.slice(0, 15).join('\n'), /What it is not/)
})

t.test('the README lists every option with its variable', async (t) => {
  for (const name of optionNames) t.match(tables, `| \`${flagOf(name)}\` | \`${variableOf(name)}\` |`)
})

t.test('the README lists every setting with its default', async (t) => {
  const row = (setting: string, vendor: string, schema: { default?: unknown; description?: string }) =>
    `| \`${setting}\` | ${vendor} | ${JSON.stringify(schema.default)}: ${schema.description} |`
  const own = vendors.flatMap(({ name, settings }) =>
    Object.entries(settings.properties)
      .filter(([setting]) => !(setting in commonSettings))
      .map(([setting, schema]) => row(setting, name, schema)),
  )
  const common = Object.entries(commonSettings).map(([setting, schema]) => row(setting, 'all', schema))
  const table = ['| setting | vendor | default |', '| --- | --- | --- |', ...common, ...own].join('\n')
  t.ok(tables.includes(table), `the table of settings is:\n${table}`)
})

t.test('the files that the README links to exist', async (t) => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)]
    .map((link) => link[1] ?? '')
    .filter((link) => !/^https?:/.test(link))
  t.ok(links.length > 1)
  for (const link of links) t.ok(existsSync(link), link)
})
