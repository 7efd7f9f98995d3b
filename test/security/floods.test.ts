import t from 'tap'
import { vendors } from '../../src/vendors/registry.js'
import { emulate } from '../support/emulate.js'
import { forge, unsigned } from '../support/jwt.js'

/** 100 kB of what patterns may stumble over. */
const floods = [
  'ey',
  'a',
  '1',
  '0.',
  '-',
  '.',
  ' ',
  '%',
  '%41',
  '\\u00',
  '"',
  '\\',
  '[',
  '{',
  '{"a":',
  '<',
  'a@',
  'a.',
  '@a.',
  '&',
  '=',
  '[]',
  '\u00e9',
  '\\ud800',
  ':',
  '/',
]
const limit = 100_000

for (const { name, login } of vendors) {
  t.test(`${name}: 100 kB of anything is answered, and its journal can be read`, async (t) => {
    const { ask, get } = await emulate(t)
    const { operations } = (await get('/_understudy/vendors')).json.vendors.find(
      (one: { name: string }) => one.name === name,
    )
    const good: object = login.body.startsWith('{') ? JSON.parse(login.body) : {}
    let asked = 0
    for (const flood of floods) {
      const text = flood.repeat(Math.floor(limit / Buffer.byteLength(flood) / (/["\\]/.test(flood) ? 2 : 1)))
      const field = String(Object.keys(good)[asked % 2])
      const headerText = text.slice(0, 8000).replaceAll(/[^\x20-\x7e]/g, 'x')
      for (const [type, body] of [
        ['application/json', text],
        ['application/json', JSON.stringify({ ...good, [field]: text })],
        ['application/json', JSON.stringify({ ...good, password: text, token: text })],
        ['application/x-www-form-urlencoded', text],
        ['application/x-www-form-urlencoded', `token=${text}&${field}=${text}`],
        [
          'multipart/form-data; boundary=x',
          `--x\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${text}\r\n--x--`,
        ],
      ]) {
        const { method, path } = operations[asked++ % operations.length]
        const target = path.replace(/:(\w+)|\{\w+\}/g, 'acme')
        const { status } = await ask(method === 'GET' && name !== 'faveo' ? 'POST' : method, `/${name}${target}`, {
          headers: {
            'content-type': String(type),
            authorization: `Bearer ${headerText}`,
            cookie: `token=${headerText}`,
          },
          body: String(body),
          remoteAddress: `10.5.${asked >> 8}.${asked & 255}`,
        })
        t.ok(status < 500, `${method} ${path} ${type} ${flood}: ${status}`)
        const login = await ask('POST', `/${name}${vendors.find((one) => one.name === name)?.login.path}`, {
          headers: { 'content-type': String(type) },
          body: String(body),
          remoteAddress: `10.4.${asked >> 8}.${asked & 255}`,
        })
        t.ok(login.status < 500, `login ${type} ${flood}: ${login.status}`)
      }
      const { items } = (await get('/_understudy/requests?limit=12')).json
      for (const { id } of items) t.equal((await get(`/_understudy/requests/${id}`)).status, 200)
      t.equal((await ask('DELETE', '/_understudy/requests')).status, 204)
    }
  })
}

t.test('as much as a body may have, 1 MiB, is answered by every vendor', async (t) => {
  const whole = 1_048_576
  const { ask, get } = await emulate(t)
  for (const flood of ['a', '%41']) {
    for (const { name, login } of vendors) {
      for (const [type, before] of [
        ['application/json', '{"username":"'],
        ['application/x-www-form-urlencoded', 'username='],
      ] as const) {
        const body = (before + flood.repeat(whole / flood.length)).slice(0, whole)
        const { status } = await ask('POST', `/${name}${login.path}`, { headers: { 'content-type': type }, body })
        t.ok(status < 500 && status !== 413, `${name} ${type} ${flood}: ${status}`)
      }
    }
  }
  for (const { id } of (await get('/_understudy/requests')).json.items) {
    t.equal((await get(`/_understudy/requests/${id}`)).status, 200)
  }
})

t.test(
  'JSON that lies thousands deep is answered, in a token and in a body, and its journal can be read',
  async (t) => {
    const { ask, get, post } = await emulate(t)
    const deep = (count: number) => '['.repeat(count) + ']'.repeat(count)
    // As much as a header may have.
    const token = forge({ alg: 'HS256', typ: 'JWT' }, `{"sub":"1","a":${deep(5800)}}`, unsigned)
    const releases = ['1.9', '1.10', '2']
    for (const { name, operations } of (await get('/_understudy/vendors')).json.vendors) {
      for (const profile of name === 'faveo' ? releases : [undefined]) {
        if (profile) await ask('PATCH', '/_understudy/settings/faveo', { body: { profile } })
        for (const { method, path } of operations) {
          const url = `/${name}${path.replace(/:(\w+)|\{\w+\}/g, 'acme')}`
          for (const body of [undefined, deep(200_000), `{"username":${deep(5000)},"token":"${token}"}`]) {
            const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
            const { status } = await ask(method, url, { headers, ...(body && method !== 'GET' && { body }) })
            t.ok(status < 500, `${method} ${url} ${profile ?? ''}: ${status}`)
          }
        }
      }
    }
    for (const { id } of (await get('/_understudy/requests')).json.items) {
      t.equal((await get(`/_understudy/requests/${id}`)).status, 200)
    }
    t.equal((await post('/_understudy/snapshots', { body: { name: 'deep' } })).status, 201)
    const headers = { 'content-type': 'application/json' }
    const body = `{"vendor":"thiio","account":"1","claims":{"a":${deep(5000)}}}`
    const minted = await post('/_understudy/tokens', { headers, body })
    t.equal(minted.status, 422, minted.text)
  },
)
