import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { version } from './app.js'
import { describe } from './control/describe.js'
import { withRegistry } from './readme.js'
import { vendors } from './vendors/registry.js'

const root = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** `npm run openapi`: writes each vendor's document to `openapi/`, and the parts of the README that list vendors. */
for (const vendor of vendors) {
  await writeFile(root(`openapi/${vendor.name}.json`), `${JSON.stringify(await describe(vendor, version), null, 2)}\n`)
}
await writeFile(root('README.md'), withRegistry(await readFile(root('README.md'), 'utf8'), vendors))
