import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { exportLines } from '../../src/commands/env.js'
import { createUnderstudy } from '../../src/index.js'
import { vendors } from '../../src/vendors/registry.js'
import type { Vendor } from '../../src/vendors/vendor.js'
import { start } from '../support/command.js'
import { cheapFixtures, emulate } from '../support/emulate.js'
import { folderOf } from '../support/folder.js'

const named = (name: string) => vendors.find((vendor) => vendor.name === name) as Vendor

/** What a shell has of a vendor after `eval`; nothing is inherited that could stand in for it. */
function evaluated(prefix: string, lines: string): Record<string, string> {
  const script = `eval "$LINES_TO_READ"; env -0`
  const environment = { PATH: process.env.PATH, LINES_TO_READ: lines }
  const variables = execFileSync('sh', ['-c', script], { env: environment, encoding: 'utf8' }).split('\0')
  const own = variables.filter((variable) => variable.startsWith(prefix))
  return Object.fromEntries(own.map((variable) => variable.split(/=(.*)/s).slice(0, 2)))
}

t.test('what `env` prints, evaluated by a shell, is enough to log in to each vendor', async (t) => {
  const { app } = await emulate(t)
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  for (const { name, login } of vendors) {
    const run = start(t, ['env', name, '--url', `${base}/`])
    t.equal(await run.exit, 0, name)
    const prefix = `${name.toUpperCase()}_`
    const {
      [`${prefix}BASE_URL`]: url,
      [`${prefix}LOGIN_URL`]: loginUrl = '',
      ...fields
    } = evaluated(prefix, run.stdout)
    t.equal(url, `${base}/${name}`)
    const body = Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [field.replace(prefix, '').toLowerCase(), value]),
    )
    const headers = { 'content-type': login.contentType }
    const response = await fetch(loginUrl, { method: 'POST', headers, body: JSON.stringify(body) })
    t.equal(response.status, 200, name)
    t.notMatch(await response.text(), /"error"|"success":false/i, name)
  }
})

t.test('the URL is that of a server started without flags, unless another or a world of it is given', async (t) => {
  const rows: [string[], Record<string, string>, string][] = [
    [[], {}, 'http://127.0.0.1:4555/tavio'],
    [[], { UNDERSTUDY_PORT: '4999', UNDERSTUDY_HOST: '0.0.0.0' }, 'http://127.0.0.1:4999/tavio'],
    [[], { UNDERSTUDY_HOST: '::' }, 'http://[::1]:4555/tavio'],
    [['--url', 'https://auth.test:8443'], { UNDERSTUDY_PORT: '4999' }, 'https://auth.test:8443/tavio'],
    [['--url', 'http://127.0.0.1:4555/@w7/'], {}, 'http://127.0.0.1:4555/@w7/tavio'],
  ]
  for (const [args, environment, url] of rows) {
    const run = start(t, ['env', 'tavio', ...args], environment)
    t.equal(await run.exit, 0)
    t.equal(evaluated('TAVIO_', run.stdout).TAVIO_BASE_URL, url)
  }
})

t.test('the login is one of the fixtures that a server was given, also where none serves', async (t) => {
  const fixture = JSON.parse(readFileSync('fixtures/tavio.json', 'utf8'))
  const [john] = fixture.accounts
  const { password: _, ...hashOnly } = john
  const jane = { ...john, id: undefined, username: 'jane', email: 'jane@example.com', password: "jane's" }
  const own = folderOf(t, { 'tavio.json': JSON.stringify({ ...fixture, accounts: [hashOnly, jane] }) })
  const none = folderOf(t, { 'tavio.json': JSON.stringify({ ...fixture, accounts: [hashOnly] }) })
  for (const [args, environment] of [
    [['--fixtures', own], { UNDERSTUDY_FIXTURES: none }],
    [[], { UNDERSTUDY_FIXTURES: own }],
  ] as const) {
    const run = start(t, ['env', 'tavio', ...args], environment)
    t.equal(await run.exit, 0)
    t.strictSame(evaluated('TAVIO_', run.stdout), {
      TAVIO_BASE_URL: 'http://127.0.0.1:4555/tavio',
      TAVIO_LOGIN_URL: 'http://127.0.0.1:4555/tavio/v1/acme/auth/login',
      TAVIO_USERNAME: 'jane@example.com',
      TAVIO_PASSWORD: "jane's",
    })
  }
  const run = start(t, ['env', 'tavio', '--fixtures', none])
  t.equal(await run.exit, 0)
  t.equal(run.stdout, "export TAVIO_BASE_URL='http://127.0.0.1:4555/tavio'\n")
  t.match(run.stderr, /^understudy: the fixture of tavio tells the password of no account that can log in[^\n]+\n$/)
  const wrong = start(t, ['env', 'tavio', '--fixtures', join(none, 'x')])
  t.equal(await wrong.exit, 2)
  t.match(wrong.stderr, 'expected a fixture file or a folder of them')
  t.equal(wrong.stdout, '')
})

