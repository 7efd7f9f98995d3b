import { elapsed } from './clock.js'
import type { Exchange } from './exchange.js'
import { dumped, type JournalDump, undumped } from './journal-dump.js'
import { KeptExchange } from './kept-exchange.js'
import type { Tally } from './tally.js'
import { Transcript } from './transcript.js'

export type { JournalDump } from './journal-dump.js'

/** One request of the journal. */
export class Entry {
  /** `null` while the request is under way. */
  durationMs: number | null = null
  /** Bytes of its bodies, once they are known. */
  weight = 0
  isKept = true
  readonly #from = elapsed()

  constructor(
    readonly world: string,
    readonly number: number,
    /** Epoch milliseconds of the world. */
    readonly at: number,
    public exchange: Exchange,
  ) {}

  /** What the response header `x-understudy-request` says. */
  get id(): string {
    return `${this.world}-${this.number}`
  }

  /** Id of the account that the request claims to come from; while it is under way a body may still come that says more. */
  get account(): string | null {
    return this.exchange.claimant() ?? null
  }

  /** Says how long it took. */
  end(): number {
    this.durationMs = elapsed() - this.#from
    return this.durationMs
  }
}

export interface JournalOptions {
  /** How many entries are kept; 0: none. */
  readonly capacity: number
  /** The names under which a vendor's requests and answers carry secrets; `null`: secrets are shown. */
  readonly secretsOf: ((vendor: string) => readonly string[]) | null
  /** What counts the requests of all journals together. */
  readonly tally?: Tally
}

/** What the bodies of one journal may hold: beyond it, too, the oldest entries are let go. */
const maxBytes = 64 * 1024 * 1024

const weightOf = ({ bytes, answer }: Exchange): number => (bytes?.length ?? 0) + (answer?.body?.length ?? 0)

/** The vendor requests of a world, in the order of their arrival: the latest of them, within bounds. */
export class Journal {
  readonly #world: string
  readonly #options: JournalOptions
  readonly #isToken: (text: string) => boolean
  /** From `#first` on; what lies before it has been let go. */
  #entries: (Entry | undefined)[] = []
  #first = 0
  #weight = 0
  #evicted = 0
  /** Whether something was loaded from which secrets had been taken out. */
  #isVeiled = false
  /** Each with what is to be called when there will be no more entries. */
  readonly #watchers = new Map<(entry: Entry) => void, () => void>()

  /** `isToken`: whether the world has a token with that text. */
  constructor(world: string, options: JournalOptions, isToken: (text: string) => boolean) {
    this.#world = world
    this.#options = options
    this.#isToken = isToken
  }

  get size(): number {
    return this.#entries.length - this.#first
  }

  /** Whether it holds what secrets had been taken out of before: that cannot be sent again. */
  get isVeiled(): boolean {
    return this.#isVeiled
  }

  /** How many entries have been let go since the journal began. */
  get evicted(): number {
    return this.#evicted
  }

  /** Oldest first. */
  all(): Entry[] {
    return this.#entries.slice(this.#first).filter((entry) => entry !== undefined)
  }

  find(id: string): Entry | undefined {
    return this.#entries.find((entry) => entry?.id === id)
  }

  /** A request has arrived. */
  open(number: number, at: number, exchange: Exchange): Entry {
    const entry = new Entry(this.#world, number, at, exchange)
    this.#keep(entry)
    return entry
  }

  /** Nothing more will become of the request: its answer leaves, or there is none. */
  close(entry: Entry): void {
    const durationMs = entry.end()
    this.#options.tally?.count(entry.exchange, durationMs)
    if (entry.isKept) {
      entry.weight = weightOf(entry.exchange)
      // The account is sought now: later on it may have another name, or be gone.
      entry.exchange = new KeptExchange(entry.exchange, entry.account)
      this.#weight += entry.weight
      while (this.#weight > maxBytes) this.#evict()
    }
    for (const watcher of this.#watchers.keys()) watcher(entry)
  }

  /** Forgets everything. */
  clear(): void {
    for (const entry of this.all()) entry.isKept = false
    this.#entries = []
    this.#first = 0
    this.#weight = 0
    this.#evicted = 0
    this.#isVeiled = false
  }

  /** Calls `watcher` with each entry that is closed, until the function that it returns is called or the journal ends. */
  watch(watcher: (entry: Entry) => void, ended: () => void): () => void {
    this.#watchers.set(watcher, ended)
    return () => this.#watchers.delete(watcher)
  }

  /** Its world is no more: whoever watches is told. */
  end(): void {
    for (const ended of this.#watchers.values()) ended()
    this.#watchers.clear()
  }

  /** What was sent and answered, without secrets unless this journal shows them. */
  transcript({ exchange }: Entry): Transcript {
    const secrets = this.#options.secretsOf?.(exchange.vendor)
    return new Transcript(exchange, secrets && { secrets, isToken: this.#isToken })
  }

  /** Everything, as plain JSON. */
  dump(): JournalDump {
    return {
      secrets: this.#options.secretsOf === null && !this.#isVeiled,
      evicted: this.#evicted,
      entries: this.all().map((entry) => dumped(entry, this.transcript(entry))),
    }
  }

  /** Goes on from a dump. */
  load({ secrets, evicted, entries }: JournalDump): void {
    this.clear()
    this.#evicted = evicted
    this.#isVeiled = !secrets
    for (const dump of entries) {
      const entry = new Entry(dump.world, dump.number, dump.at, undumped(dump))
      entry.durationMs = dump.durationMs
      this.#keep(entry)
      entry.weight = weightOf(entry.exchange)
      this.#weight += entry.weight
    }
  }

  #keep(entry: Entry): void {
    this.#entries.push(entry)
    if (this.size > this.#options.capacity) this.#evict()
  }

  #evict(): void {
    const oldest = this.#entries[this.#first]
    this.#entries[this.#first] = undefined
    this.#first += 1
    this.#evicted += 1
    if (this.#options.tally) this.#options.tally.evicted += 1
    if (oldest) {
      oldest.isKept = false
      this.#weight -= oldest.weight
    }
    // Now and then, so that on average letting go costs the same however many there are.
    if (this.#first > 1000 && this.#first * 2 > this.#entries.length) {
      this.#entries.splice(0, this.#first)
      this.#first = 0
    }
  }
}
