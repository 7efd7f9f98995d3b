import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { connect, rootCertificates } from 'node:tls'
import t, { type Test } from 'tap'
import { createUnderstudy, type Understudy } from '../src/index.js'
import { vendors } from '../src/vendors/registry.js'
import { cheapFixtures } from './support/emulate.js'
import { folderOf } from './support/folder.js'
import { askSecurely, newIdentity } from './support/https.js'
import { segments } from './support/jwt.js'

const fixtures = cheapFixtures()

interface Secure {
  readonly understudy: Understudy
  readonly port: number
  /** The CA, as clients fetch it. */
  readonly ca: string
}

async function serve(t: Test, options: Parameters<typeof createUnderstudy>[0] = {}): Promise<Secure> {
  const understudy = await createUnderstudy({ fixtures, tls: 0, seed: 7, ...options })
  t.teardown(() => understudy.close())
  const { ports } = await understudy.health()
  const port = ports.find(({ protocol }) => protocol === 'https')?.port ?? 0
  return { understudy, port, ca: await (await fetch(`${understudy.url}/_understudy/ca.pem`)).text() }
}

/** For tests that change nothing of it: keys take their time. */
const shared = await serve(t)

t.test(
  'every name of this machine and of the vendors is vouched for by the CA that the server hands out',
  async (t) => {
    const { port, ca } = shared
    const url = `https://127.0.0.1:${port}/_understudy/health`
    for (const name of [
      'localhost',
      ...vendors.map(({ name }) => `${name}.localhost`),
      ...vendors.flatMap(({ hosts }) => hosts.map((host) => host.replace('*', 'my-domain'))),
    ]) {
      const { status, text } = await askSecurely(url, { ca, servername: name, headers: { host: 'localhost' } })
      t.equal(status, 200, name)
      t.equal(JSON.parse(text).name, 'understudy')
    }
    t.equal((await askSecurely(url, { ca })).status, 200, '127.0.0.1')
    const { certificate } = await askSecurely(url, { ca, servername: 'localhost' })
    t.match(certificate.subjectaltname, /DNS:\*\.localhost\b/)
    t.match(certificate.subjectaltname, /IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1\b/)
    const other = { ca, servername: 'a.example', headers: { host: 'localhost' } }
    await t.rejects(askSecurely(url, other), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'a name that is nobody’s')
  },
)

t.test(
  'a name that chooses a world is vouched for when it is called, and so is a host that settings add',
  async (t) => {
    const { understudy, port, ca } = await serve(t)
    const me = (servername: string) => {
      const headers = { host: `${servername}:${port}` }
      return askSecurely(`https://127.0.0.1:${port}/v1/acme/me`, { ca, servername, headers })
    }
    for (const name of ['tavio.w7.localhost', 'tavio.w8.localhost', 'tavio.w7.localhost', 'TAVIO.W7.LOCALHOST']) {
      const { status, headers, certificate } = await me(name)
      t.equal(status, 401, name)
      t.match(headers['x-understudy-request'], `${name.split('.')[1]?.toLowerCase()}-`)
      t.equal(certificate.subjectaltname, `DNS:${name.toLowerCase()}`)
    }
    const mismatched = { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }
    for (const name of ['nobody.w7.localhost', 'tavio.a.b.localhost', 'tavio.w_7.localhost', 'hub.example.com']) {
      await t.rejects(me(name), mismatched, name)
    }
    await (await understudy.world('default')).settings.change('tavio', { hosts: ['hub.example.com'] })
    t.equal((await me('hub.example.com')).status, 401)
  },
)

t.test('whoever trusts another CA, or those that everybody trusts, refuses it', async (t) => {
  const { port, ca } = shared
  const other = await serve(t)
  const url = `https://127.0.0.1:${port}/_understudy/health`
  t.not(other.ca, ca)
  for (const trusted of [other.ca, [...rootCertificates]]) {
    await t.rejects(askSecurely(url, { ca: trusted }), {
      code: /UNABLE_TO_(GET_ISSUER_CERT_LOCALLY|VERIFY_LEAF_SIGNATURE)|SELF_SIGNED_CERT_IN_CHAIN/,
    })
  }
})

