import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import t from 'tap'
import ts from 'typescript'
import { install, link, pack } from './support/install.js'

const run = promisify(execFile)

const imports = "import { connectUnderstudy, createUnderstudy, UnderstudyError, type World } from 'auth-understudy'"

/** What a program does with the library: logs in, is refused, asks for documents, over HTTP and without a listener. */
const program = `
import assert from 'node:assert/strict'
async function login(world: World, password: string): Promise<number> {
  const response = await fetch(\`\${world.url('tavio')}/v1/acme/auth/login\`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'john.doe', password }),
  })
  return response.status
}
async function main(): Promise<void> {
  const understudy = await createUnderstudy()
  const world = await (await connectUnderstudy(understudy.url)).world()
  assert.equal(await login(world, 'john.doe.password'), 200)
  assert.equal(await login(world, 'wrong'), 401)
  const [entry] = await world.requests.list({ refusal: 'wrong-password' })
  const status: number | null | undefined = entry?.status
  assert.equal(status, 401)
  const error: unknown = await world.clock.advance('soon').catch((thrown: unknown) => thrown)
  assert.ok(error instanceof UnderstudyError)
  assert.equal(error.code, 'invalid-duration')
  assert.equal((await understudy.openapi('tavio')).openapi, '3.1.0')
  await understudy.close()
  const unheard = await createUnderstudy({ listen: false })
  const dispatcher = await unheard.dispatcher({ onUnhandledRequest: 'error' })
  const { status: missing } = await fetch('https://api.integrationmarketplace.io/nothing', { dispatcher })
  assert.equal(missing, 404)
  await unheard.close()
}
main()
`

/** The program in each kind of module; what TypeScript makes of it is what the programs in JavaScript are. */
const programs = {
  'esm.mts': imports + program,
  'cjs.cts': imports + program,
  'require.cts': `import understudy = require('auth-understudy')
const { connectUnderstudy, createUnderstudy, UnderstudyError } = understudy
type World = understudy.World${program}`,
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  // Without the DOM, whose `fetch` knows no dispatcher.
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  strict: true,
  skipLibCheck: false,
}

type Program = keyof typeof programs

/** What the compiler says of these programs, and of the types of the package that they use. */
function complaints(project: string, ...names: readonly Program[]): string[] {
  for (const name of names) writeFileSync(join(project, name), programs[name])
  const files = names.map((name) => join(project, name))
  const compiler = ts.createProgram(files, {
    ...options,
    typeRoots: [join(project, 'node_modules/@types')],
    noEmit: true,
  })
  // What the package depends on is not ours, and takes most of the time.
  const ours = compiler.getSourceFiles().filter(({ fileName }) => fileName.startsWith(project))
  return ours
    .flatMap((file) => [...compiler.getSyntacticDiagnostics(file), ...compiler.getSemanticDiagnostics(file)])
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

async function start(project: string, name: Program): Promise<void> {
  const { outputText } = ts.transpileModule(programs[name], { fileName: name, compilerOptions: options })
  const file = join(project, name.replace('ts', 'js'))
  writeFileSync(file, outputText)
  await run(process.execPath, [file], { cwd: project })
}

/** What the types say nothing of, among all that they export. */
function unexplained(types: string): string[] {
  const compiler = ts.createProgram([types], { ...options, skipLibCheck: true })
  const checker = compiler.getTypeChecker()
  const file = compiler.getSourceFile(types)
  const module = file && checker.getSymbolAtLocation(file)
  if (!module) throw new Error(`${types} is no module`)
  const isSilent = (symbol: ts.Symbol) => symbol.getDocumentationComment(checker).length === 0
  const isOurs = ({ name, declarations = [] }: ts.Symbol) =>
    // An error's name is its class, and what is private has none.
    name !== 'name' &&
    declarations.some((one) => one.getSourceFile().fileName.startsWith(dirname(types)) && 'name' in one) &&
    !declarations.some((one) => ts.isPropertyDeclaration(one) && ts.isPrivateIdentifier(one.name))
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    const isType = (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)) !== 0
    const members = isType ? checker.getDeclaredTypeOfSymbol(symbol).getProperties().filter(isOurs) : []
    return [
      ...(isSilent(symbol) ? [symbol.name] : []),
      ...members.filter(isSilent).map(({ name }) => `${symbol.name}.${name}`),
    ]
  })
}

