import { readFileSync } from 'node:fs'
import t from 'tap'
import { answersIn, listening } from '../support/wire.js'

/** Ways out of a folder, and names that are none. */
const ways = [
  '..',
  '../package.json',
  '../../package.json',
  '../../../../../../etc/passwd',
  '%2e%2e',
  '%2e%2e%2fpackage.json',
  '..%2fpackage.json',
  '..%2f..%2fpackage.json',
  '%252e%252e%252fpackage.json',
  '..%5cpackage.json',
  '..%5c..%5cpackage.json',
  '..\\package.json',
  '....//package.json',
  '..;/package.json',
  '..%c0%afpackage.json',
  '%uff0e%uff0e/package.json',
  'control.json%00',
  'control.json%00.json',
  '%00',
  '/etc/passwd',
  '%2fetc%2fpasswd',
  'file:///etc/passwd',
  'C:%5cwindows%5cwin.ini',
  'a'.repeat(1900),
  'a'.repeat(10_000),
  '.',
  '~',
  '-',
  'A',
  ' ',
  '%20',
  '%0a',
  'ä',
  '%c3%a4',
  'w7%2f..',
]

const inRequests: [string, (way: string) => string][] = [
  ['a document', (way) => `/_understudy/openapi/${way}`],
  ['the reader', (way) => `/_understudy/docs/${way}`],
  ['its static files', (way) => `/_understudy/docs/static/${way}`],
  ['a snapshot', (way) => `/_understudy/snapshots/${way}`],
  ['a world', (way) => `/@${way}/_understudy/clock`],
  ['a world of a vendor', (way) => `/@${way}/tavio/v1/acme/me`],
  ['settings', (way) => `/_understudy/settings/${way}`],
  ['a vendor', (way) => `/${way}`],
  ['an organization', (way) => `/tavio/v1/${way}/me`],
  ['a request', (way) => `/_understudy/requests/${way}`],
]

/** What stands in files that no answer shows. */
const files = [
  readFileSync('package.json', 'utf8').slice(0, 60),
  'root:x:0:0',
  '"lockfileVersion"',
  'BEGIN PRIVATE KEY',
]

t.test('no name in a path leads out of where it belongs', async (t) => {
  const { client, get } = await listening(t)
  const worlds = async () => (await get('/_understudy/worlds')).json.items.map(({ name }: { name: string }) => name)
  for (const [what, path] of inRequests) {
    for (const way of ways) {
      // As bytes, for every client library tidies a path up.
      const sent = Buffer.from(path(way)).toString('latin1')
      const one = client().write(`GET ${sent} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
      const text = await one.until(() => false)
      const [answer] = answersIn(text)
      const label = `${what}: ${way.slice(0, 60)}`
      t.ok(answer && answer.status < 500, `${label}: ${answer?.status}`)
      t.notOk(
        files.some((file) => text.includes(file)),
        label,
      )
    }
  }
  t.strictSame(await worlds(), ['default'], 'and no world was made')
})

t.test('a name of a world or a snapshot is a short one of a small alphabet, wherever it is given', async (t) => {
  const { ask, get, post, client } = await listening(t)
  const malformed = [...ways, '', '-a', 'a_b', 'a.b', 'A', 'a'.repeat(64), '__proto__', 'a\0', 'a/b', 'a\\b', 'w7\n']
  for (const name of malformed) {
    t.equal((await post('/_understudy/worlds', { body: { name } })).status, 422, `a world ${name.slice(0, 60)}`)
    t.equal((await post('/_understudy/worlds', { body: { name: 'w8', from: { snapshot: name } } })).status >= 400, true)
    t.equal((await post('/_understudy/snapshots', { body: { name } })).status, 422, `a snapshot ${name.slice(0, 60)}`)
    const encoded = encodeURIComponent(name)
    for (const [method, path] of [
      ['DELETE', `/worlds/${encoded}`],
      ['PUT', `/snapshots/${encoded}`],
      ['DELETE', `/snapshots/${encoded}`],
      ['POST', `/snapshots/${encoded}/restore`],
    ] as const) {
      const { status } = await ask(
        method,
        `/_understudy${path}`,
        method === 'PUT' ? { body: Buffer.from('x'), headers: { 'content-type': 'application/vnd.sqlite3' } } : {},
      )
      t.ok(status >= 400 && status < 500, `${method} ${path.slice(0, 60)}: ${status}`)
    }
  }
  const byHeader = malformed.filter((name) => /^[\x21-\x7e]+$/.test(name) && name.length < 5000)
  for (const name of byHeader) {
    const { status, json } = await get('/tavio/v1/acme/me', { headers: { 'x-understudy-world': name } })
    t.strictSame([status, json.error.code], [400, 'malformed-world'], name.slice(0, 60))
    // Hosts have no letter case.
    if (name === 'A') continue
    const one = client().write(`GET /v1/acme/me HTTP/1.1\r\nHost: tavio.${name}.localhost\r\nConnection: close\r\n\r\n`)
    const [answer] = answersIn(await one.until(() => false))
    t.ok(answer && [400, 404].includes(answer.status), `as a host: ${name.slice(0, 60)}: ${answer?.status}`)
  }
  t.match((await get('/_understudy/worlds')).json.items, { length: 1 }, 'only the world that there was')
  t.strictSame((await get('/_understudy/snapshots')).json.items, [])
})
