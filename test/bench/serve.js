/**
 * A server to be loaded: `whole` as a user starts it, with a fault that matches nothing, or `bare`: the same vendor
 * in the same world without selection, journal and faults. What these three cost is the difference.
 */
import Fastify, { LogController } from 'fastify'
import { buildApp } from '../../dist/app.js'
import { World } from '../../dist/core/world.js'
import { Mounted } from '../../dist/http/mount.js'
import { place } from '../../dist/http/visit.js'
import { openStore } from '../../dist/store/database.js'
import { readFixture, seedRealm } from '../../dist/vendors/load-fixture.js'
import { tavio } from '../../dist/vendors/tavio/index.js'

async function whole() {
  const app = await buildApp({ seed: 1 })
  const { statusCode, body } = await app.inject({
    method: 'POST',
    url: '/_understudy/faults',
    payload: { match: { vendor: 'tavio', operation: 'renew' }, effect: { kind: 'reset' } },
  })
  if (statusCode !== 201) throw new Error(body)
  return app
}

async function bare() {
  const template = new World({ name: 'default', seed: 1, store: openStore() })
  await seedRealm(await readFixture(tavio, 'fixtures/tavio.json'), template.realm('tavio'))
  // Opened from bytes, as every world is: SQLite keeps such a database otherwise than one that it made itself.
  const world = new World({ name: 'default', seed: 1, store: openStore(template.store.serialize()) })
  const entry = { durationMs: null }
  const nothing = { open: () => entry, close: () => undefined }
  Object.defineProperty(world, 'journal', { value: nothing })
  const app = Fastify({
    logController: new LogController({ disableRequestLogging: true }),
    rewriteUrl: (request) => {
      const url = request.url ?? '/'
      place(request, { world: 'default', vendor: 'tavio', mount: '/tavio', path: url.slice(6), host: '', url })
      return url
    },
  })
  app.decorateRequest('visit', null)
  new Mounted(tavio, { plain: false, world: () => world }).register(app)
  return app
}

const app = await (process.argv[2] === 'bare' ? bare() : whole())
await app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`${app.server.address().port}\n`)
process.once('SIGTERM', () => app.close().then(() => process.exit(0)))
