import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where a file or folder of this package lies, by its path from the package's root. */
export const root = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

export const version = String(JSON.parse(readFileSync(root('package.json'), 'utf8')).version)
