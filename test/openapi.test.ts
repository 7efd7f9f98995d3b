import { readFile } from 'node:fs/promises'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import t from 'tap'
import { describe } from '../src/control/describe.js'
import { describeControl } from '../src/control/describe-control.js'
import { documentsOf } from '../src/control/documents.js'
import { version } from '../src/package.js'
import { vendors } from '../src/vendors/registry.js'
import { nonconformity } from './support/conform.js'
import { emulate } from './support/emulate.js'

const vendorDocuments = vendors.flatMap(documentsOf)

const documents = [
  ...vendorDocuments.map(({ name, vendor, profile }) => ({ name, written: () => describe(vendor, version, profile) })),
  { name: 'control', written: () => describeControl(vendors, version) },
]

for (const { name, written } of documents) {
  const file = `openapi/${name}.json`

  t.test(`${file} is what the schemas say; otherwise run npm run openapi`, async (t) => {
    t.equal(await readFile(file, 'utf8'), `${JSON.stringify(await written(), null, 2)}\n`)
  })

  t.test(`${file} is valid`, async (t) => {
    const source = await readFile(file, 'utf8')
    const config = await createConfig({ extends: ['recommended'] })
    const problems = await lintFromString({ source, absoluteRef: file, config })
    t.strictSame(
      problems
        .filter(({ severity }) => severity === 'error')
        .map(({ message, location }) => `${location[0]?.pointer}: ${message}`),
      [],
    )
  })
}

interface Described {
  readonly info: { readonly description: string }
  readonly paths: Record<string, Record<string, { responses: Record<string, Response> }>>
}

const read = async (name: string): Promise<Described> => JSON.parse(await readFile(`openapi/${name}.json`, 'utf8'))

const routesOf = ({ paths }: Described): string[] =>
  Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`))

t.test('each profile of a vendor has a document, the default one under the name of the vendor alone', async (t) => {
  t.strictSame(Object.fromEntries(vendorDocuments.map(({ name, profile }) => [name, profile])), {
    thiio: undefined,
    babelfor: undefined,
    portsip: '22.1',
    'portsip-22.2': '22.2',
    faveo: '1.10',
    'faveo-1.9': '1.9',
    'faveo-2': '2',
    tavio: undefined,
  })
  for (const { name, profile } of vendorDocuments) {
    const said = /Profile (\S+)\./.exec((await read(name)).info.description)?.[1]
    t.equal(said, profile, `${name} says so`)
  }
})

t.test('a document shows the operations of its profile and no other', async (t) => {
  const first = routesOf(await read('portsip'))
  const second = routesOf(await read('portsip-22.2'))
  t.ok(first.every((route) => second.includes(route)))
  t.ok(first.length > 0)
  t.notOk(first.some((route) => route.includes('/api/auth/')))
  t.ok(second.includes('post /api/auth/sign_in'))
  for (const name of ['faveo-1.9', 'faveo-2']) t.strictSame(routesOf(await read(name)), routesOf(await read('faveo')))
})

t.test('an answer of one profile does not conform to the document of another', async (t) => {
  const { set, post } = await emulate(t)
  const path = '/api/v1/authenticate'
  const documents = { '1.10': 'faveo', '1.9': 'faveo-1.9', 2: 'faveo-2' }
  for (const profile of Object.keys(documents)) {
    await set('faveo', { profile })
    const { status, text, headers } = await post(`/faveo${path}`, {
      body: { username: 'demoadmin', password: 'demopass' },
    })
    const contentType = String(headers['content-type'])
    for (const [other, document] of Object.entries(documents)) {
      for (const evidence of ['source', 'framework', 'seed']) {
        const seen = { method: 'POST', path, status, contentType, text, evidence }
        const own = other === profile && evidence === headers['x-understudy-evidence']
        // A weaker case of its own may have that level too.
        const weaker = other === profile && evidence === 'source'
        if (!weaker || own)
          t.equal(nonconformity(document, seen) === null, own, `${profile} by ${document}, ${evidence}`)
      }
    }
  }
})

t.test('the document of the control plane says which bodies may be left out, and which are files', async (t) => {
  const { paths } = Object(await describeControl(vendors, version))
  for (const [path, required] of [
    ['/clock/freeze', false],
    ['/worlds', false],
    ['/snapshots', false],
    ['/clock/advance', true],
    ['/tokens', true],
  ] as const) {
    t.equal(paths[path].post.requestBody.required, required, path)
  }
  const { get, put } = paths['/snapshots/{name}']
  t.match(put.requestBody, { required: true, content: { 'application/vnd.sqlite3': {} } })
  t.match(get.responses['200'], { content: { 'application/vnd.sqlite3': {} } })
})

t.test('the server hands out every document and lists them in the reader; another is 404 with the list', async (t) => {
  const { get } = await emulate(t)
  const names = documents.map(({ name }) => `${name}.json`)
  for (const name of names) {
    const { status, text, headers } = await get(`/_understudy/openapi/${name}`)
    t.equal(status, 200, name)
    t.equal(headers['content-type'], 'application/json', name)
    t.equal(text, await readFile(`openapi/${name}`, 'utf8'), name)
  }
  const { status, json } = await get('/_understudy/openapi/faveo-3.json')
  t.equal(status, 404)
  t.equal(json.error.code, 'unknown-document')
  t.strictSame([...json.error.details.documents].sort(), [...names].sort())
  const reader = (await get('/_understudy/docs/static/swagger-initializer.js')).text
  for (const name of names) t.ok(reader.includes(`/_understudy/openapi/${name}`), `the reader lists ${name}`)
})
