import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { version } from './app.js'
import { describe } from './control/describe.js'
import { vendors } from './vendors/registry.js'

/** `npm run openapi`: writes each vendor's document to `openapi/`. */
for (const vendor of vendors) {
  const file = fileURLToPath(new URL(`../openapi/${vendor.name}.json`, import.meta.url))
  await writeFile(file, `${JSON.stringify(await describe(vendor, version), null, 2)}\n`)
}