t.test('the package', async (t) => {
  const tarball = await pack(t)
  const project = await install(t, tarball)
  const place = join(project, 'node_modules/auth-understudy')
  link(project, ['@types/node'])

  await t.test('is what publint expects of one', async (t) => {
    const { messages, pkg } = await publint({ pkgDir: place, strict: true, pack: false })
    t.strictSame(
      messages.map((message) => formatMessage(message, pkg)),
      [],
    )
  })

  await t.test('has types that fit the code, however a module is resolved', async (t) => {
    const attw = resolve('node_modules/@arethetypeswrong/cli/dist/index.js')
    const { stdout } = await run(process.execPath, [attw, tarball, '--format', 'json'])
    t.match(JSON.parse(stdout), { analysis: { types: { kind: 'included' } }, problems: {} })
    t.strictSame(JSON.parse(stdout).analysis.problems, [])
  })

  await t.test('says what each thing is that it exports, options and members included', (t) => {
    for (const types of ['dist/index.d.ts', 'dist/cjs/index.d.ts'])
      t.strictSame(unexplained(join(place, types)), [], types)
    t.end()
  })

  await t.test('compiles strictly in a program with both kinds of module, and so in one of either', async (t) => {
    t.strictSame(complaints(project, 'esm.mts', 'cjs.cts', 'require.cts'), [])
  })

  for (const name of ['esm.mts', 'cjs.cts', 'require.cts'] as const) {
    await t.test(`is run by a program that is ${name}`, (t) => t.resolves(start(project, name)))
  }

  await t.test('holds its command, which serves, answers and stops', async (t) => {
    const child = spawn('npx', ['--no-install', 'understudy', '--port', '0'], { cwd: project, detached: true })
    t.teardown(() => child.kill('SIGKILL'))
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text
    })
    while (!printed.includes('Try:')) await once(child.stdout, 'data')
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? []
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    t.match(await (await fetch(`${url}/_understudy/health`)).json(), { status: 'ok', version })
    t.equal((await fetch(`${url}/_understudy/docs`)).status, 200)
    t.equal((await fetch(`${url}/_understudy/metrics`)).status, 200)
    const ended = once(child, 'exit')
    // npx, its shell and the command, as a terminal would.
    process.kill(-Number(child.pid), 'SIGINT')
    await ended
    await t.rejects(fetch(url))
  })

  await t.test('holds all that its commands load, with no more than the packages that it declares', async (t) => {
    const rows: [string, RegExp][] = [
      ['env tavio', /^export TAVIO_BASE_URL=/],
      ['refusals tavio', /^login /],
      ['openapi tavio', /"openapi": "3\.1\.0"/],
      ['fixtures schema tavio', /"Fixture of Tavio/],
      [`fixtures check ${join(place, 'fixtures')}`, /tavio\.json: usable/],
    ]
    for (const [args, printed] of rows) {
      const { stdout } = await run('npx', ['--no-install', 'understudy', ...args.split(' ')], { cwd: project })
      t.match(stdout, printed, args)
    }
  })

  await t.test('shows what is not in it, or should not be: planted in copies', async (t) => {
    const spoil = async (how: (place: string) => void) => {
      const copy = await install(t, tarball)
      link(copy, ['@types/node'])
      how(join(copy, 'node_modules/auth-understudy'))
      return copy
    }
    const without = await spoil((place) => rmSync(join(place, 'fixtures/tavio.json')))
    await t.rejects(start(without, 'cjs.cts'), { message: /tavio\.json/ }, 'a file that is missing')
    const needy = await spoil((place) => appendFileSync(join(place, 'dist/create.js'), "\nimport 'esbuild'\n"))
    await t.rejects(start(needy, 'esm.mts'), { message: /Cannot find package 'esbuild'/ }, 'a development dependency')
    const wrong = await spoil((place) => rmSync(join(place, 'dist/cjs/client/world.d.ts')))
    t.match(complaints(wrong, 'cjs.cts').join('\n'), /world\.js'/, 'types that are missing')
  })
})
