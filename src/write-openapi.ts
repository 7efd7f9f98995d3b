import { readFile, writeFile } from 'node:fs/promises'
import { describe } from './control/describe.js'
import { describeControl } from './control/describe-control.js'
import { documentsOf } from './control/documents.js'
import { evidenceDocument } from './evidence-document.js'
import { root, version } from './package.js'
import { documents, withRegistry } from './readme.js'
import { vendors } from './vendors/registry.js'

/**
 * `npm run openapi`: writes a document for each profile of a vendor to `openapi/` and beside them what they rest on, and what is generated of the files that
 * list vendors.
 */
const write = (name: string, document: unknown) =>
  writeFile(root(`openapi/${name}.json`), `${JSON.stringify(document, null, 2)}\n`)

const described = []
for (const { name, title, vendor, profile } of vendors.flatMap(documentsOf)) {
  const document = await describe(vendor, version, profile)
  await write(name, document)
  described.push({ title, document })
}
await writeFile(root('openapi/EVIDENCE.md'), evidenceDocument(described))
await write('control', await describeControl(vendors, version))
for (const file of documents) await writeFile(root(file), withRegistry(await readFile(root(file), 'utf8'), vendors))
