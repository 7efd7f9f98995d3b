import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { version } from './app.js'
import { describe } from './control/describe.js'
import { describeControl } from './control/describe-control.js'
import { withRegistry } from './readme.js'
import { vendors } from './vendors/registry.js'

const root = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** `npm run openapi`: writes each vendor's document to `openapi/`, and the parts of the README that list vendors. */
const write = (name: string, document: unknown) =>
  writeFile(root(`openapi/${name}.json`), `${JSON.stringify(document, null, 2)}\n`)

for (const vendor of vendors) await write(vendor.name, await describe(vendor, version))
await write('control', await describeControl(vendors, version))
await writeFile(root('README.md'), withRegistry(await readFile(root('README.md'), 'utf8'), vendors))
