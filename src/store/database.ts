import Database from 'better-sqlite3'
import type { Store } from '../core/ports.js'
import { accounts } from './accounts.js'
import { countingAhead, type StoreAhead } from './ahead.js'
import { counters, windows } from './counts.js'
import { messages } from './outbox.js'
import { keys, realms } from './realms.js'
import { redact } from './redact.js'
import { schema } from './schema.js'
import { snapshots } from './snapshot.js'
import { standing } from './standing.js'
import { tokens } from './tokens.js'
import { openUnnamed } from './unnamed.js'

/** SQLite lets a database that was opened from bytes grow to 1 GiB and no further; a larger world has no room. */
const mostInMemory = 512 * 1024 * 1024

/**
 * How many pages SQLite keeps of a world of which the system keeps all: as many as a few statements work on. It looks
 * through its whole cache at the end of each transaction in which the database has grown: with its own 16,000 that takes
 * longer than the rest of a login.
 */
export const cachePages = 100

/** The same of a large world in a file, which is read through more pages. */
const largeCachePages = 1000

/**
 * A world's database in memory: empty, or opened from the bytes of a serialised one, of which more than `most` are put
 * into a file.
 */
export function openStore(serialized?: Buffer, most = mostInMemory): Store {
  const isLarge = serialized !== undefined && serialized.length > most
  const db = isLarge ? openUnnamed(serialized) : new Database(serialized ?? ':memory:')
  db.pragma(`cache_size = ${isLarge ? largeCachePages : cachePages}`)
  // Read at once, so that what is no database is refused here.
  if (serialized) db.pragma('user_version')
  else db.exec(schema)
  return storeOn(db)
}

/** The store of an open database with a world's tables. */
export function storeOn(db: Database.Database): StoreAhead {
  const transaction = db.transaction((work: () => unknown) => work())
  return countingAhead(db, {
    accounts: accounts(db),
    tokens: tokens(db),
    counters: counters(db),
    windows: windows(db),
    keys: keys(db),
    realms: realms(db),
    messages: messages(db),
    standing: standing(db),
    // better-sqlite3 types a transaction once for all; it answers what `work` answers.
    transaction: <T>(work: () => T) => transaction(work) as T,
    serialize: () => db.serialize(),
    ...snapshots(db),
    redact: (clean) => redact(db, clean),
    close: () => {
      db.close()
    },
  })
}
