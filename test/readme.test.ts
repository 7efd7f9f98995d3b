import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { flagOf, optionNames, variableOf } from '../src/options.js'
import { documents, withRegistry } from '../src/readme.js'
import { vendors } from '../src/vendors/registry.js'
import { emulate } from './support/emulate.js'

const run = promisify(execFile)
const readme = readFileSync('README.md', 'utf8')
const fixtures = readFileSync('fixtures/README.md', 'utf8')
/** Without the blanks that align the columns of tables. */
const tables = `${readme}\n${fixtures}`.replace(/ +/g, ' ').replace(/-{3,}/g, '---')

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

/** Some vendors say 200 to a login that they refuse. */
const succeeds = (status: number, body: string): boolean => status === 200 && !/"error"|"success":false/i.test(body)

t.test('the lists of vendors and settings are those of the registry; otherwise run npm run openapi', async (t) => {
  for (const file of documents) {
    const text = readFileSync(file, 'utf8')
    t.equal(text, withRegistry(text, vendors), file)
  }
  for (const part of ['<!-- titles -->', '<!-- /vendors -->']) t.match(readme, part)
  t.match(fixtures, '<!-- /settings -->')
  t.throws(() => withRegistry(fixtures.replace('<!-- /settings -->', ''), vendors), /settings has no end/)
})

t.test('each curl of the README gives what the README prints, or succeeds where it prints nothing', async (t) => {
  const { app } = await emulate(t)
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  const bash = async (command: string) =>
    (await run('bash', ['-c', command.replaceAll('http://127.0.0.1:4555', base)])).stdout
  const examples = shown()
  t.ok(examples.length > vendors.length)
  for (const { command, output } of examples) {
    if (output === '') {
      const [body = '', status] = (await bash(`${command} -w '\n%{http_code}'`)).split(/\n(?=\d+$)/)
      t.ok(succeeds(Number(status), body), `${command}: ${status} ${body}`)
    } else {
      // Hashes of test fixtures are cheaper ones; nothing else differs from a server that was started by the command.
      t.match((await bash(command)).replace('"passwordCost":4', '"passwordCost":10'), pattern(output), command)
    }
  }
  for (const { name } of vendors) {
    t.ok(
      examples.some(({ command }) => command.includes(`4555/${name}/`)),
      `${name} has one`,
    )
  }
})

t.test('each account of the README logs in, or is refused where the README says so', async (t) => {
  const { post } = await emulate(t)
  const rows = [...tables.matchAll(/^\| (\S+) \| `(\{.*\})` \| (logs in|refused)/gm)]
  const printed = tables.split('\n').filter((line) => line.startsWith('|') && line.includes('"password"'))
  t.equal(rows.length + vendors.length, printed.length, 'no password stands in a table in another form')
  for (const [row, name, body = '', answer] of rows) {
    const vendor = vendors.find((candidate) => candidate.name === name)
    const headers = { 'content-type': vendor?.login.contentType ?? '' }
    const { status, text } = await post(`/${name}${vendor?.login.path}`, { body, headers })
    t.equal(succeeds(status, text) ? 'logs in' : 'refused', answer, `${row}: ${status} ${text}`)
  }
})

t.test('the README is short, and its first screen says what this is not', async (t) => {
  const lines = readme.split('\n')
  // With the five vendors it began with; each further one brings rows of its own.
  t.ok(lines.length < 200 + 10 * (vendors.length - 5), `${lines.length} lines`)
  t.match(lines.slice(0, 15).join('\n'), /What it is not/)
})

t.test('the README lists every option with its variable', async (t) => {
  for (const name of optionNames) t.match(tables, `| \`${flagOf(name)}\` | \`${variableOf(name)}\` |`)
})

t.test('the files that the README links to exist', async (t) => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)]
    .map((link) => link[1] ?? '')
    .filter((link) => !/^https?:/.test(link))
  t.ok(links.length > 1)
  for (const link of links) t.ok(existsSync(link), link)
})
