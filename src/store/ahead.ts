import type { Database } from 'better-sqlite3'
import type { CounterPort } from '../core/ports.js'
import { Statement } from './statement.js'

/** So many requests are written down at once. */
const block = 64

/** The counters of a world whose requests are counted here, and of which a block is written down before it is used. */
export interface CountersAhead extends CounterPort {
  /** Writes down how many requests there were, not how many there may have been. */
  settle(): void
}

const isRequest = (vendor: string, purpose: string): boolean => vendor === '' && purpose === 'request'

/**
 * Spares each request a transaction of its own. A process that is killed leaves the block as it is: numbers are passed
 * over, and none is given twice. To be asked for the number of a request outside of transactions only.
 */
export function countersAhead(db: Database, counters: CounterPort): CountersAhead {
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
