import type { FastifyInstance, InjectOptions } from 'fastify'
import { buildApp } from './app.js'
import { Clock } from './core/clock.js'
import { byName, type DumpedEntry, type DumpedMessage } from './core/journal-dump.js'
import type { Opened } from './core/snapshots.js'
import type { Base, Intervention } from './core/world.js'
import { newSnapshots } from './snapshots.js'
import { openStore } from './store/database.js'
import { vendors } from './vendors/registry.js'

/** A snapshot that holds too little to be sent again; the message says what is missing. */
export class NotReplayable extends Error {
  override readonly name = 'NotReplayable'
}

/** An answer that is not what it was. */
export interface Difference {
  /** Of the request, as in the journal. */
  readonly id: string
  readonly method: string
  readonly path: string
  /** `status`, `header NAME` or `body`. */
  readonly what: string
  readonly was: string
  readonly is: string
}

export interface Replayed {
  readonly requests: number
  readonly differences: readonly Difference[]
}

type Method = NonNullable<InjectOptions['method']>

/** Of this server or of one connection, and so no part of what the vendor said. */
const passing = /^(x-understudy-request|connection|keep-alive|transfer-encoding)$/

const snapshotType = 'application/vnd.sqlite3'
const json = { 'content-type': 'application/json' }

function assertReplayable({ journal, base }: Opened): Base {
  if (!journal.secrets) throw new NotReplayable('its journal was kept without secrets; serve with --journal-secrets')
  if (journal.evicted > 0) {
    throw new NotReplayable(`${journal.evicted} requests are missing from its journal; serve with a larger --journal`)
  }
  if (!base) throw new NotReplayable('it does not hold what its journal began from')
  return base
}

/** What is asked of the server that replays, in one world of it. */
class Stand {
  readonly #app: FastifyInstance
  readonly #world: string
  readonly #clock: Clock

  constructor(app: FastifyInstance, world: string, clock: Clock) {
    this.#app = app
    this.#world = world
    this.#clock = clock
  }

  /** A control request; its failure is ours. */
  async command(method: Method, path: string, payload?: string | Buffer, headers = json) {
    const url = `/@${this.#world}/_understudy${path}`
    const answer = await this.#app.inject({ method, url, ...(payload !== undefined && { payload, headers }) })
    if (answer.statusCode >= 400) throw new Error(`${method} ${path} failed: ${answer.body}`)
    return answer
  }

  /** Throws `NotReplayable` for a snapshot that cannot be gone on with. */
  async begin(snapshot: Buffer): Promise<void> {
    await this.command('PUT', '/snapshots/base', snapshot, { 'content-type': snapshotType }).catch((error: Error) => {
      throw new NotReplayable(`what its journal began from is unusable (${error.message})`)
    })
    await this.command('POST', '/snapshots/base/restore')
  }

  /** Whether it succeeds now is as open as it was then. */
  async intervene({ at, method, path, body }: Intervention): Promise<void> {
    this.#clock.freeze(at)
    const url = `/@${this.#world}${path}`
    await this.#app.inject({ method: method as Method, url, ...(body !== null && { payload: body, headers: json }) })
  }

  async send({ at, method, url, address, request }: DumpedEntry): Promise<void> {
    this.#clock.freeze(at)
    // It may have been another world’s name then; this header wins over all that selects one.
    const headers = { ...byName(request.headers), 'x-understudy-world': this.#world }
    const payload = request.body === null ? undefined : Buffer.from(request.body, 'base64')
    try {
      await this.#app.inject({
        method: method as Method,
        url,
        headers,
        remoteAddress: address,
        ...(payload && { payload }),
      })
    } catch {
      // An answer that was lost is lost again; what it was stands in the journal.
    }
  }
}

/** The bytes of a snapshot of nothing but a base. */
function beginning({ moment }: Opened, { bytes, ...base }: Base): Buffer {
  const file = bytes()
  const store = openStore(file)
  // Where the world went on from a snapshot, that is still in it.
  store.recall(file)
  const began = { ...moment, ...base, base, interventions: [], journal: { secrets: true, evicted: 0 } }
  const snapshot = store.snapshot({ meta: { moment: JSON.stringify(began) }, journal: [], base: null })
  store.close()
  return snapshot
}

const textOf = ({ body }: DumpedMessage): string => Buffer.from(body ?? '', 'base64').toString()

/** What of an answer has changed. */
function differences(
  { world, number, method, target: path, response: was }: DumpedEntry,
  now: DumpedEntry | undefined,
) {
  const found: Difference[] = []
  const is = now?.response
  const compare = (what: string, before: unknown, after: unknown) => {
    if (before === after) return
    found.push({ id: `${world}-${number}`, method, path, what, was: String(before), is: String(after) })
  }
  // The request was under way, or its client had gone.
  if (!was) return found
  compare('status', was.status, is?.status)
  const [before, after] = [byName(was.headers), byName(is?.headers ?? [])]
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!passing.test(name)) compare(`header ${name}`, before[name]?.toString(), after[name]?.toString())
  }
  compare('body', textOf(was), is ? textOf(is) : undefined)
  return found
}

/**
 * Sends the journal of a snapshot again, to a server that begins where the journal began, and says which answers are
 * not what they were. What was done through the control plane in between is done again too.
 * Throws `UnusableSnapshot` and `NotReplayable`.
 */
export async function replay(
  bytes: Buffer,
  progress: (done: number, of: number) => void = () => undefined,
): Promise<Replayed> {
  const snapshots = newSnapshots(vendors)
  const opened = snapshots.open(bytes)
  opened.store.close()
  const base = assertReplayable(opened)
  const { world, stream, interventions } = opened.moment
  const { entries } = opened.journal

  // Set directly: time may have gone back then, by a reset of the clock, which no control request does for us.
  const clock = new Clock()
  const options = { seed: stream.seed, journal: Math.max(entries.length, 1), journalSecrets: true, clock: () => clock }
  const app = await buildApp(options)
  try {
    const stand = new Stand(app, world, clock)
    if (world !== 'default') await stand.command('POST', '/worlds', JSON.stringify({ name: world }))
    await stand.begin(beginning(opened, base))
    const undone = [...interventions]
    for (const [index, entry] of entries.entries()) {
      for (let next = undone[0]; next && next.after < entry.number; next = undone[0]) {
        await stand.intervene(next)
        undone.shift()
      }
      await stand.send(entry)
      progress(index + 1, entries.length)
    }
    await stand.command('POST', '/snapshots', '{"name":"now"}')
    const { rawPayload } = await stand.command('GET', '/snapshots/now')
    const now = snapshots.open(rawPayload)
    now.store.close()
    return {
      requests: entries.length,
      differences: entries.flatMap((entry, index) => differences(entry, now.journal.entries[index])),
    }
  } finally {
    await app.close()
  }
}
