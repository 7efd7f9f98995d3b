import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { Understudy } from '../../src/client/understudy.js'
import { describeControl } from '../../src/control/describe-control.js'
import { vendors } from '../../src/vendors/registry.js'
import { inProcess, overHttp, unheard } from '../support/client.js'
import { accounts, outbox } from './accounts.js'
import { clock } from './clock.js'
import { dispatcher } from './dispatcher.js'
import { faults } from './faults.js'
import { refusals } from './refusals.js'
import { requests } from './requests.js'
import { server } from './server.js'
import { snapshots } from './snapshots.js'
import { tokens } from './tokens.js'

const rules = [
  ...server,
  ...clock,
  ...dispatcher,
  ...tokens,
  ...accounts,
  ...outbox,
  ...faults,
  ...requests,
  ...snapshots,
  ...refusals,
]

/** Control routes that were asked, as `METHOD /path/{parameter}`. */
const asked = new Set<string>()

const watch = (app: FastifyInstance) => {
  app.addHook('onResponse', (request, _reply, done) => {
    const { method, url = '' } = request.routeOptions
    asked.add(`${method} ${url.replace('/_understudy', '').replace(/:(\w+)/g, '{$1}')}`)
    done()
  })
}

const makers: readonly [string, (t: Test) => Promise<Understudy>][] = [
  ['in process', inProcess],
  ['over HTTP', (t) => overHttp(t, watch)],
  ['in process without a listener', unheard],
]

for (const [how, make] of makers) {
  t.test(how, async (t) => {
    const understudy = await make(t)
    t.teardown(() => understudy.close())
    for (const { title, check } of rules) {
      await t.test(title, async (t) => check(t, await understudy.world(), understudy))
    }
  })
}

t.test('the client asks every operation of the control plane', async (t) => {
  const { paths } = await describeControl(vendors, '0')
  const operations = Object.entries(Object(paths)).flatMap(([path, methods]) =>
    Object.keys(Object(methods)).map((method) => `${method.toUpperCase()} ${path}`),
  )
  t.ok(operations.length > 20)
  t.strictSame(
    operations.filter((operation) => !asked.has(operation)),
    [],
  )
})
