import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t, { type Test } from 'tap'
import { vendors } from '../../src/vendors/registry.js'
import { start } from '../support/command.js'
import { folderOf } from '../support/folder.js'

const shipped = (vendor: string) => JSON.parse(readFileSync(join('fixtures', `${vendor}.json`), 'utf8'))

async function fixtures(t: Test, ...args: string[]) {
  const run = start(t, ['fixtures', ...args])
  return { code: await run.exit, stdout: run.stdout, stderr: run.stderr }
}

t.test('the shipped fixtures are usable, as a folder and as a single file', async (t) => {
  const { code, stdout, stderr } = await fixtures(t, 'check', 'fixtures')
  t.equal(code, 0)
  t.equal(stderr, '')
  t.strictSame(
    stdout.trimEnd().split('\n'),
    vendors.map(({ name }) => `fixtures/${name}.json: usable (accounts: ${shipped(name).accounts.length})`),
  )
  const single = await fixtures(t, 'check', 'fixtures/tavio.json')
  t.equal(single.code, 0)
  t.equal(single.stdout, 'fixtures/tavio.json: usable (accounts: 2)\n')
})

t.test('what a server would refuse is refused, by file, pointer and expectation, in every file at once', async (t) => {
  const tavio = shipped('tavio')
  const thiio = { ...shipped('thiio'), signingKey: resolve('fixtures/keys/current.pem') }
  const folder = folderOf(t, {
    'tavio.json': JSON.stringify({ ...tavio, accounts: [tavio.accounts[0], tavio.accounts[0]] }),
    'thiio.json': JSON.stringify({ ...thiio, settings: { colour: 1 } }),
    'faveo.json': readFileSync('fixtures/faveo.json'),
  })
  const { code, stdout, stderr } = await fixtures(t, 'check', folder)
  t.equal(code, 2)
  t.equal(stdout, `${join(folder, 'faveo.json')}: usable (accounts: 3)\n`)
  const [first = '', second = '', ...more] = stderr.trimEnd().split('\n')
  t.equal(
    first,
    `understudy: ${join(folder, 'tavio.json')}: at /accounts/1: expected an id that no other account has: ${tavio.accounts[0].id} is taken`,
  )
  t.ok(second.startsWith(`understudy: ${join(folder, 'thiio.json')}: at /settings/colour: expected `), second)
  t.strictSame(more, [])
})

t.test('a password that does not have the hash beside it is found, where a server takes the hash', async (t) => {
  const tavio = shipped('tavio')
  const [john, ivy] = tavio.accounts
  const { password: _, ...hashOnly } = john
  const { passwordHash: __, ...plainOnly } = ivy
  const rows: [string, object[], number[]][] = [
    ['one hash for another', [{ ...john, passwordHash: ivy.passwordHash }, ivy], [0]],
    ['both changed', [john, ivy].map((account) => ({ ...account, password: 'other' })), [0, 1]],
    ['a hash alone, a password alone', [hashOnly, plainOnly], []],
  ]
  for (const [what, accounts, wrong] of rows) {
    const folder = folderOf(t, { 'tavio.json': JSON.stringify({ ...tavio, accounts }) })
    const { code, stderr } = await fixtures(t, 'check', folder)
    t.equal(code, wrong.length === 0 ? 0 : 2, what)
    const file = join(folder, 'tavio.json')
    t.equal(
      stderr,
      wrong
        .map(
          (at) => `understudy: ${file}: at /accounts/${at}/passwordHash: expected a hash of the password beside it\n`,
        )
        .join(''),
    )
  }
})

t.test('a path without fixtures is refused with code 2', async (t) => {
  const folder = folderOf(t, { 'other.json': '{}' })
  const names = vendors.map(({ name }) => `${name}.json`).join(', ')
  for (const [path, expected] of [
    [folder, `a folder with one of ${names}`],
    [join(folder, 'other.json'), `a file named ${names}`],
    [join(folder, 'none'), 'a fixture file or a folder of them'],
  ] as const) {
    const { code, stdout, stderr } = await fixtures(t, 'check', path)
    t.equal(code, 2)
    t.equal(stdout, '')
    t.equal(stderr, `understudy: ${path}: at the top: expected ${expected}\n`)
  }
})

t.test('the schema of each vendor accepts its shipped fixture and refuses what a server refuses', async (t) => {
  for (const { name } of vendors) {
    const { code, stdout } = await fixtures(t, 'schema', name)
    t.equal(code, 0)
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(stdout))
    const good = shipped(name)
    const { password: _, passwordHash: __, ...nobody } = good.accounts[0]
    t.ok(validate(good), `${name}: ${JSON.stringify(validate.errors)}`)
    t.ok(validate({ $schema: `./${name}.schema.json`, ...good }), `${name}: a file may name its schema`)
    const template = { ...good.accounts[0], password: 'of all' }
    t.ok(validate({ ...good, accounts: [{ generate: 2, template }] }), `${name}: a crowd`)
    const broken: [string, object][] = [
      ['a crowd of nobody', { ...good, accounts: [{ generate: 0, template }] }],
      ['a crowd without a password', { ...good, accounts: [{ generate: 2, template: nobody }] }],
      ['no accounts', { ...good, accounts: undefined }],
      ['an unknown member', { ...good, colour: 1 }],
      ['an unknown setting', { ...good, settings: { colour: 1 } }],
      ['an unknown field', { ...good, accounts: [{ ...good.accounts[0], colour: 1 }] }],
      ['a hash that is none', { ...good, accounts: [{ ...good.accounts[0], passwordHash: 'x' }] }],
      ['no password', { ...good, accounts: [nobody] }],
    ]
    for (const [what, fixture] of broken) t.notOk(validate(JSON.parse(JSON.stringify(fixture))), `${name}: ${what}`)
  }
})

t.test('a fixture that names its schema is served like one that does not, and the name goes no further', async (t) => {
  const { emulate } = await import('../support/emulate.js')
  const fixture = { $schema: './tavio.schema.json', ...shipped('tavio') }
  const { app, post } = await emulate(t, { fixtures: folderOf(t, { 'tavio.json': JSON.stringify(fixture) }) })
  const body = { username: 'john.doe', password: 'john.doe.password' }
  t.equal((await post('/tavio/v1/acme/auth/login', { body })).status, 200)
  await post('/_understudy/snapshots', { body: { name: 's' } })
  const { rawPayload } = await app.inject('/_understudy/snapshots/s')
  t.notMatch(rawPayload.toString('latin1'), 'tavio.schema.json')
})

t.test('no vendor, or an unknown command, ends it with code 2', async (t) => {
  const there = vendors.map(({ name }) => name).join(', ')
  const schema = await fixtures(t, 'schema', 'nobody')
  t.equal(schema.code, 2)
  t.equal(schema.stderr, `understudy: there is no vendor "nobody"; there are ${there}\n`)
  for (const args of [[], ['paint']]) {
    const { code, stdout, stderr } = await fixtures(t, ...args)
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, args.length === 0 ? /check <path>[\s\S]*schema <vendor>/ : /unknown command 'paint'/)
  }
})