t.test('at a port of its own the vendor is at the root, in every world, and no other vendor is there', async (t) => {
  const understudy = await createUnderstudy({ fixtures: cheapFixtures(), listen: { tavio: 0 }, controlToken: 'secret' })
  t.teardown(() => understudy.close())
  const { ports } = await understudy.health()
  const own = `http://127.0.0.1:${ports.find(({ vendor }) => vendor === 'tavio')?.port}`
  for (const url of [own, `${own}/@w7/`]) {
    const run = start(t, ['env', 'tavio', '--url', url])
    t.equal(await run.exit, 0)
    const {
      TAVIO_BASE_URL,
      TAVIO_LOGIN_URL = '',
      TAVIO_USERNAME: username,
      TAVIO_PASSWORD: password,
    } = evaluated('TAVIO_', run.stdout)
    t.equal(TAVIO_BASE_URL, url.replace(/\/$/, ''))
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ username, password })
    t.equal((await fetch(TAVIO_LOGIN_URL, { method: 'POST', headers, body })).status, 200)
  }
  const other = start(t, ['env', 'thiio', '--url', own])
  t.equal(await other.exit, 2)
  t.equal(other.stderr, `understudy: --url: ${own} is tavio alone, and thiio is not there\n`)
  t.equal(other.stdout, '')
})

t.test('whatever a value holds, the shell takes it as it is', async (t) => {
  const password = `it's "$HOME" \`id\` $(id) \\ ! é\n${'export X=1'};`
  const login = { path: '/a', contentType: 'application/json', body: JSON.stringify({ password, orgDomain: 'x y' }) }
  t.strictSame(evaluated('TAVIO_', exportLines(named('tavio'), 'http://x/tavio', login)), {
    TAVIO_BASE_URL: 'http://x/tavio',
    TAVIO_LOGIN_URL: 'http://x/tavio/a',
    TAVIO_PASSWORD: password,
    TAVIO_ORG_DOMAIN: 'x y',
  })
  const form = { path: '/a', contentType: 'application/x-www-form-urlencoded', body: 'user=a%26b&grant-type=x' }
  t.match(evaluated('TAVIO_', exportLines(named('tavio'), 'http://x/tavio', form)), {
    TAVIO_USER: 'a&b',
    TAVIO_GRANT_TYPE: 'x',
  })
})

t.test('an unknown vendor or a URL that is none ends it with code 2, and prints nothing to evaluate', async (t) => {
  const there = vendors.map(({ name }) => name).join(', ')
  const rows: [string[], Record<string, string>, string][] = [
    [['nobody'], {}, `there is no vendor "nobody"; there are ${there}`],
    [['tavio', '--url', 'localhost:4555'], {}, '"localhost:4555" is not the base URL of a server'],
    [['tavio', '--url', 'ftp://x'], {}, '"ftp://x" is not the base URL of a server'],
    [
      ['tavio', '--url', 'http://x/tavio'],
      {},
      '--url: expected the URL of a server or of a world there, without a vendor: http://x/tavio',
    ],
    [['tavio', '--url', 'http://x/?a'], {}, '"http://x/?a" is not the base URL of a server'],
    [['tavio', '--url', 'http://u:p@x/'], {}, '"http://u:p@x/" is not the base URL of a server'],
    [['tavio'], { UNDERSTUDY_PORT: '0' }, 'with UNDERSTUDY_PORT=0 a URL has to be given'],
    [['tavio'], { UNDERSTUDY_PORT: 'x' }, 'UNDERSTUDY_PORT: "x" is not usable'],
  ]
  for (const [args, environment, sentence] of rows) {
    const run = start(t, ['env', ...args], environment)
    t.equal(await run.exit, 2, args.join(' '))
    t.ok(run.stderr.startsWith(`understudy: ${sentence}`), run.stderr)
    t.equal(run.stdout, '')
  }
})
