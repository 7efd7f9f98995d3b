import { readFile } from 'node:fs/promises'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import t from 'tap'
import { version } from '../src/app.js'
import { describe } from '../src/control/describe.js'
import { describeControl } from '../src/control/describe-control.js'
import { vendors } from '../src/vendors/registry.js'
import { levels } from '../src/vendors/vendor.js'

const methods = ['get', 'post', 'put', 'patch', 'delete']

interface Response {
  readonly 'x-evidence': string
  readonly content?: Record<string, { examples: Record<string, { value: unknown; 'x-evidence': string }> }>
}

interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, { operationId: string; responses: Record<string, Response> }>>
}

const documents = [
  ...vendors.map((vendor) => ({ name: vendor.name, written: () => describe(vendor, version) })),
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

for (const { name } of vendors) {
  const file = `openapi/${name}.json`

  t.test(`${file}: every response has a level of evidence, and an example wherever it has a body`, async (t) => {
    const document: Document = JSON.parse(await readFile(file, 'utf8'))
    t.equal(document.openapi, '3.1.0')
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of methods) {
        for (const [status, response] of Object.entries(item[method]?.responses ?? {})) {
          const at = `${method} ${path} ${status}`
          t.ok(
            levels.some((level) => level === response['x-evidence']),
            `${at} has a level`,
          )
          for (const [type, { examples }] of Object.entries(response.content ?? {})) {
            t.ok(Object.keys(examples).length > 0, `${at} has an example of ${type}`)
            for (const [name, example] of Object.entries(examples)) {
              t.ok(
                levels.some((level) => level === example['x-evidence']),
                `${at} ${name} has a level`,
              )
            }
          }
        }
      }
    }
  })
}
