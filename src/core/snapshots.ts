import type { ClockReading } from './clock.js'
import type { Fault } from './faults.js'
import { Journal } from './journal.js'
import type { DumpedEntry, JournalDump } from './journal-dump.js'
import { type Store, UnusableSnapshot } from './ports.js'
import { Redaction } from './redaction.js'
import { dataError, type Files } from './shelf.js'
import type { Stream } from './standing.js'
import { isTokenOf } from './token.js'
import type { Base, Intervention, World } from './world.js'

/** What a world is beside its tables, at the moment of a snapshot. */
export interface Moment {
  /** The world that it was taken of. */
  readonly world: string
  readonly stream: Stream
  readonly clock: ClockReading
  readonly faults: readonly Fault[]
  readonly interventions: readonly Intervention[]
  readonly base: { readonly clock: ClockReading; readonly faults: readonly Fault[] }
  readonly journal: Omit<JournalDump, 'entries'>
}

/** A world as it was, under a name. */
export interface Snapshot {
  readonly name: string
  readonly world: string
  /** Epoch milliseconds of the world. */
  readonly at: number
  /** Vendor requests in its journal. */
  readonly requests: number
  readonly size: number
  /** A SQLite file of that size. */
  readonly bytes: () => Buffer
}

type Described = Omit<Snapshot, 'size' | 'bytes'>

/** A snapshot that is being gone on with. */
export interface Opened {
  readonly store: Store
  readonly moment: Moment
  readonly journal: JournalDump
  /** `null` where it was not kept. */
  readonly base: Base | null
}

export interface SnapshotsOptions {
  readonly open: (bytes: Buffer) => Store
  /** Throws `UnusableSnapshot` for bytes that this version cannot go on with. */
  readonly verify: (bytes: Buffer) => void
  /** Throws `UnusableSnapshot` for texts that are not what they should be. */
  readonly read: (moment: string, journal: readonly string[]) => { moment: Moment; entries: readonly DumpedEntry[] }
  /** Throws `UnusableSnapshot` for a world without what each vendor needs. */
  readonly assertSound: (store: Store) => void
  /** The names under which a vendor's requests, answers and facts carry secrets. */
  readonly secretsOf: (vendor: string) => readonly string[]
  /** The same of all vendors. */
  readonly secrets: readonly string[]
  /** Where snapshots are kept. They end with the process, where left out. */
  readonly files?: Files | undefined
}

/** The snapshots of one server. They live beside its worlds. */
export class Snapshots {
  readonly #snapshots = new Map<string, Snapshot>()
  readonly #options: SnapshotsOptions

  /** Throws `DataError` where one that was kept is unusable. */
  constructor(options: SnapshotsOptions) {
    this.#options = options
    if (options.files) this.#load(options.files)
  }

  all(): Snapshot[] {
    return [...this.#snapshots.values()]
  }

  find(name: string): Snapshot | undefined {
    return this.#snapshots.get(name)
  }

  remove(name: string): void {
    this.#options.files?.remove(name)
    this.#snapshots.delete(name)
  }

  /** Keeps the world as it is now. What is under way there is in it as far as it has come. */
  take(world: World, name: string): Snapshot {
    const { entries, ...journal } = world.journal.dump()
    const moment = momentOf(world, journal)
    const bytes = world.store.snapshot({
      meta: { moment: JSON.stringify(moment) },
      journal: entries.map((entry) => JSON.stringify(entry)),
      base: entries.length > 0 && world.isTraced ? world.base.bytes() : null,
    })
    return this.#keep({ name, world: world.name, at: moment.clock.now, requests: entries.length }, bytes)
  }

  /** Takes in a snapshot from outside. Throws `UnusableSnapshot`, and then keeps what was there. */
  put(name: string, bytes: Buffer): Snapshot {
    return this.#keep(this.#described(name, bytes), bytes)
  }

  /** Opens bytes from outside. Throws `UnusableSnapshot`. */
  open(bytes: Buffer): Opened {
    const { verify, assertSound } = this.#options
    verify(bytes)
    const opened = this.#open(bytes)
    try {
      assertSound(opened.store)
      // What its journal began from is a file from outside, too.
      if (opened.base) verify(opened.base.bytes())
      return opened
    } catch (error) {
      opened.store.close()
      throw error
    }
  }

  /** Opens a snapshot that is kept here, and so was verified when it came. */
  openKept({ bytes }: Snapshot): Opened {
    return this.#open(bytes())
  }

  #open(bytes: Buffer): Opened {
    const store = this.#options.open(bytes)
    try {
      const memory = store.recall(bytes)
      if (memory?.meta.moment === undefined) throw new UnusableSnapshot('a snapshot, not a bare world')
      const { moment, entries } = this.#options.read(memory.meta.moment, memory.journal)
      const journal = { ...moment.journal, entries }
      // Where nothing was journalled, the world stands where it began.
      const stands = journal.entries.length === 0 && journal.evicted === 0
      const began = memory.base ?? (stands ? () => bytes : null)
      return { store, moment, journal, base: began && { bytes: began, ...moment.base } }
    } catch (error) {
      store.close()
      throw error
    }
  }

