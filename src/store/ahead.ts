import type { Database } from 'better-sqlite3'
import type { CounterPort, Store } from '../core/ports.js'
import { Statement } from './statement.js'

/** So many requests are written down at once. */
const block = 64

const isRequest = (vendor: string, purpose: string): boolean => vendor === '' && purpose === 'request'

/** The counters of a world, whose requests are counted here; `settle` writes down how many there were. */
function countersAhead(db: Database, counters: CounterPort): CounterPort & { settle(): void } {
  const write = new Statement<[number]>(
    db,
    `INSERT INTO counter (vendor, purpose, value) VALUES ('', 'request', ?)
       ON CONFLICT DO UPDATE SET value = excluded.value`,
  )
  const read = () => counters.get('', 'request')
  let requests = read()
  let written = requests
  const put = (value: number) => {
    if (value === written) return
    write.run(value)
    written = value
  }
  return {
    get: (vendor, purpose) => (isRequest(vendor, purpose) ? requests : counters.get(vendor, purpose)),
    next: (vendor, purpose) => {
      if (!isRequest(vendor, purpose)) return counters.next(vendor, purpose)
      if (requests === written) put(requests + block)
      requests += 1
      return requests
    },
    move: (vendor, purpose, to) => {
      put(requests)
      counters.move(vendor, purpose, to)
      requests = written = read()
    },
    settle: () => put(requests),
  }
}

/** A store that may have written down more requests than there were. */
export interface StoreAhead extends Store {
  /** Writes down how many there were, if there is room for it. */
  settle(): void
}

/**
 * The same store, in which requests are written down in blocks, before they are used: one by one each would be a transaction
 * of its own, which takes a file as long as all that a read asks of it. A process that is killed leaves its block as it is:
 * numbers are passed over, and none is given twice. The number of a request is not to be asked for within a transaction,
 * which might be undone.
 */
export function countingAhead(db: Database, store: Store): StoreAhead {
  const counters = countersAhead(db, store.counters)
  const settle = () => {
    try {
      counters.settle()
    } catch {
      // No room. The world can be read and left all the same, with some requests too many in it.
    }
  }
  return {
    ...store,
    counters,
    serialize: () => {
      settle()
      return store.serialize()
    },
    snapshot: (memory) => {
      settle()
      return store.snapshot(memory)
    },
    close: () => {
      settle()
      store.close()
    },
    settle,
  }
}
