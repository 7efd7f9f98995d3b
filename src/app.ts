import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { answerUnrouted, controlPlane } from './control/plane.js'
import { drawInstance, drawSeed } from './core/chance.js'
import { Clock } from './core/clock.js'
import { Tally } from './core/tally.js'
import { World } from './core/world.js'
import { Worlds } from './core/worlds.js'
import { Connections, type Timeouts } from './http/connections.js'
import { Mounted } from './http/mount.js'
import { Rehearsal } from './http/rehearsal.js'
import { select } from './http/select.js'
import { serverOptions } from './http/server-options.js'
import { Strictness } from './http/strictness.js'
import { place, placeOf } from './http/visit.js'
import { keptWorlds } from './kept-worlds.js'
import { root, version } from './package.js'
import { newSnapshots } from './snapshots.js'
import { openStore } from './store/database.js'
import { Folder } from './store/folder.js'
import { type Fixture, readFixtures, seedRealm } from './vendors/load-fixture.js'
import { vendors as registry } from './vendors/registry.js'
import type { Evidence, Vendor, VendorTypes } from './vendors/vendor.js'

export interface AppOptions {
  readonly seed?: number
  /** Folder that keeps worlds and snapshots. */
  readonly data?: string
  readonly plain?: boolean
  /** Path of a fixture file or folder in place of the shipped ones. */
  readonly fixtures?: string
  readonly logger?: FastifyBaseLogger
  /** The clock of each world, where it is not the machine's. */
  readonly clock?: () => Clock
  readonly maxWorlds?: number
  /** How many vendor requests the journal of a world keeps; 0: none. */
  readonly journal?: number
  /** Show passwords and tokens in the journal, and keep them in snapshots. */
  readonly journalSecrets?: boolean
  /** The level below which an answer of a vendor becomes a 501; without one, none does. */
  readonly strictEvidence?: Evidence
  /** What every control request but `/health` must present as a bearer token. */
  readonly controlToken?: string
  /** Closing cuts connections off, where it else waits until none is in use: also for those that were never used. */
  readonly forceCloseConnections?: boolean
  /** How slow a client may be. */
  readonly timeouts?: Timeouts
  readonly vendors?: readonly Vendor[]
}

/** The seeded world that every other begins as. */
async function template(fixtures: readonly Fixture[], seed: number, options: AppOptions): Promise<Buffer> {
  const world = new World({ name: '', seed, store: openStore(), clock: options.clock?.() ?? new Clock() })
  for (const fixture of fixtures) await seedRealm(fixture, world.realm<VendorTypes>(fixture.vendor.name))
  const bytes = world.store.serialize()
  world.close()
  return bytes
}

declare module 'fastify' {
  interface FastifyInstance {
    /** What the worlds of this server draw from. */
    readonly seed: number
  }
}

/** The whole server, not yet listening. Throws `FixtureError`, `DataError` and `DataInUse`. */
export async function buildApp(options: AppOptions = {}): Promise<FastifyInstance> {
  const { vendors = registry, data } = options
  const fixtures = await readFixtures(vendors, root('fixtures'), options.fixtures)
  const folder = data === undefined ? undefined : new Folder({ path: data, seed: options.seed, drawSeed })
  try {
    return await assemble(options, fixtures, folder)
  } catch (error) {
    folder?.close()
    throw error
  }
}

async function assemble(
  options: AppOptions,
  fixtures: readonly Fixture[],
  folder: Folder | undefined,
): Promise<FastifyInstance> {
  const { vendors = registry, plain = false, maxWorlds = 1000 } = options
  const { journal: capacity = 10_000, journalSecrets = false } = options
  const seed = folder?.seed ?? options.seed ?? drawSeed()
  const tally = new Tally()
  const secretsOf = (name: string) => vendors.find((vendor) => vendor.name === name)?.secrets ?? []
  const worlds = new Worlds({
    template: await template(fixtures, seed, options),
    seed,
    open: openStore,
    max: maxWorlds,
    journal: { capacity, tally, secretsOf: journalSecrets ? null : secretsOf },
    shelf: folder,
    kept: folder && keptWorlds(folder, vendors),
    ...(options.clock && { clock: options.clock }),
  })
  worlds.get('default')
  const rehearsal = new Rehearsal(vendors, openStore)
  const { strictEvidence } = options
  const strictness = strictEvidence && new Strictness(strictEvidence, (request) => rehearsal.foresee(request))
  const mounting = { plain, strictness, world: (name: string) => worlds.get(name) }
  const mounted = new Map(vendors.map((vendor) => [vendor.name, new Mounted(vendor, mounting)]))
  const initialHosts = new Map(fixtures.map(({ vendor, settings }) => [vendor.name, settings.hosts]))
  const hostsOf = (world: string, vendor: string) =>
    worlds.peek(world)?.realm<VendorTypes>(vendor).settings.hosts ?? initialHosts.get(vendor) ?? []

  const { timeouts = { headersMs: 60_000, requestMs: 120_000, checkMs: 30_000 } } = options
  const connections = new Connections()
  const app = Fastify({
    ...(options.logger ? { loggerInstance: options.logger } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: timeouts.requestMs,
    // What reaches a connection that is in use is still answered while the server closes.
    return503OnClosing: false,
    ...(options.forceCloseConnections && { forceCloseConnections: true }),
    ...serverOptions,
    rewriteUrl: (request) => {
      const selection = select(request, vendors, hostsOf)
      place(request, selection)
      return selection.url
    },
    http: {
      requireHostHeader: false,
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: timeouts.checkMs,
    },
    frameworkErrors: (_error, request, reply) => {
      const { vendor } = placeOf(request.raw)
      const answering = vendor === null ? undefined : mounted.get(vendor)
      try {
        if (answering) answering.unreadable(request, reply)
        else answerUnrouted(reply.raw, vendors)
      } catch (reason) {
        // Here no error handler stands behind.
        answerUnrouted(reply.raw, vendors, reason)
      }
    },
    clientErrorHandler: ({ code }, socket) => connections.hangUp(socket, code),
  })
  connections.tend(app.server)
  app.decorate('seed', seed)
  app.decorateRequest('visit', null)
  controlPlane(app, {
    vendors,
    worlds,
    rehearsal,
    snapshots: newSnapshots(vendors, folder?.snapshots),
    tally,
    seed,
    journalSecrets,
    version,
    instance: drawInstance(),
    controlToken: options.controlToken,
    documents: root('openapi'),
    operations: (vendor) => mounted.get(vendor)?.routes.operations ?? [],
    base: (request) => {
      const { world, host } = placeOf(request.raw)
      // By path, and so never under a host name that already means one vendor.
      const name = host.replace(/^[^:]*\.localhost/i, 'localhost')
      return `${request.protocol}://${name}${world === 'default' ? '' : `/@${world}`}`
    },
    world: (request) => worlds.get(placeOf(request.raw).world),
    selected: (request) => placeOf(request.raw).world,
    misplaced: (request) => placeOf(request.raw).problem,
  })
  for (const vendor of mounted.values()) vendor.register(app)
  app.addHook('onClose', async () => {
    await rehearsal.close()
    worlds.close()
    folder?.close()
  })
  return app
}
