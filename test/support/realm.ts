import type { Test } from 'tap'
import { Clock } from '../../src/core/clock.js'
import type { Store } from '../../src/core/ports.js'
import { Realm, type RealmTypes } from '../../src/core/realm.js'
import { Refusal, type RefusalCode } from '../../src/core/refusal.js'
import { openStore } from '../../src/store/database.js'

/** 2026-01-01T00:00:00Z, where the machine of every test stands until the test moves it. */
export const start = 1_767_225_600_000

export interface Bench<T extends RealmTypes> {
  readonly store: Store
  readonly realm: Realm<T>
  readonly clock: Clock
  /** The time of the machine, which the clock follows. */
  readonly machine: { ms: number }
}

export interface BenchOptions {
  readonly seed?: number
  readonly world?: string
  readonly vendor?: string
  /** In place of a store of the test's own. */
  readonly store?: Store
}

/** A store in memory that is closed with the test. */
export function storeOf(t: Test, serialized?: Buffer): Store {
  const store = openStore(serialized)
  t.teardown(() => store.close())
  return store
}

/** A realm over a real store and a real clock; only the machine's time is the test's. */
export function bench<T extends RealmTypes = RealmTypes>(t: Test, options: BenchOptions = {}): Bench<T> {
  const { seed = 1, world = 'default', vendor = 'acme', store = storeOf(t) } = options
  const machine = { ms: start }
  const clock = new Clock(() => machine.ms)
  return { store, clock, machine, realm: new Realm<T>({ seed, world, vendor, store, clock }) }
}

export interface Refused {
  readonly code: RefusalCode
  readonly facts: object
}

function read(error: unknown): Refused {
  if (error instanceof Refusal) return { code: error.code, facts: error.facts }
  throw error
}

/** What `work` is refused with; `null` when it is not. Any other error passes through. */
export function refusalOf(work: () => unknown): Refused | null {
  try {
    work()
    return null
  } catch (error) {
    return read(error)
  }
}

/** The same of a promise. */
export const refused = (promise: Promise<unknown>): Promise<Refused | null> => promise.then(() => null, read)
