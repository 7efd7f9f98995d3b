/**
 * A server to be loaded, which prints its URL:
 * - `floor`: the limit;
 * - `framed`: the limit in Fastify;
 * - `whole`: the product, with a fault that matches nothing;
 * - `bare`: the same vendor in the same world without selection, journal and faults: the difference is what they cost;
 * - `crowded SIZE`: the product with so many accounts and tokens.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { LogController } from 'fastify'
import { buildApp } from '../../dist/app.js'
import { World } from '../../dist/core/world.js'
import { Mounted } from '../../dist/http/mount.js'
import { place } from '../../dist/http/visit.js'
import { openStore } from '../../dist/store/database.js'
import { tavio } from '../../dist/vendors/tavio/index.js'
import { crowdIn, withTokens } from './crowd.js'
import { floor, framed } from './floor/floor.js'
import { seeded } from './seeded.js'

async function whole() {
  const app = await buildApp({ seed: 1 })
  const { statusCode, body } = await app.inject({
    method: 'POST',
    url: '/_understudy/faults',
    payload: { match: { vendor: 'tavio', operation: 'renew' }, effect: { kind: 'reset' } },
  })
  if (statusCode !== 201) throw new Error(body)
  await app.ready()
  return app.server
}

async function bare() {
  // Opened from bytes, as every world is: SQLite keeps such a database otherwise than one that it made itself.
  const world = new World({ name: 'default', seed: 1, store: openStore(await seeded()) })
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
  await app.ready()
  return app.server
}

async function withCrowd(size) {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'))
  try {
    const app = await buildApp({ seed: 1, vendors: [withTokens], fixtures: crowdIn(folder, Number(size)) })
    await app.ready()
    return app.server
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const servers = {
  floor: async () => floor(await seeded()),
  framed: async () => framed(await seeded()),
  whole,
  bare,
  crowded: withCrowd,
}
const [kind, ...given] = process.argv.slice(2)
const server = await servers[kind](...given)
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`))
process.once('SIGTERM', () => process.exit(0))
