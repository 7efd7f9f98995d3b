import { once } from 'node:events'
import { dirname, join, resolve } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import type { FastifyBaseLogger } from 'fastify'
import { ImpossibleAccount } from './core/account.js'
import { pause } from './core/clock.js'
import type { World } from './core/world.js'
import type { Worlds } from './core/worlds.js'
import { placesOf } from './places.js'
import type { Template } from './template.js'
import { followFixture, isUnchanged } from './vendors/follow-fixture.js'
import { FixtureError } from './vendors/load-fixture.js'
import type { Seeded } from './vendors/seed-realm.js'
import type { VendorTypes } from './vendors/vendor.js'

interface Watching {
  /** A fixture file, or a folder of them. */
  readonly path: string
  /** Names of the files in a folder that are fixtures. */
  readonly files: readonly string[]
  /** Of the fixtures as they were when the server began. */
  readonly template: Template
  /** The same of what they are now. Throws `FixtureError`. */
  readonly read: () => Promise<Template>
  /** Has worlds begin as that from now on. */
  readonly renew: (template: Template) => void
  readonly worlds: Worlds
  readonly log: FastifyBaseLogger
}

/** An editor that saves writes more than once. */
const settledMs = 100

/** A fixture that says something else than before. */
type Change = readonly [before: Seeded, after: Seeded]

const changesIn = (before: Template, after: Template): Change[] =>
  after.realms.flatMap((is, index): Change[] => {
    const was = before.realms[index]
    return was && !isUnchanged(was.fixture, is.fixture) ? [[was, is]] : []
  })

function bring(world: World, changes: readonly Change[]): void {
  world.amend(() => {
    for (const [before, after] of changes) {
      followFixture(before, after, world.realm<VendorTypes>(after.fixture.vendor.name))
    }
  })
}

/** Watches these files and links, by the folders that they are in. */
function watchPlaces(places: ReadonlySet<string>): FSWatcher {
  const folders = new Set([...places].map((place) => dirname(place)))
  return watch([...folders], {
    depth: 0,
    // What is behind a link is a place of its own.
    followSymlinks: false,
    ignorePermissionErrors: true,
    ignoreInitial: true,
    ignored: (candidate) => !places.has(resolve(candidate)) && !folders.has(resolve(candidate)),
  })
}

/**
 * Has worlds follow the fixtures, and the keys that they name, until the function that it answers is called. The folders
 * around them are watched, and those around the links that lead to them, so that what is renamed into their place, or is
 * away for a while, is noticed too. What cannot be used is logged, and changes nothing.
 */
export async function watchFixtures({
  path,
  files,
  template,
  read,
  renew,
  worlds,
  log,
}: Watching): Promise<() => Promise<void>> {
  const over = new AbortController()
  const top = resolve(path)
  const fixtures = [top, ...files.map((name) => join(top, name))]
  const keysOf = ({ realms }: Template) =>
    realms.flatMap(({ fixture: { file, keyFile } }) => (keyFile && fixtures.includes(resolve(file)) ? keyFile : []))
  let watched = new Set<string>()
  let watcher: FSWatcher | undefined
  let current = template
  let isChanged = false
  let isReading = false

  function follows(world: World, changes: readonly Change[]): boolean {
    try {
      bring(world, changes)
      return true
    } catch (error) {
      const reason = error instanceof ImpossibleAccount ? `expected ${error.message}` : error
      log.error(`world ${world.name} does not follow the fixtures: ${reason}; a reset brings it there`)
      return false
    }
  }

  /** Watches what is read now, and answers whether that is something else than before: a link may lead elsewhere. */
  async function attend(keys: readonly string[]): Promise<boolean> {
    const places = new Set([...fixtures, ...keys].flatMap((file) => [...placesOf(file)]))
    if (over.signal.aborted) return false
    if (places.size === watched.size && [...places].every((place) => watched.has(place))) return false
    watched = places
    const before = watcher
    watcher = watchPlaces(places)
    watcher
      .on('error', (error) => log.error(error, `${path} can no longer be watched`))
      .on('all', notice)
      // All the others say nothing of a link that leads nowhere.
      .on('raw', (_event, name, about) => {
        if (places.has(resolve(Object(about).watchedPath, name))) notice()
      })
    await Promise.all([once(watcher, 'ready', { signal: over.signal }).catch(() => undefined), before?.close()])
    return true
  }

  async function readAnew(): Promise<void> {
    const next = await read()
    if (await attend(keysOf(next))) return notice()
    const changes = changesIn(current, next)
    if (changes.length === 0 || over.signal.aborted) return
    current = next
    renew(next)
    const following = worlds.all().filter((world) => world.fromFixtures && follows(world, changes))
    const names = changes.map(([, { fixture }]) => fixture.vendor.name).join(', ')
    log.info(
      `fixtures of ${names} have changed: worlds that follow: ${following.map(({ name }) => name).join(', ') || 'none'}`,
    )
  }

  async function catchUp(): Promise<void> {
    while (isChanged && !over.signal.aborted) {
      isChanged = false
      await pause(settledMs, over.signal)
      if (isChanged || over.signal.aborted) continue
      await readAnew().catch(async (error) => {
        // It may have been read while it was being written, of which the watcher tells only then.
        await pause(settledMs, over.signal)
        if (isChanged) return
        if (error instanceof FixtureError) {
          if (await attend([...keysOf(current), ...(error.named ? [error.named] : [])])) notice()
          else log.error(`${error.message}; the fixtures stay as they were`)
        } else log.error(error, 'the fixtures cannot be read; they stay as they were')
      })
    }
    isReading = false
  }

  function notice(): void {
    isChanged = true
    if (isReading) return
    isReading = true
    void catchUp()
  }

  await attend(keysOf(template))
  // It may have changed since it was read.
  notice()
  log.info(`watching ${path}`)
  return async () => {
    over.abort()
    await watcher?.close()
  }
}
