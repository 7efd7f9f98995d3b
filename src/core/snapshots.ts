import type { ClockReading } from './clock.js'
import type { Fault } from './faults.js'
import { Journal } from './journal.js'
import type { DumpedEntry, JournalDump } from './journal-dump.js'
import { type Store, UnusableSnapshot } from './ports.js'
import { Redaction } from './redaction.js'
import type { Base, Intervention, Stream, World } from './world.js'

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
  /** A SQLite file. */
  readonly bytes: Buffer
}

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
}

/** The snapshots of one server. They live beside its worlds. */
export class Snapshots {
  readonly #snapshots = new Map<string, Snapshot>()
  readonly #options: SnapshotsOptions

  constructor(options: SnapshotsOptions) {
    this.#options = options
  }

  all(): Snapshot[] {
    return [...this.#snapshots.values()]
  }

  find(name: string): Snapshot | undefined {
    return this.#snapshots.get(name)
  }

  remove(name: string): void {
    this.#snapshots.delete(name)
  }

  /** Keeps the world as it is now. What is under way there is in it as far as it has come. */
  take(world: World, name: string): Snapshot {
    const bytes = bytesOf(world)
    return this.#keep({ name, world: world.name, at: world.clock.now(), requests: world.journal.size, bytes })
  }

  /** Takes in a snapshot from outside. Throws `UnusableSnapshot`, and then keeps what was there. */
  put(name: string, bytes: Buffer): Snapshot {
    const { store, moment, journal } = this.open(bytes)
    store.close()
    return this.#keep({ name, world: moment.world, at: moment.clock.now, requests: journal.entries.length, bytes })
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
    return this.#open(bytes)
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
    const { store, moment, journal, base } = this.openKept(snapshot)
    const { clock, faults } = moment
    world.clock.goOnFrom(clock)
    world.begin(store, base ?? { bytes: () => snapshot.bytes, clock, faults }, moment.stream)
    world.faults.load(faults)
    world.interventions.push(...moment.interventions)
    world.journal.load(journal)
  }

  /** The bytes of the same snapshot without what should not be shared; it cannot be replayed. */
  redacted(snapshot: Snapshot): Buffer {
    const { store, moment, journal } = this.openKept(snapshot)
    const { secrets, secretsOf } = this.#options
    const redaction = new Redaction(secrets, null)
    const veiled = new Journal(moment.world, { capacity: Number.POSITIVE_INFINITY, secretsOf })
    veiled.load(journal)
    const { entries, ...rest } = veiled.dump()
    try {
      store.redact((json) => String(redaction.message({ headers: [], body: Buffer.from(json) }).body))
      return store.snapshot({
        meta: { moment: JSON.stringify({ ...moment, interventions: [], journal: rest }) },
        journal: entries.map((entry) => JSON.stringify(entry)),
        base: null,
      })
    } finally {
      store.close()
    }
  }

  #keep(snapshot: Snapshot): Snapshot {
    this.#snapshots.set(snapshot.name, snapshot)
    return snapshot
  }
}

function bytesOf(world: World): Buffer {
  const { entries, ...journal } = world.journal.dump()
  const { bytes, ...base } = world.base
  const moment: Moment = {
    world: world.name,
    stream: world.stream,
    clock: world.clock.reading,
    faults: world.faults.dump(),
    interventions: world.interventions,
    base,
    journal,
  }
  return world.store.snapshot({
    meta: { moment: JSON.stringify(moment) },
    journal: entries.map((entry) => JSON.stringify(entry)),
    base: entries.length === 0 ? null : bytes(),
  })
}
