import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import ts from 'typescript'

const run = promisify(execFile)
const readme = readFileSync('README.md', 'utf8')

/** The TypeScript of the README. */
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((block) => block[1] ?? '')

/** A project that has installed the package, and vitest. */
const project = mkdtempSync(join(tmpdir(), 'understudy-'))
mkdirSync(join(project, 'node_modules'))
symlinkSync(resolve('.'), join(project, 'node_modules/auth-understudy'))
for (const name of ['vitest', '@types']) symlinkSync(resolve('node_modules', name), join(project, 'node_modules', name))
t.teardown(() => rmSync(project, { recursive: true }))

const vitest = resolve('node_modules/vitest/vitest.mjs')
const isSuite = (example: string): boolean => example.includes("from 'vitest'")

/** As a runner of TypeScript would have it: without types, and without `await using` for a Node that lacks it. */
const asJavaScript = (example: string): string =>
  ts.transpileModule(example, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  }).outputText

t.test('each example has at most ten lines', async (t) => {
  t.equal(examples.length, 4)
  for (const example of examples) t.ok(example.trimEnd().split('\n').length <= 10, example)
})

t.test('each example compiles strictly against the types of the package', async (t) => {
  const files = examples.map((example, index) => {
    const file = join(project, `example${index}.mts`)
    writeFileSync(file, example)
    return file
  })
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
    typeRoots: [join(project, 'node_modules/@types')],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  })
  const complaints = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText)
  t.strictSame(complaints, [])
})

t.test('the suite is run by vitest as it stands', async (t) => {
  const [suite = ''] = examples.filter(isSuite)
  writeFileSync(join(project, 'example.test.ts'), suite)
  const { stdout } = await run(process.execPath, [vitest, 'run', '--reporter=json'], { cwd: project })
  t.match(JSON.parse(stdout), { success: true, numTotalTests: 2, numPassedTests: 2 })
})

t.test('the other examples run as they stand, and the bug report is replayed', async (t) => {
  for (const example of examples.filter((each) => !isSuite(each))) {
    const code = asJavaScript(example)
    await t.resolves(run(process.execPath, ['--input-type=module', '--eval', code], { cwd: project }), example)
  }
  const [, file = ''] = /`npx understudy replay (\S+)`/.exec(readme) ?? []
  const { stdout } = await run(process.execPath, [resolve('dist/bin/cli.js'), 'replay', file], { cwd: project })
  t.equal(stdout, '1 requests replayed, 0 answered otherwise\n')
})
