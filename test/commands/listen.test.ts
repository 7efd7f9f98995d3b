import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { serving, start } from '../support/command.js'
import { cheapFixtures } from '../support/emulate.js'
import { folderOf } from '../support/folder.js'
import { askSecurely, newIdentity } from '../support/https.js'

const quiet = ['--port', '0', '--log-level', 'silent', '--fixtures', cheapFixtures()]

t.test('all ports are printed and in the ready file; a connection without TLS does not delay the end', async (t) => {
  const ready = join(folderOf(t), 'ready')
  const own = ['--listen', 'tavio=0', '--listen', 'thiio=0']
  const run = start(t, [...quiet, '--tls', '0', ...own, '--ready-file', ready])
  const base = await serving(run)
  const lines = readFileSync(ready, 'utf8').trimEnd().split('\n')
  t.equal(lines.length, 4)
  const [first, secure = '', ...others] = lines
  t.equal(first, base)
  t.match(secure, /^https:\/\/127\.0\.0\.1:\d+$/)
  const said = `HTTPS on ${secure}, to be trusted by the CA at ${base}/_understudy/ca.pem (made for this run only; --data`
  t.ok(run.stdout.includes(said), run.stdout)
  for (const [at, vendor] of ['tavio', 'thiio'].entries()) {
    const [url = '', owner] = (others[at] ?? '').split(' ')
    t.equal(owner, vendor)
    t.ok(run.stdout.includes(`${vendor} alone on ${url}\n`))
    t.equal((await fetch(`${url}/_understudy/health`)).status, 200)
  }
  const ca = await (await fetch(`${base}/_understudy/ca.pem`)).text()
  t.equal((await askSecurely(`${secure}/_understudy/health`, { ca })).status, 200)
  const silent = connect(Number(new URL(secure).port), '127.0.0.1')
  silent.on('error', () => undefined)
  await once(silent, 'connect')
  run.process.kill('SIGTERM')
  t.equal(await run.exit, 0)
})

t.test('what cannot be ends it with one sentence, and nothing listens', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const [one, other] = [newIdentity(), newIdentity()]
  const folder = folderOf(t, {
    'cert.pem': one.certificate,
    'key.pem': one.key,
    'other.pem': other.key,
    'nonsense.pem': 'x',
    'half.pem': `${one.certificate}-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n`,
  })
  const tls = (cert: string, key: string) => [
    '--tls',
    '0',
    '--tls-cert',
    join(folder, cert),
    '--tls-key',
    join(folder, key),
  ]
  const rows: [string[], number, string][] = [
    [['--listen', `tavio=${port}`], 1, `port ${port} of 127.0.0.1 is in use; choose another with --listen tavio=PORT`],
    // RFC 5737 keeps the address, and RFC 6761 the name, from ever being anybody's.
    [['--host', '192.0.2.1'], 2, '--host: 192.0.2.1 is no address of this machine; '],
    [['--host', 'understudy.invalid'], 2, '--host: understudy.invalid is no address, and '],
    [['--host', '[::1]'], 2, '--host: [::1] is no address, and '],
    [['--tls', String(port)], 1, `port ${port} of 127.0.0.1 is in use; choose another with --tls`],
    [['--listen', 'tavio'], 2, '--listen: "tavio" is not usable'],
    [['--listen', 'nobody=0'], 2, '--listen: there is no vendor "nobody"; there are'],
    [['--tls', '0', '--tls-cert', 'x'], 2, '--tls-cert: it is of no use without --tls-key'],
    [tls('none.pem', 'key.pem'), 2, `--tls-cert: ${join(folder, 'none.pem')}: ENOENT`],
    [tls('cert.pem', 'none.pem'), 2, `--tls-key: ${join(folder, 'none.pem')}: ENOENT`],
    [tls('nonsense.pem', 'key.pem'), 2, `--tls-cert: ${join(folder, 'nonsense.pem')}: expected a certificate in PEM`],
    [tls('half.pem', 'key.pem'), 2, `--tls-cert: ${join(folder, 'half.pem')}: `],
    [tls('cert.pem', 'nonsense.pem'), 2, `--tls-key: ${join(folder, 'nonsense.pem')}: expected a private key in PEM`],
    [tls('cert.pem', 'other.pem'), 2, `--tls-key: ${join(folder, 'other.pem')} is not the key of the certificate`],
  ]
  for (const [args, code, sentence] of rows) {
    const run = start(t, [...quiet, ...args])
    t.equal(await run.exit, code, args.join(' '))
    t.ok(run.stderr.startsWith(`understudy: ${sentence}`), run.stderr)
    t.match(run.stderr, /^[^\n]+\n$/, 'one line')
    t.equal(run.stdout, '')
  }
})

t.test('a certificate whose time is over, or has not come, is shown with a warning', async (t) => {
  for (const [dates, message] of [
    [
      { from: new Date('2020-01-01'), to: new Date('2021-01-01') },
      /cert\.pem has expired at 2021-01-01T00:00:00\.000Z/,
    ],
    [
      { from: new Date('2048-01-01'), to: new Date('2049-01-01') },
      /cert\.pem is good from 2048-01-01T00:00:00\.000Z on/,
    ],
  ] as const) {
    const { certificate, key } = newIdentity(dates)
    const folder = folderOf(t, { 'cert.pem': certificate, 'key.pem': key })
    const own = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')]
    const run = start(t, [...quiet, '--log-level', 'warn', '--tls', '0', ...own])
    await serving(run)
    t.match(run.stderr, message)
    t.match(run.stdout, `with the certificate ${join(folder, 'cert.pem')}\n`)
    run.process.kill('SIGTERM')
    t.equal(await run.exit, 0)
  }
})