t.test('the CA is one that strict clients take, and its key is random whatever the seed', async (t) => {
  const [one, other] = [shared, await serve(t)]
  t.equal(await one.understudy.authority(), one.ca)
  const ca = new X509Certificate(one.ca)
  t.ok(ca.ca)
  t.ok(ca.verify(ca.publicKey))
  t.not(ca.fingerprint256, new X509Certificate(other.ca).fingerprint256)
  const own = await askSecurely(`https://127.0.0.1:${one.port}/`, { ca: one.ca })
  const leaf = new X509Certificate(own.certificate.raw)
  t.notOk(leaf.ca)
  t.ok(leaf.verify(ca.publicKey))
  t.ok(leaf.checkIssued(ca))
  t.strictSame(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1'], 'for servers')
  const days = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000
  t.ok(days > 365 && days <= 398, `good for ${days} days`)
  t.ok(Date.parse(ca.validTo) > Date.parse(leaf.validTo))
  for (const { serialNumber } of [ca, leaf]) t.match(serialNumber, /^01[0-9A-F]{30}$/)
  t.not(ca.serialNumber, leaf.serialNumber)
})

t.test('over HTTPS vendors say https, and their cookies are Secure', async (t) => {
  const { understudy, port, ca } = shared
  const form = { 'content-type': 'application/json' }
  const body = JSON.stringify({ username: 'admin', password: 'admin' })
  const login = { ca, method: 'POST', headers: form, body }
  const secure = await askSecurely(`https://127.0.0.1:${port}/portsip/api/login`, login)
  t.match(String(secure.headers['set-cookie']), /; Path=\/portsip; .*Secure/)
  const plain = await fetch(`${understudy.url}/portsip/api/login`, { method: 'POST', headers: form, body })
  t.notMatch(plain.headers.get('set-cookie'), /Secure/)
  const told = { ...login, headers: { ...form, 'x-understudy-scheme': 'http' } }
  const carried = await askSecurely(`https://127.0.0.1:${port}/portsip/api/login`, told)
  t.match(String(carried.headers['set-cookie']), /; Path=\/portsip; /)
  t.notMatch(String(carried.headers['set-cookie']), /Secure/, 'of a client that is said to have asked without TLS')
  const faveo = await askSecurely(`https://127.0.0.1:${port}/faveo/api/v1/authenticate`, {
    ...login,
    body: JSON.stringify({ username: 'demoadmin', password: 'demopass' }),
  })
  t.equal(segments(JSON.parse(faveo.text).token).claims.iss, `https://127.0.0.1:${port}/faveo/api/v1/authenticate`)
  const { text } = await askSecurely(`https://127.0.0.1:${port}/_understudy/vendors`, { ca })
  for (const { name, baseUrl } of JSON.parse(text).vendors) t.equal(baseUrl, `https://127.0.0.1:${port}/${name}`)
})

t.test('by its real name a vendor is called as if it were there', async (t) => {
  const { port, ca } = shared
  const host = 'api.integrationmarketplace.io'
  const { status } = await askSecurely(`https://127.0.0.1:${port}/v1/acme/auth/login`, {
    ca,
    servername: host,
    method: 'POST',
    headers: { host, 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'john.doe', password: 'john.doe.password' }),
  })
  t.equal(status, 200)
})

t.test('host names that a fixture adds, and the one it listens on, are vouched for', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'tavio.json')
  const tavio = JSON.parse(readFileSync(join(fixtures, 'tavio.json'), 'utf8'))
  writeFileSync(
    file,
    JSON.stringify({ ...tavio, settings: { ...tavio.settings, hosts: ['hub.example.com', '*.hub.test'] } }),
  )
  const { port, ca } = await serve(t, { fixtures: file, host: '127.0.0.2' })
  const url = `https://127.0.0.2:${port}/_understudy/health`
  for (const servername of ['hub.example.com', 'a.hub.test']) {
    const { status } = await askSecurely(url, { host: '127.0.0.2', ca, servername, headers: { host: 'localhost' } })
    t.equal(status, 200, servername)
  }
  t.equal((await askSecurely(url, { host: '127.0.0.2', ca })).status, 200, '127.0.0.2')
})

