import { dirname, join, resolve } from 'node:path'
import { watch } from 'chokidar'
import type { FastifyBaseLogger } from 'fastify'
import { ImpossibleAccount } from './core/account.js'
import { pause } from './core/clock.js'
import type { World } from './core/world.js'
import type { Worlds } from './core/worlds.js'
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

/**
 * Has worlds follow the fixtures until the function that it answers is called. The folder around them is watched, so that
 * what is renamed into their place, or is away for a while, is noticed too. What cannot be used is logged, and changes
 * nothing.
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
  const watched = new Set([dirname(top), top, ...files.map((name) => join(top, name))])
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

  async function readAnew(): Promise<void> {
    const next = await read()
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
      await readAnew().catch((error) => {
        if (error instanceof FixtureError) log.error(`${error.message}; the fixtures stay as they were`)
        else log.error(error, 'the fixtures cannot be read; they stay as they were')
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

  const watcher = watch(dirname(top), {
    depth: 1,
    ignoreInitial: true,
    ignored: (candidate) => !watched.has(resolve(candidate)),
  })
  watcher.on('error', (error) => log.error(error, `${path} can no longer be watched`))
  watcher.on('all', notice)
  await new Promise<void>((done) => watcher.once('ready', done))
  // It may have changed since it was read.
  notice()
  log.info(`watching ${path}`)
  return async () => {
    over.abort()
    await watcher.close()
  }
}
