// @ts-check
// Makes of dist/
// - what programs load with `require`: dist/cjs/index.js, one file, and its types. A file of ES modules that is required
//   would do for Node alone; test runners with a module system of their own, such as jest, cannot load it;
// - the command: dist/bin/cli.js, in one file with the packages that every start loads, because to find and load six
//   hundred files takes half of the time of a start. For `require` too: Node takes longer to load ES modules, even few.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import ts from 'typescript'

const dist = resolve(import.meta.dirname, 'dist')
const target = join(dist, 'cjs')
const command = join(dist, 'bin')

/** Files of the package are found from the module that asks for them, and so each module keeps the place it had. */
const ownUrls = {
  name: 'own-urls',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      if (path.includes('/node_modules/')) return undefined
      const place = `require('node:path').join(__dirname, ${JSON.stringify(relative(target, path))})`
      const url = `require('node:url').pathToFileURL(${place}).href`
      return { contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', url) }
    })
  },
}

/** Editors show what each option is, of which the compiler keeps nothing. @param {string} place The types of the options */
async function documentOptions(place) {
  const { Options } = await import(pathToFileURL(place.replace(/\.d\.ts$/, '.js')).href)
  let types = readFileSync(place, 'utf8')
  for (const [name, { description }] of Object.entries(Options.properties)) {
    // The compiler leaves alone what it need not write anew, and then the comment is there.
    const property = new RegExp(`^(?: +/\\*\\*.*\\*/\n)?( +)${name}: `, 'm')
    if (!property.test(types)) throw new Error(`${place} has no ${name}`)
    types = types.replace(property, (_, indent) => `${indent}/** ${description} */\n${indent}${name}: `)
  }
  writeFileSync(place, types)
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

/** Their licences ask that they stand with every copy. @param {readonly string[]} files Paths of what was copied */
function licencesOf(files) {
  const folders = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))
  return [...folders].sort().map((folder) => {
    const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    if (typeof license !== 'string') throw new Error(`${name} does not say what its licence is`)
    const text = file === undefined ? `by ${author?.name ?? author}` : readFileSync(join(folder, file), 'utf8').trim()
    return `${name} ${version}: ${license}\n\n${text}\n`
  })
}

/** jsonwebtoken asks, by all of semver, for what every Node that we run on can do. */
const ableNode = {
  name: 'able-node',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: /\/jsonwebtoken\/lib\/\w+Supported\.js$/ }, async ({ path }) => {
      const since = /semver\.satisfies\(process\.version, '.*>=(\d+)\.[\d.]+'\)/.exec(await readFile(path, 'utf8'))?.[1]
      if (since === undefined || Number(since) >= 20) throw new Error(`${path} asks for more than it did`)
      return { contents: 'module.exports = true' }
    })
  },
}

/** Whether it was compiled or fetched, npm leaves it in the same place; better-sqlite3 tries a dozen. */
const nativeBinding = {
  name: 'native-binding',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    const contents = "module.exports = () => require('better-sqlite3/build/Release/better_sqlite3.node')"
    build.onResolve({ filter: /^bindings$/ }, ({ path }) => ({ path, namespace: 'native-binding' }))
    build.onLoad({ filter: /^bindings$/, namespace: 'native-binding' }, () => ({ contents }))
  },
}

/** What packages load at their start although hardly anybody uses it, by file: the names that they give to it. */
const late = {
  'fastify/lib/plugin-utils.js': ['semver'],
  'fastify/lib/server.js': ['http2', 'https'],
}

/** Loads it where it is used. */
const lateLoading = {
  name: 'late-loading',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    for (const [file, names] of Object.entries(late)) {
      build.onLoad({ filter: new RegExp(`/node_modules/${file.replaceAll('.', '\\.')}$`) }, async ({ path }) => {
        let contents = await readFile(path, 'utf8')
        for (const name of names) {
          const [declaration, value] = new RegExp(`^const ${name} = (require\\(.+?\\));?$`, 'm').exec(contents) ?? []
          if (declaration === undefined) throw new Error(`${path} does not load ${name}`)
          contents = contents.replace(declaration, '').replaceAll(new RegExp(`\\b${name}\\.`, 'g'), `${value}.`)
        }
        return { contents }
      })
    }
  },
}

/** Packages of Fastify's of which the same is true as a whole: files beside the command. */
const apart = ['light-my-request', 'semver']
const ofFastify = createRequire(createRequire(import.meta.url).resolve('fastify'))

const keptApart = {
  name: 'kept-apart',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    const filter = new RegExp(`^(${apart.join('|')})$`)
    build.onResolve({ filter }, ({ path }) => ({ path: `./${path}.js`, external: true }))
  },
}

for (const folder of [target, command]) rmSync(folder, { recursive: true, force: true })
const forAll = /** @type {const} */ ({ bundle: true, platform: 'node', target: 'node20', format: 'cjs' })
const library = await build({
  ...forAll,
  entryPoints: [join(dist, 'index.js')],
  outfile: join(target, 'index.js'),
  packages: 'external',
  // jest knows no `import()` in a module that is required.
  supported: { 'dynamic-import': false },
  plugins: [ownUrls],
})
const { warnings, metafile } = await build({
  ...forAll,
  entryPoints: {
    understudy: join(dist, 'cli.js'),
    ...Object.fromEntries(apart.map((name) => [name, ofFastify.resolve(name)])),
  },
  outdir: command,
  metafile: true,
  // Comments are read at every start. Names stay, and lines as short as an error may show them.
  minifyWhitespace: true,
  lineLimit: 120,
  legalComments: 'none',
  // Loaded only when they are needed, or not made of JavaScript alone.
  external: [
    ...['better-sqlite3/build/*', 'piscina', '@fastify/swagger', '@fastify/swagger-ui', 'prom-client', 'node-forge'],
    ...['chokidar', 'undici', 'ora'],
    // Of Fastify's, never loaded: schemas are compiled here.
    ...['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'],
  ],
  plugins: [ownUrls, ableNode, nativeBinding, lateLoading, keptApart],
})
if (library.warnings.length > 0 || warnings.length > 0) process.exitCode = 1
writeFileSync(join(command, 'LICENSES'), licencesOf(Object.keys(metafile.inputs)).join(`\n${'-'.repeat(80)}\n\n`))
const bundle = join(command, 'understudy.js')
// In code that was compiled at an earlier start V8 knows no `import()`; a file that it compiles anew does.
const importing = /(?<![\w$.])import\(("[^"]+")\)/g
const loading = readFileSync(bundle, 'utf8').replaceAll(importing, "require('./load.js')($1)")
if (/(?<![\w$.])import\(/.test(loading)) throw new Error(`${bundle} imports what has no name`)
writeFileSync(bundle, loading)
writeFileSync(join(command, 'load.js'), 'module.exports = (name) => import(name)\n')
copyFileSync(resolve(import.meta.dirname, 'src/bin/cli.cjs'), join(command, 'cli.js'))
chmodSync(join(command, 'cli.js'), 0o755)
await documentOptions(join(dist, 'options.d.ts'))
copyTypes(join(dist, 'index.d.ts'))
for (const folder of [target, command]) writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
