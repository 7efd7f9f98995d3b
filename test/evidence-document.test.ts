import { readFileSync } from 'node:fs'
import t from 'tap'
import { documentsOf } from '../src/control/documents.js'
import { evidenceDocument } from '../src/evidence-document.js'
import { vendors } from '../src/vendors/registry.js'
import { casesOf, type Document, levels, type Response, readDocument, unfounded } from './support/founded.js'

const documents = vendors.flatMap(documentsOf)
const written = readFileSync('openapi/EVIDENCE.md', 'utf8')

t.test('every response of every document, and every case of it, has a level and a reference', async (t) => {
  for (const { name } of documents) {
    const document = readDocument(name)
    t.equal(document.openapi, '3.1.0', name)
    t.ok(casesOf(document).length > 20, name)
    t.strictSame(unfounded(document), [], name)
  }
})

t.test('what lacks a level, a reference or an example is found', async (t) => {
  const case200 = ({ 'x-cases': { success = {} } }: Response) => success
  const rows: [string, (me: Response, document: Document) => unknown, RegExp][] = [
    ['a response without a level', (me) => delete me['x-evidence'], /^me 200: no level$/],
    ['a level that there is not', (me) => Object.assign(me, { 'x-evidence': 'sure' }), /^me 200: no level$/],
    ['a response without a reference', (me) => delete me['x-reference'], /^me 200: no reference$/],
    ['a case without a level', (me) => delete case200(me)['x-evidence'], /^me 200, success: no level$/],
    ['a case without a reference', (me) => delete case200(me)['x-reference'], /^me 200, success: no reference$/],
    [
      'something assumed that refers to a page',
      (me) => Object.assign(case200(me), { 'x-reference': 'https://docs.tavio.io' }),
      /^me 200, success: no reference$/,
    ],
    [
      'a decision that stands nowhere',
      (me) => Object.assign(case200(me), { 'x-reference': 'src/vendors/README.md#nobody' }),
      /^me 200, success: no reference$/,
    ],
    [
      'something documented that refers to a decision',
      (me) => Object.assign(case200(me), { 'x-evidence': 'documented' }),
      /^me 200, success: no reference$/,
    ],
    ['a response without cases', (me) => delete me['x-cases'].success, /^me 200: no case$/],
    [
      'a body without an example',
      ({ content }) => Object.assign(content?.['application/json'] ?? {}, { examples: {} }),
      /^me 200: no example$/,
    ],
    [
      'an example without a level',
      ({ content }) => delete content?.['application/json']?.examples.success?.['x-evidence'],
      /^me 200, example success: no level$/,
    ],
    [
      'a weaker case without a reference',
      (_me, { paths }) => {
        const login = paths['/v1/{orgDomain}/auth/login']?.post?.responses['200']
        for (const weaker of Object.values(login?.['x-weaker'] ?? {})) delete weaker['x-reference']
      },
      /^login 200, success: a user name instead of an e-mail address: no reference$/,
    ],
    [
      'an answer where there is no operation',
      (_me, document) => delete document['x-elsewhere']['404']?.['x-evidence'],
      /^elsewhere 404: no level$/,
    ],
  ]
  for (const [what, spoil, complaint] of rows) {
    const document = readDocument('tavio')
    const me = document.paths['/v1/{orgDomain}/me']?.get?.responses['200']
    if (me) spoil(me, document)
    const found = unfounded(document)
    t.equal(found.length, 1, what)
    t.match(found[0], complaint, what)
  }
})

t.test('openapi/EVIDENCE.md is what the documents say; otherwise run npm run openapi', async (t) => {
  const described = documents.map(({ name, title }) => ({ title, document: { ...readDocument(name) } }))
  t.equal(written, evidenceDocument(described))
})

t.test('openapi/EVIDENCE.md counts each case once and names all that are assumed', async (t) => {
  const text = written.replace(/ +/g, ' ')
  t.ok(text.split('\n').length < 400)
  for (const { name, title } of documents) {
    const cases = casesOf(readDocument(name))
    const counts = levels.map((level) => cases.filter(({ founded }) => founded['x-evidence'] === level).length)
    t.ok(text.includes(`| ${[title, ...counts, cases.length].join(' | ')} |`), `${title}: ${counts.join(', ')}`)
    const section = text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
    for (const { at, name, founded } of cases) {
      const [, status] = at.split(' ')
      const row = `| ${status} | ${name} |`
      if (founded['x-evidence'] === 'assumed') t.ok(section.includes(row), `${title}: ${row}`)
    }
  }
})

t.test('openapi/EVIDENCE.md says of each vendor once what is not built', async (t) => {
  for (const { unbuilt } of vendors) {
    for (const { operation, why } of unbuilt) t.equal(written.split(`\n- ${operation}: ${why}\n`).length, 2, operation)
  }
})
