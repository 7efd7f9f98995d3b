import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { documentsOf } from '../../src/control/documents.js'
import { vendors } from '../../src/vendors/registry.js'
import { start } from '../support/command.js'

t.test('each document is printed as the server serves it', async (t) => {
  const rows = vendors.flatMap((vendor) => [
    { name: vendor.name, args: [vendor.name] },
    ...documentsOf(vendor).flatMap(({ name, profile }) =>
      profile === undefined ? [] : [{ name, args: [vendor.name, '--profile', profile] }],
    ),
  ])
  for (const { name, args } of [...rows, { name: 'control', args: ['control'] }]) {
    const run = start(t, ['openapi', ...args])
    t.equal(await run.exit, 0, args.join(' '))
    t.ok(run.stdout === readFileSync(`openapi/${name}.json`, 'utf8'), args.join(' '))
  }
})

t.test('a vendor or profile that there is not ends it with code 2, and names which there are', async (t) => {
  for (const [args, sentence] of [
    [['nobody'], `there is no vendor "nobody"; there are ${vendors.map(({ name }) => name).join(', ')}`],
    [['faveo', '--profile', '3'], '--profile: expected one of 1.10, 1.9, 2'],
    [['tavio', '--profile', '3'], '--profile: expected nothing, as tavio has no profiles'],
    [['control', '--profile', '3'], '--profile: expected nothing, as control has no profiles'],
  ] as const) {
    const run = start(t, ['openapi', ...args])
    t.equal(await run.exit, 2, args.join(' '))
    t.equal(run.stderr, `understudy: ${sentence}\n`)
    t.equal(run.stdout, '')
  }
})

t.test('a reader who leaves early is no failure', async (t) => {
  const run = start(t, ['openapi', 'control'])
  run.process.stdout?.destroy()
  if (run.process.exitCode === null) await once(run.process, 'exit')
  t.equal(run.process.exitCode, 0)
  t.equal(run.stderr, '')
})
