import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { localCertificate, namesOf } from './certificate.js'
import { answerUnrouted, controlPlane } from './control/plane.js'
import { drawInstance, drawSeed } from './core/chance.js'
import type { Clock } from './core/clock.js'
import type { Identity } from './core/shelf.js'
import { Tally } from './core/tally.js'
import { Worlds } from './core/worlds.js'
import { Connections, type Timeouts } from './http/connections.js'
import { Mounted } from './http/mount.js'
import { Ports, portOwner, type ShownIdentity } from './http/ports.js'
import { Rehearsal } from './http/rehearsal.js'
import { select } from './http/select.js'
import { portOptions, serverOptions } from './http/server-options.js'
import { Strictness } from './http/strictness.js'
import { place, placeOf } from './http/visit.js'
import { keptWorlds } from './kept-worlds.js'
import { type Login, loginAs } from './logins.js'
import { originsOf } from './origin.js'
import { root, version } from './package.js'
import { newSnapshots } from './snapshots.js'
import { openStore } from './store/database.js'
import { Folder } from './store/folder.js'
import { assertUsable, makeTemplate, type Template } from './template.js'
import { findIdentity } from './vendors/identity.js'
import { type Fixture, readFixtures } from './vendors/load-fixture.js'
import { vendors as registry } from './vendors/registry.js'
import { unhashed } from './vendors/seed-realm.js'
import type { Evidence, Vendor, VendorTypes } from './vendors/vendor.js'

export interface AppOptions {
  readonly seed?: number
  /** Folder that keeps worlds and snapshots. */
  readonly data?: string
  readonly plain?: boolean
  /** Path of a fixture file or folder in place of the shipped ones. */
  readonly fixtures?: string
  /** Have worlds that were made from the fixtures follow them when they change. */
  readonly watch?: boolean
  /** Called after each password of the fixtures that has to be hashed, and how many there are. */
  readonly hashed?: (done: number, of: number) => void
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
  /** Be ready to listen for HTTPS. */
  readonly https?: {
    /** In place of a certificate that a CA of this machine's own signs. */
    readonly own?: Identity | undefined
    /** A name or address that the server is called by, beside those of the vendors and of this machine. */
    readonly host?: string
  }
  readonly vendors?: readonly Vendor[]
}

const fixturesOf = ({ vendors = registry, fixtures }: AppOptions): Promise<Fixture[]> =>
  readFixtures(vendors, root('fixtures'), fixtures)

/** By what names each vendor goes in worlds that are not there yet. */
const hostsIn = ({ realms }: Template) =>
  new Map(realms.map(({ fixture }) => [fixture.vendor.name, fixture.settings.hosts]))

declare module 'fastify' {
  interface FastifyInstance {
    /** What the worlds of this server draw from. */
    readonly seed: number
    readonly ports: Ports
    /** What HTTPS ports show, if there may be such. */
    readonly identity: ShownIdentity | undefined
    /** How to log in to each vendor once the server is ready; `undefined`: the fixtures tell of nobody who can. */
    readonly logins: () => ReadonlyMap<string, Login | undefined>
  }
}

/** So many passwords are hashed in a second or two: sooner than a large fixture is tried out. */
const fewHashes = 20