t.test('nothing older than TLS 1.2 and nothing but HTTP/1.1 is spoken', async (t) => {
  const { port, ca } = shared
  const url = `https://127.0.0.1:${port}/_understudy/health`
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { protocol } = await askSecurely(url, { ca, minVersion: version, maxVersion: version })
    t.equal(protocol, version)
  }
  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    const old = { ca, minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }
    await t.rejects(askSecurely(url, old), { message: /alert protocol version/ }, version)
  }
  const speaking = async (...protocols: string[]) => {
    const socket = connect({ port, host: '127.0.0.1', ca, ALPNProtocols: protocols })
    await once(socket, 'secureConnect')
    socket.destroy()
    return socket.alpnProtocol
  }
  t.equal(await speaking('h2', 'http/1.1'), 'http/1.1')
  await t.rejects(speaking('h2'), { code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' })
})

t.test('what is no TLS is cut off, and others are served', async (t) => {
  const { port, ca } = shared
  const socket = connectTcp(port, '127.0.0.1')
  socket.write('GET /_understudy/health HTTP/1.1\r\nHost: localhost\r\n\r\n')
  let text = ''
  socket.setEncoding('latin1').on('data', (part) => {
    text += part
  })
  await once(socket, 'close')
  t.notMatch(text, 'HTTP/', 'no answer in plain text')
  t.equal((await askSecurely(`https://127.0.0.1:${port}/_understudy/health`, { ca })).status, 200)
})

