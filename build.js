// @ts-check
// Makes of dist/ what programs load with `require`: dist/cjs/index.js, one file, and its types. A file of ES modules that
// is required would do for Node alone; test runners with a module system of their own, such as jest, cannot load it.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { build } from 'esbuild'
import ts from 'typescript'

const dist = resolve(import.meta.dirname, 'dist')
const target = join(dist, 'cjs')

/** Files of the package are found from the module that asks for them, and so each module keeps the place it had. */
const ownUrls = {
  name: 'own-urls',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const place = JSON.stringify(relative(target, path))
      const url = `require('node:url').pathToFileURL(require('node:path').join(__dirname, ${place})).href`
      return { contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', url) }
    })
  },
}

/** @param {string} from A declaration file; it is copied with all that it names of ours. */
function copyTypes(from, copied = new Set()) {
  if (copied.has(from)) return
  copied.add(from)
  const to = join(target, relative(dist, from))
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
  for (const { fileName } of ts.preProcessFile(readFileSync(from, 'utf8')).importedFiles) {
    if (fileName.startsWith('.')) copyTypes(resolve(dirname(from), fileName.replace(/\.js$/, '.d.ts')), copied)
  }
}

rmSync(target, { recursive: true, force: true })
const { warnings } = await build({
  entryPoints: [join(dist, 'index.js')],
  outfile: join(target, 'index.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  packages: 'external',
  // jest knows no `import()` in a module that is required.
  supported: { 'dynamic-import': false },
  plugins: [ownUrls],
})
if (warnings.length > 0) process.exitCode = 1
copyTypes(join(dist, 'index.d.ts'))
writeFileSync(join(target, 'package.json'), '{ "type": "commonjs" }\n')
