import { readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { openStore, storeOn } from '../../src/store/database.js'
import { applicationId, userVersion } from '../../src/store/schema.js'
import { makeFolderFor, openUnnamed } from '../../src/store/unnamed.js'
import { folderOf } from '../support/folder.js'
import { storeOf } from '../support/realm.js'

fc.configureGlobal({ seed: 1 })

t.test('a serialised world is a SQLite file that says what it is', async (t) => {
  const bytes = storeOf(t).serialize()
  t.equal(bytes.toString('latin1', 0, 16), 'SQLite format 3\0')
  t.equal(bytes.toString('latin1', 68, 72), 'Udst', 'the application id, where the file format has it')
  const db = new Database(bytes)
  t.teardown(() => db.close())
  t.equal(db.pragma('application_id', { simple: true }), applicationId)
  t.equal(db.pragma('user_version', { simple: true }), userVersion)
  t.equal(db.pragma('quick_check', { simple: true }), 'ok')
  t.strictSame([bytes[18], bytes[19]], [1, 1], 'not in WAL mode, which no buffer can be opened in')
})

for (const [how, most] of [
  ['in memory', undefined],
  ['in a file, as a large one is', 0],
] as const) {
  t.test(`a store opened from bytes ${how} holds what the other held, and the two part ways`, async (t) => {
    const open = (bytes: Buffer) => {
      const store = openStore(bytes, most)
      t.teardown(() => store.close())
      return store
    }
    const one = storeOf(t)
    one.realms.put('acme', { facts: '{}', settings: '1' })
    const bytes = one.serialize()
    const other = open(bytes)
    t.strictSame(other.realms.get('acme'), { facts: '{}', settings: '1' })
    t.ok(other.serialize().equals(bytes), 'byte by byte')
    other.realms.put('acme', { facts: '{}', settings: '2' })
    one.realms.put('acme', { facts: '{}', settings: '3' })
    t.equal(one.realms.get('acme')?.settings, '3')
    t.equal(other.realms.get('acme')?.settings, '2')
    t.equal(open(bytes).realms.get('acme')?.settings, '1', 'and the bytes stay as they were')
    const failure = new Error('no')
    const fail = () => {
      other.realms.put('acme', { facts: '{}', settings: '4' })
      throw failure
    }
    t.throws(() => other.transaction(fail), failure)
    t.equal(other.realms.get('acme')?.settings, '2', 'a transaction that fails leaves nothing behind')
  })
}

/** Whatever of this test asks for a folder for temporary files gets this one. */
function temporary(t: Test, folder: string): void {
  const { TMPDIR } = process.env
  process.env.TMPDIR = folder
  t.teardown(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  })
}

t.test('a large store goes into memory where there is room for it, and else among temporary files', async (t) => {
  const [memory, files] = [folderOf(t), folderOf(t)]
  temporary(t, files)
  const makeIn = (bytes: number, place: string) => {
    const made = makeFolderFor(bytes, place)
    rmSync(made, { recursive: true })
    return dirname(made)
  }
  t.equal(makeIn(1024, memory), memory)
  t.equal(makeIn(Number.MAX_SAFE_INTEGER, memory), files, 'without room')
  t.equal(makeIn(1024, join(memory, 'missing')), files, 'without such memory')
})

t.test('the file of a large store is gone from its folder while it is in use', async (t) => {
  const folder = folderOf(t)
  temporary(t, join(folder, 'missing'))
  const db = openUnnamed(storeOf(t).serialize(), folder)
  t.strictSame(readdirSync(folder), [])
  const store = storeOn(db)
  t.equal(store.counters.next('acme', 'a'), 1)
  store.close()
  t.throws(() => openUnnamed(Buffer.alloc(4096, 7), folder), { code: 'SQLITE_NOTADB' })
  t.strictSame(readdirSync(folder), [])
})

t.test('new stores share nothing', async (t) => {
  const one = storeOf(t)
  one.realms.put('acme', { facts: '', settings: '' })
  t.equal(storeOf(t).realms.get('acme'), undefined)
})

t.test('the bytes of no database are refused', async (t) => {
  t.throws(() => storeOf(t, Buffer.from('no database at all, but long enough to look at'.repeat(20))), {
    code: 'SQLITE_NOTADB',
  })
})

t.test('a transaction answers what its work answers', async (t) => {
  const { transaction } = storeOf(t)
  for (const answer of [1, 'text', undefined, null, { key: 'value' }]) {
    t.equal(
      transaction(() => answer),
      answer,
    )
  }
})

t.test('a transaction that fails passes its error on and leaves nothing behind', async (t) => {
  const store = storeOf(t)
  store.counters.next('acme', 'a')
  const before = store.serialize()
  const error = new Error('no')
  try {
    store.transaction(() => {
      store.counters.next('acme', 'a')
      store.realms.put('acme', { facts: '', settings: '' })
      throw error
    })
    t.fail('the work failed')
  } catch (thrown) {
    t.equal(thrown, error)
  }
  t.ok(store.serialize().equals(before))
  t.equal(store.counters.next('acme', 'a'), 2)
})

t.test('a transaction within another fails alone where its error is caught, and with the outer one', async (t) => {
  const store = storeOf(t)
  const fail = () => {
    store.counters.next('acme', 'inner')
    throw new Error('no')
  }
  store.transaction(() => {
    store.counters.next('acme', 'outer')
    t.throws(() => store.transaction(fail), { message: 'no' })
  })
  t.equal(store.counters.next('acme', 'outer'), 2)
  t.equal(store.counters.next('acme', 'inner'), 1)
  t.throws(
    () =>
      store.transaction(() => {
        store.transaction(() => store.counters.next('acme', 'inner'))
        throw new Error('no')
      }),
    { message: 'no' },
  )
  t.equal(store.counters.next('acme', 'inner'), 2)
})

t.test('work that answers a promise is refused and leaves nothing behind', async (t) => {
  const store = storeOf(t)
  t.throws(
    () =>
      store.transaction(async () => {
        store.counters.next('acme', 'a')
      }),
    { message: 'Transaction function cannot return a promise' },
  )
  t.equal(store.counters.next('acme', 'a'), 1)
})

t.test('a closed store answers no more', async (t) => {
  const store = storeOf(t)
  store.close()
  t.throws(() => store.counters.next('acme', 'a'), { message: 'The database connection is not open' })
})

t.test('any history of writes, committed or rolled back, survives serialising', async (t) => {
  const write = fc.record({
    vendor: fc.constantFrom('a', 'b'),
    purpose: fc.constantFrom('x', 'y'),
    isKept: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
      let store = storeOf(t)
      const expected = new Map<string, number>()
      for (const { vendor, purpose, isKept } of writes) {
        const key = vendor + purpose
        const next = (expected.get(key) ?? 0) + 1
        try {
          store.transaction(() => {
            if (store.counters.next(vendor, purpose) !== next) throw new Error(`${key} is not ${next}`)
            if (!isKept) throw new RangeError()
          })
          expected.set(key, next)
        } catch (error) {
          if (!(error instanceof RangeError)) throw error
        }
        const bytes = store.serialize()
        store.close()
        store = storeOf(t, bytes)
      }
      return true
    }),
    { numRuns: 30 },
  )
})