t.test('a client that has said all it has to say still gets its answer over TLS', async (t) => {
  const { port, ca } = shared
  const socket = connect(Object({ port, host: '127.0.0.1', ca, allowHalfOpen: true }))
  socket.end('GET /_understudy/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  let text = ''
  for await (const part of socket.setEncoding('latin1')) text += part
  t.match(text, /^HTTP\/1\.1 200 OK\r\n/)
})

t.test('the CA is kept with the worlds, its key for its owner alone and never handed out', async (t) => {
  const data = join(folderOf(t), 'data')
  const first = await serve(t, { data })
  t.equal(readFileSync(join(data, 'ca.pem'), 'utf8'), first.ca)
  const key = readFileSync(join(data, 'ca-key.pem'), 'utf8')
  t.match(key, 'PRIVATE KEY')
  t.equal(statSync(join(data, 'ca-key.pem')).mode & 0o777, 0o600)
  t.notMatch(first.ca, 'PRIVATE KEY')
  for (const path of ['ca-key.pem', '../ca-key.pem', 'ca.key', 'snapshots/ca-key']) {
    t.notMatch(await (await fetch(`${first.understudy.url}/_understudy/${path}`)).text(), 'PRIVATE KEY', path)
  }
  await first.understudy.close()
  const second = await serve(t, { data })
  t.equal(second.ca, first.ca)
  const { status } = await askSecurely(`https://127.0.0.1:${second.port}/_understudy/health`, { ca: first.ca })
  t.equal(status, 200, 'who trusted the first server trusts the second')
  await second.understudy.close()
  const without = await createUnderstudy({ fixtures, data })
  t.equal((await fetch(`${without.url}/_understudy/ca.pem`)).status, 404, 'without HTTPS there is none')
  await without.close()
  t.strictSame(
    readdirSync(data).filter((file) => /\.pem/.test(file)),
    ['ca-key.pem', 'ca.pem'],
  )
})

t.test('a CA that cannot be used is named and left as it is; the folder is free again', async (t) => {
  const data = join(folderOf(t), 'data')
  await (await createUnderstudy({ fixtures, data, tls: 0 })).close()
  const [certificatePath, keyPath] = [join(data, 'ca.pem'), join(data, 'ca-key.pem')]
  const [certificate, key] = [readFileSync(certificatePath, 'utf8'), readFileSync(keyPath, 'utf8')]
  const leaf = newIdentity()
  const rows: [string, string, string, RegExp][] = [
    ['nonsense', 'x', key, /ca\.pem: expected a certificate in PEM/],
    ['an empty file', '', key, /ca\.pem: expected a certificate in PEM/],
    ['no CA', leaf.certificate, leaf.key, /ca\.pem: expected the certificate of a CA/],
    ['no key', certificate, 'x', /ca-key\.pem: expected a private key in PEM/],
    ['another key', certificate, leaf.key, /ca-key\.pem: expected the key of .*ca\.pem/],
  ]
  for (const [what, cert, itsKey, message] of rows) {
    writeFileSync(certificatePath, cert)
    writeFileSync(keyPath, itsKey)
    await t.rejects(createUnderstudy({ fixtures, data, tls: 0 }), { name: 'DataError', message }, what)
    t.equal(readFileSync(certificatePath, 'utf8'), cert, what)
    t.equal(readFileSync(keyPath, 'utf8'), itsKey, what)
  }
  rmSync(keyPath)
  writeFileSync(certificatePath, certificate)
  await t.rejects(createUnderstudy({ fixtures, data, tls: 0 }), { name: 'DataError', message: /ca-key\.pem: ENOENT/ })
  t.notOk(existsSync(keyPath))
  await (await createUnderstudy({ fixtures, data })).close()
})

t.test('a CA whose time is over gives way to a new one, whatever key lies beside it', async (t) => {
  const data = folderOf(t)
  const old = newIdentity({ ca: true, from: new Date('2020-01-01'), to: new Date('2021-01-01') })
  writeFileSync(join(data, 'ca.pem'), old.certificate)
  writeFileSync(join(data, 'ca-key.pem'), newIdentity().key)
  chmodSync(join(data, 'ca-key.pem'), 0o644)
  const { ca, port } = await serve(t, { data })
  t.not(ca, old.certificate)
  t.equal(readFileSync(join(data, 'ca.pem'), 'utf8'), ca)
  t.equal(statSync(join(data, 'ca-key.pem')).mode & 0o777, 0o600)
  t.equal((await askSecurely(`https://127.0.0.1:${port}/`, { ca })).status, 200)
})

t.test('one’s own certificate is shown, with its chain, and then there is no CA to fetch', async (t) => {
  const root = newIdentity({ ca: true })
  const leaf = newIdentity({ signer: root })
  const folder = folderOf(t, { 'cert.pem': leaf.certificate, 'key.pem': leaf.key })
  const own = { tlsCert: join(folder, 'cert.pem'), tlsKey: join(folder, 'key.pem') }
  const { port, ca, understudy } = await serve(t, own)
  t.match(JSON.parse(ca), { error: { code: 'no-authority' } })
  t.equal((await fetch(`${understudy.url}/_understudy/ca.pem`)).status, 404)
  const { status, certificate } = await askSecurely(`https://127.0.0.1:${port}/`, { ca: root.certificate })
  t.equal(status, 200)
  t.equal(certificate.fingerprint256, new X509Certificate(leaf.certificate).fingerprint256)
})

t.test('the server ends though clients have not got through to TLS, or keep their connections', async (t) => {
  const { understudy, port, ca } = await serve(t)
  const silent = connectTcp(port, '127.0.0.1')
  const half = connectTcp(port, '127.0.0.1')
  half.write(Buffer.from([22, 3, 1, 2, 0]))
  const kept = connect({ port, host: '127.0.0.1', ca })
  for (const socket of [silent, half, kept]) socket.on('error', () => undefined)
  kept.write('GET /_understudy/health HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(kept, 'data')
  const over = Promise.all([silent, half, kept].map((socket) => once(socket.resume(), 'close')))
  await understudy.close()
  await over
})
