import Database from 'better-sqlite3'
import type { CounterPort, Store } from '../core/ports.js'
import { storeOn } from './database.js'
import { largePages, loginsByAccount, smallPages, tables } from './schema.js'

/** A world's database while it is made, which nobody else sees. */
export interface Filling {
  readonly store: Store
  /** The database, serialised, as if it had been filled like any other. Once; nothing is written afterwards. */
  readonly filled: () => Buffer
}

/** So many accounts take more than a hundred times what larger pages cost a world that is empty. */
const crowd = 10_000

/** Counts from nothing on, which go into the database together. */
function counted(db: Database.Database): CounterPort & { readonly keep: () => void } {
  const counts = new Map<string, { readonly vendor: string; readonly purpose: string; value: number }>()
  const name = (vendor: string, purpose: string) => `${vendor}\n${purpose}`
  const get = (vendor: string, purpose: string) => counts.get(name(vendor, purpose))?.value ?? 0
  const set = (vendor: string, purpose: string, value: number) => {
    counts.set(name(vendor, purpose), { vendor, purpose, value })
    return value
  }
  return {
    get,
    next: (vendor, purpose) => set(vendor, purpose, get(vendor, purpose) + 1),
    move: (vendor, purpose, to) => {
      set(vendor, to, get(vendor, purpose))
      counts.delete(name(vendor, purpose))
    },
    keep: () => {
      const put = db.prepare('INSERT INTO counter (vendor, purpose, value) VALUES (:vendor, :purpose, :value)')
      for (const count of counts.values()) put.run(count)
    },
  }
}

/**
 * An empty database for so many accounts that is filled in one transaction, because none of it is of use without the
 * rest: what fails leaves what it had done, and then the store must be closed. An index that nobody asks meanwhile is
 * sorted once at the end.
 */
export function openFilling(accounts: number): Filling {
  const db = new Database(':memory:')
  db.exec(`${accounts < crowd ? smallPages : largePages} BEGIN; ${tables}`)
  const counters = counted(db)
  return {
    store: { ...storeOn(db), counters, transaction: (work) => work() },
    filled: () => {
      counters.keep()
      db.exec(`${loginsByAccount} COMMIT`)
      return db.serialize()
    },
  }
}