/** The whole server, not yet listening. Throws `FixtureError`, `DataError` and `DataInUse`. */
export async function buildApp(options: AppOptions = {}): Promise<FastifyInstance> {
  const { data } = options
  const fixtures = await fixturesOf(options)
  // What is wrong with them is told before a folder is made, and before many passwords are hashed, which may take a minute.
  if (data !== undefined || fixtures.flatMap(unhashed).length > fewHashes) await Promise.all(fixtures.map(assertUsable))
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
  // Whoever follows a fixture has to know whom it was about.
  const seeding = { seed, clock: options.clock, isWhole: options.watch }
  const template = await makeTemplate(fixtures, { ...seeding, hashed: options.hashed })
  const worlds = new Worlds({
    template: template.bytes,
    seed,
    open: openStore,
    max: maxWorlds,
    journal: { capacity, tally, secretsOf: journalSecrets ? null : secretsOf },
    shelf: folder,
    kept: folder && keptWorlds(folder, vendors, maxWorlds),
    ...(options.clock && { clock: options.clock }),
  })
  const initial = worlds.get('default')
  const identities = new Map(
    template.realms.map((seeded) => {
      const { name } = seeded.fixture.vendor
      return [name, findIdentity(seeded, initial.realm<VendorTypes>(name))]
    }),
  )
  const rehearsal = new Rehearsal(vendors, openStore)
  const { strictEvidence } = options
  const strictness = strictEvidence && new Strictness(strictEvidence, (request) => rehearsal.foresee(request))
  const mounting = { plain, strictness, world: (name: string) => worlds.get(name) }
  const mounted = new Map(vendors.map((vendor) => [vendor.name, new Mounted(vendor, mounting)]))
  let initialHosts = hostsIn(template)
  const hostsOf = (world: string, vendor: string) =>
    worlds.peek(world)?.realm<VendorTypes>(vendor).settings.hosts ?? initialHosts.get(vendor) ?? []

  const { https } = options
  const warn = (sentence: string) => options.logger?.warn(sentence)
  const isOurs = (host: string) => select({ url: '/', headers: { host } }, vendors, hostsOf).vendor !== null
  const certificate = https?.own
    ? { identity: https.own, authority: undefined }
    : https && (await localCertificate({ names: namesOf(fixtures, https.host), isOurs }, folder?.authority, warn))

  const { timeouts = { headersMs: 60_000, requestMs: 120_000, checkMs: 30_000 } } = options
  const connections = new Connections()
  const app = Fastify({
    ...(options.logger ? { loggerInstance: options.logger } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    requestTimeout: timeouts.requestMs,
    // What reaches a connection that is in use is still answered while the server closes.
    return503OnClosing: false,
    ...(options.forceCloseConnections && { forceCloseConnections: true }),
    ...serverOptions,
    rewriteUrl: (request) => {
      const selection = select(request, vendors, hostsOf, portOwner(request))
      place(request, selection)
      return selection.url
    },
    http: portOptions(timeouts),
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
  const ports = new Ports(app, connections, timeouts)
  app.decorate('seed', seed)
  app.decorate('ports', ports)
  app.decorate('identity', certificate?.identity)
  app.decorate('logins', () => {
    const login = (vendor: Vendor) => {
      const who = identities.get(vendor.name)
      return who && loginAs(vendor, mounted.get(vendor.name)?.routes.operations ?? [], who)
    }
    return new Map(vendors.map((vendor) => [vendor.name, login(vendor)]))
  })
  app.decorateRequest('visit', null)
  const origin = originsOf(vendors, ports)
  controlPlane(app, {
    vendors,
    worlds,
    rehearsal,
    snapshots: newSnapshots(vendors, folder?.snapshots),
    tally,
    seed,
    required: strictEvidence,
    journalSecrets,
    version,
    instance: drawInstance(),
    controlToken: options.controlToken,
    documents: root('openapi'),
    operations: (vendor) => mounted.get(vendor)?.routes.operations ?? [],
    authority: certificate?.authority,
    ports: () => ports.open,
    origin,
    base: (request) => {
      const { world } = placeOf(request.raw)
      return `${origin(request)}${world === 'default' ? '' : `/@${world}`}`
    },
    world: (request) => worlds.get(placeOf(request.raw).world),
    selected: (request) => placeOf(request.raw).world,
    misplaced: (request) => placeOf(request.raw).problem,
  })
  for (const vendor of mounted.values()) vendor.register(app)
  app.addHook('preClose', async () => ports.end())
  if (options.watch) {
    const { watchFixtures } = await import('./watch-fixtures.js')
    const end = await watchFixtures({
      path: options.fixtures ?? root('fixtures'),
      files: vendors.map(({ name }) => `${name}.json`),
      template,
      read: async () => makeTemplate(await fixturesOf(options), seeding),
      renew: (next) => {
        initialHosts = hostsIn(next)
        worlds.renew(next.bytes)
      },
      worlds,
      log: app.log,
    })
    app.addHook('preClose', end)
  }
  app.addHook('onClose', async () => {
    // Not earlier: streams end before their connections do.
    if (options.forceCloseConnections) ports.cutOff()
    await ports.ended()
    await rehearsal.close()
    worlds.close()
    folder?.close()
  })
  return app
}