  /** The world becomes what the snapshot is: it draws on from the chance of the world that was taken. */
  restore(snapshot: Snapshot, world: World): void {
    const { bytes } = snapshot
    const { store, moment, journal, base } = this.openKept(snapshot)
    const { faults, stream } = moment
    world.begin(store, { bytes, base, clock: world.clock.goingOnFrom(moment.clock), faults, stream })
    world.interventions.push(...moment.interventions)
    world.journal.load(journal)
  }

  /** The bytes of the same snapshot without what should not be shared; it cannot be replayed. */
  redacted(snapshot: Snapshot): Buffer {
    const { store, moment, journal } = this.openKept(snapshot)
    const { secrets, secretsOf } = this.#options
    const isToken = (text: string) => isTokenOf(store, text)
    const veiled = new Journal(moment.world, { capacity: Number.POSITIVE_INFINITY, secretsOf }, isToken)
    veiled.load(journal)
    const { entries, ...rest } = veiled.dump()
    // What they answer in a vendor's place may hold what the vendor's own answers do.
    const shared = (all: readonly Fault[]) => JSON.parse(new Redaction({ secrets, isToken }).json(JSON.stringify(all)))
    const [faults, base] = [shared(moment.faults), { ...moment.base, faults: shared(moment.base.faults) }]
    try {
      store.redact((json) => new Redaction({ secrets }).json(json))
      return store.snapshot({
        meta: { moment: JSON.stringify({ ...moment, faults, base, interventions: [], journal: rest }) },
        journal: entries.map((entry) => JSON.stringify(entry)),
        base: null,
      })
    } finally {
      store.close()
    }
  }

  /** Goes on with those that were kept. Throws `DataError`. */
  #load(files: Files): void {
    for (const name of files.names()) {
      try {
        const bytes = files.read(name)
        this.#add(this.#described(name, bytes), bytes)
      } catch (error) {
        throw dataError(files.pathOf(name), error)
      }
    }
  }

  /** What is told of bytes from outside. Throws `UnusableSnapshot`. */
  #described(name: string, bytes: Buffer): Described {
    const { store, moment, journal } = this.open(bytes)
    store.close()
    return { name, world: moment.world, at: moment.clock.now, requests: journal.entries.length }
  }

  #keep(described: Described, bytes: Buffer): Snapshot {
    this.#options.files?.write(described.name, bytes)
    return this.#add(described, bytes)
  }

  #add(described: Described, bytes: Buffer): Snapshot {
    const { files } = this.#options
    const { name } = described
    const snapshot = { ...described, size: bytes.length, bytes: files ? () => files.read(name) : () => bytes }
    this.#snapshots.set(name, snapshot)
    return snapshot
  }
}

function momentOf({ name, stream, clock, faults, interventions, base }: World, journal: Moment['journal']): Moment {
  return {
    world: name,
    stream,
    clock: clock.reading,
    faults: faults.dump(),
    interventions,
    base: { clock: base.clock, faults: base.faults },
    journal,
  }
}
