import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { breaches, type Source } from './support/rooms.js'

const tree = (): Source[] =>
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[cm]?[jt]s$/.test(path))
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join('src', path), 'utf8') }))

t.test('no file of src touches what belongs to another room', async (t) => {
  const sources = tree()
  t.ok(sources.length > 40, 'the tree was read')
  t.ok(
    sources.some(({ path }) => path.endsWith('.js')),
    'JavaScript too',
  )
  t.strictSame(breaches(sources), [])
})

t.test('a planted violation of each kind is caught', async (t) => {
  const rows: [string, string, string][] = [
    ['core/x.ts', "import Fastify from 'fastify'", 'imports fastify'],
    ['core/x.ts', "import { Type } from '@sinclair/typebox'", 'imports @sinclair/typebox'],
    ['core/x.ts', "import { openStore } from '../store/database.js'", 'imports store/database.ts'],
    ['core/x.ts', "import { tavio } from '../vendors/tavio/index.js'", 'imports vendors/tavio/index.ts'],
    ['core/x.ts', "const { errorBody } = await import('../control/errors.js')", 'imports control/errors.ts'],
    ['core/x.ts', 'const now = Date.now()', 'reads the time (Date)'],
    ['core/x.ts', 'const now = performance.now()', 'reads the time (performance)'],
    ['core/x.ts', 'const n = Math.random()', 'draws randomness (Math)'],
    ['core/x.ts', "const n = Math['random']()", 'draws randomness (Math)'],
    ['core/x.ts', 'const { random } = Math', 'draws randomness (Math)'],
    ['core/x.ts', 'const m = Math', 'draws randomness (Math)'],
    ['core/x.ts', "const id = crypto['randomUUID']()", 'draws randomness (randomUUID)'],
    ['core/x.ts', 'const salt = genSaltSync(10)', 'draws randomness (genSaltSync)'],
    ['core/x.ts', "const pair = generateKeyPairSync('rsa')", 'draws randomness (generateKeyPairSync)'],
    ['core/x.ts', "const key = generateKeySync('hmac')", 'draws randomness (generateKeySync)'],
    ['core/x.js', 'const n = Math.random()', 'draws randomness (Math)'],
    ['core/x.ts', 'const now = globalThis.Date.now()', 'reaches for the global object'],
    ['core/x.ts', "const now = globalThis['Date'].now()", 'reaches for the global object'],
    ['core/x.ts', 'const now = process.hrtime.bigint()', 'reads the time (hrtime)'],
    ['app.ts', 'const now = process.hrtime.bigint()', 'reads the time (hrtime)'],
    ['core/x.ts', 'setTimeout(done, 5)', 'waits (setTimeout)'],
    ['http/x.ts', 'setInterval(done, 5)', 'waits (setInterval)'],
    ['core/x.ts', 'const { env } = process', 'reads the environment'],
    ['core/x.ts', 'const home = process.env.HOME', 'reads the environment'],
    ['core/x.ts', "db.exec('DELETE FROM token')", 'speaks SQL'],
    ['core/x.ts', "db.exec('delete from token')", 'speaks SQL'],
    ['core/x.ts', "db.exec('DROP TABLE token')", 'speaks SQL'],
    ['core/x.ts', "db.exec('REPLACE INTO token VALUES (1)')", 'speaks SQL'],
    ['core/x.ts', "db.exec('ALTER TABLE token ADD x')", 'speaks SQL'],
    ['core/x.ts', "if (vendor === 'tavio') return", 'names a vendor (tavio)'],
    ['core/x.ts', "type X = import('../vendors/thiio/wire.js').Y", 'imports vendors/thiio/wire.ts'],
    ['core/x.ts', "import x = require('fastify')", 'imports fastify'],
    ['core/x.ts', "const x = require('fastify')", 'imports fastify'],
    ['core/x.ts', 'const x = await import(`../vendors/tavio/index.js`)', 'imports vendors/tavio/index.ts'],
    ['core/x.ts', 'const x = await import(where)', 'imports what only running it tells'],
    ['store/x.ts', "import { Realm } from '../core/realm.js'", 'imports core/realm.ts'],
    ['store/x.ts', "import type { FastifyReply } from 'fastify'", 'imports fastify'],
    ['store/x.ts', 'const now = new Date()', 'reads the time (Date)'],
    ['store/x.ts', "const kind = 'tavio'", 'names a vendor (tavio)'],
    ['dialects/x.ts', "import { openStore } from '../store/database.js'", 'imports store/database.ts'],
    ['dialects/x.ts', "import { tavio } from '../vendors/tavio/index.js'", 'imports vendors/tavio/index.ts'],
    ['dialects/x.ts', "const isThiio = url.startsWith('/thiio/api')", 'names a vendor (thiio)'],
    ['dialects/x.ts', `const url = \`/tavio/\${path}\``, 'names a vendor (tavio)'],
    ['dialects/x.ts', "import { health } from '../control/health.js'", 'imports control/health.ts'],
    ['vendors/tavio/x.ts', "import { refuse } from '../thiio/refusals.js'", 'imports vendors/thiio/refusals.ts'],
    ['vendors/tavio/x.ts', "import { openStore } from '../../store/database.js'", 'imports store/database.ts'],
    ['vendors/tavio/x.ts', "import { health } from '../../control/health.js'", 'imports control/health.ts'],
    ['vendors/tavio/x.ts', "import { place } from '../../http/visit.js'", 'imports http/visit.ts'],
    ['vendors/tavio/x.ts', "import Fastify from 'fastify'", 'imports fastify'],
    ['vendors/tavio/x.ts', 'const sql = `SELECT id FROM token`', 'speaks SQL'],
    ['vendors/tavio/x.ts', 'const now = new Date()', 'reads the time (Date)'],
    ['vendors/tavio/x.ts', 'const id = crypto.randomUUID()', 'draws randomness (randomUUID)'],
    ['vendors/tavio/x.ts', 'reply.code(401).send({})', 'writes an error by hand'],
    ['vendors/tavio/x.ts', 'reply.code(status).send({})', 'writes an error by hand'],
    ['vendors/tavio/x.ts', "reply['status'](401)", 'writes an error by hand'],
    ['vendors/tavio/x.ts', 'reply.statusCode = 401', 'writes an error by hand'],
    ['vendors/tavio/x.ts', 'reply.raw.writeHead(401)', 'writes an error by hand'],
    ['vendors/tavio/x.ts', "type X = import('../thiio/x.js').Y", 'imports vendors/thiio/x.ts'],
    ['vendors/tavio/x.ts', "import x = require('../thiio/x.js')", 'imports vendors/thiio/x.ts'],
    ['vendors/tavio/x.ts', "if (name === 'thiio') return", 'names a vendor (thiio)'],
    ['vendors/load-fixture.ts', "if (vendor.name === 'tavio') return", 'names a vendor (tavio)'],
    ['vendors/load-fixture.ts', "import { openStore } from '../store/database.js'", 'imports store/database.ts'],
    ['tls/x.ts', "import { generateKeyPair } from 'node:crypto'", 'draws randomness (generateKeyPair)'],
    ['tls/x.ts', 'const until = new Date()', 'reads the time (Date)'],
    ['tls/x.ts', "import { readFileSync } from 'node:fs'", 'imports node:fs'],
    ['tls/x.ts', "import { Folder } from '../store/folder.js'", 'imports store/folder.ts'],
    ['tls/x.ts', "const name = 'tavio'", 'names a vendor (tavio)'],
    ['http/x.ts', "import { tavio } from '../vendors/tavio/index.js'", 'imports vendors/tavio/index.ts'],
    ['http/x.ts', "if (vendor.name === 'tavio') return", 'names a vendor (tavio)'],
    ['http/x.ts', "import { openStore } from '../store/database.js'", 'imports store/database.ts'],
    ['control/x.ts', "import { LoginResponse } from '../vendors/tavio/wire.js'", 'imports vendors/tavio/wire.ts'],
    ['control/x.ts', "const path = '/tavio'", 'names a vendor (tavio)'],
    ['control/x.ts', "import { openStore } from '../store/database.js'", 'imports store/database.ts'],
    ['client/x.ts', "import { ClockShown } from '../control/clock.js'", 'imports control/clock.ts'],
    ['client/x.ts', "import type { Vendor } from '../vendors/vendor.js'", 'imports vendors/vendor.ts'],
    ['client/x.ts', "import { buildApp } from '../app.js'", 'imports app.ts'],
    ['client/x.ts', "import { Value } from '@sinclair/typebox/value'", 'imports @sinclair/typebox/value'],
    ['client/x.ts', "const path = '/tavio'", 'names a vendor (tavio)'],
  ]
  const vendors: Source[] = ['tavio', 'thiio'].map((name) => ({ path: `vendors/${name}/index.ts`, text: '' }))
  for (const [path, text, breach] of rows) {
    t.ok(breaches([{ path, text }, ...vendors]).includes(`${path}: ${breach}`), `${path}: ${text}`)
  }
})
