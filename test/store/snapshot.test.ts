import Database from 'better-sqlite3'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { type Store, UnusableSnapshot, type WorldMemory } from '../../src/core/ports.js'
import { openStore } from '../../src/store/database.js'
import { applicationId, schema, userVersion } from '../../src/store/schema.js'
import { assertSnapshot } from '../../src/store/verify-snapshot.js'

const account = (id: string, profile = '{}') => ({
  id,
  state: 'active' as const,
  passwordHash: `hash of ${id}`,
  createdAt: 1,
  updatedAt: 2,
  profile,
})

function openSnapshot(bytes: Buffer): Store {
  assertSnapshot(bytes)
  return openStore(bytes)
}

function storeOf(t: Test, bytes?: Buffer): Store {
  const store = openStore(bytes)
  t.teardown(() => store.close())
  return store
}

function filled(t: Test, accounts: number): Store {
  const store = storeOf(t)
  for (let n = 0; n < accounts; n++) store.accounts.insert('v', account(`a${n}`, `{"n":${n}}`), [])
  return store
}

const memory = (base: Buffer | null): WorldMemory => ({
  meta: { clock: '{"now":1}', faults: '[]' },
  journal: ['{"n":1}', '{"n":2}'],
  base,
})

t.test('a snapshot gives back what a world remembered, and the store is as it was', async (t) => {
  const store = filled(t, 3)
  const bytes = store.snapshot(memory(null))
  t.equal(store.recall(Buffer.alloc(0)), undefined, 'nothing of it stays in the store')

  const restored = storeOf(t, bytes)
  t.strictSame(restored.accounts.all('v'), store.accounts.all('v'))
  t.strictSame(restored.recall(bytes), memory(null))
  t.equal(restored.recall(bytes), undefined, 'it is taken out once')
})

t.test('a serialised store that is no snapshot remembers nothing', async (t) => {
  const bytes = filled(t, 1).serialize()
  t.equal(storeOf(t, bytes).recall(bytes), undefined)
})

t.test('the base comes back byte for byte, whatever changed since', async (t) => {
  const change = fc.record({ before: fc.nat(60), after: fc.nat(60), tokens: fc.nat(30), width: fc.nat(9000) })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(change, ({ before, after, tokens, width }) => {
        const store = openStore()
        for (let n = 0; n < before; n++)
          store.accounts.insert('v', account(`b${n}`, JSON.stringify('x'.repeat(width))), [])
        const base = store.serialize()
        for (let n = 0; n < after; n++)
          store.accounts.insert('v', account(`a${n}`, JSON.stringify('y'.repeat(width))), [])
        for (let n = 0; n < tokens; n++) store.counters.next('v', `purpose ${n}`)
        const bytes = store.snapshot(memory(base))
        const restored = openSnapshot(bytes)
        const recalled = restored.recall(bytes)
        const same = recalled?.base?.().equals(base) === true && restored.accounts.all('v').length === before + after
        store.close()
        restored.close()
        return same
      }),
      { numRuns: 40, seed: 1 },
    ),
  )
})

t.test('a base that is longer than the store now comes back as well', async (t) => {
  const base = filled(t, 500).serialize()
  const bytes = filled(t, 1).snapshot(memory(base))
  const restored = openSnapshot(bytes)
  t.teardown(() => restored.close())
  t.ok(restored.recall(bytes)?.base?.().equals(base))
})

t.test('an unchanged base costs next to nothing: only pages that differ are kept', async (t) => {
  const store = filled(t, 5000)
  const base = store.serialize()
  const bytes = store.snapshot(memory(base))
  t.ok(bytes.length < base.length * 1.2, `${bytes.length} of ${base.length}`)
})

t.test('a snapshot that fails leaves nothing behind', async (t) => {
  const store = filled(t, 1)
  const twice = { ...memory(null), meta: { baseLength: '1' } }
  t.throws(() => store.snapshot(twice))
  t.equal(store.recall(Buffer.alloc(0)), undefined)
})

t.test('the base comes back from a file with the largest pages too, of which the header says 1', async (t) => {
  const db = new Database(':memory:')
  db.exec(schema.replace('page_size = 1024', 'page_size = 65536'))
  const base = db.serialize()
  db.close()
  t.equal(base.readUInt16BE(16), 1)
  const store = storeOf(t, base)
  store.counters.next('v', 'p')
  const bytes = store.snapshot(memory(base))
  t.ok(storeOf(t, bytes).recall(bytes)?.base?.().equals(base))
})

t.test('pages that cannot be those of a base are refused', async (t) => {
  const store = filled(t, 2)
  const bytes = store.snapshot({ meta: {}, journal: [], base: filled(t, 1).serialize() })
  const edits = [
    ...['1e15', '-5', '0.5', 'null', String(bytes.length + 1)].map((length) => `UPDATE meta SET value = '${length}'`),
    'UPDATE base_page SET number = -number - 1',
    'UPDATE base_page SET number = number + 100000',
  ]
  for (const edit of edits) {
    const db = new Database(bytes)
    db.exec(edit)
    const edited = db.serialize()
    db.close()
    const opened = openStore(edited)
    t.teardown(() => opened.close())
    t.throws(() => opened.recall(edited), { name: 'UnusableSnapshot', message: /what its journal began from/ }, edit)
  }
})

t.test('a redacted store has its texts cleaned, no hashes, and of the keys those that are published', async (t) => {
  const store = filled(t, 2)
  store.keys.insert('v', { purpose: 'signing', material: 'public knowledge', published: true })
  store.keys.insert('w', { purpose: 'signing', material: 'secret', published: false })
  store.realms.put('v', { facts: '{"apiKey":"secret"}', settings: '{}' })
  store.redact(() => '"clean"')
  t.strictSame(
    store.accounts.all('v').map(({ profile, passwordHash }) => [profile, passwordHash]),
    [
      ['"clean"', ''],
      ['"clean"', ''],
    ],
  )
  t.equal(store.realms.get('v')?.facts, '"clean"')
  t.equal(store.keys.all('v', 'signing')[0]?.material, 'public knowledge')
  t.equal(store.keys.all('w', 'signing')[0], undefined)
})

/** The bytes of a database in which `spoil` has been at work. */
function spoilt(spoil: (db: Database.Database) => void): Buffer {
  const db = new Database(':memory:')
  db.exec(schema)
  spoil(db)
  const bytes = db.serialize()
  db.close()
  return bytes
}

const patched = (offset: number, ...values: number[]): Buffer => {
  const bytes = spoilt(() => undefined)
  bytes.set(values, offset)
  return bytes
}

const sound = spoilt((db) => {
  db.exec("INSERT INTO realm VALUES ('v', '{}', '{}')")
  db.exec("INSERT INTO counter VALUES ('v', 'p', 1)")
})

const rows: [string, Buffer, RegExp][] = [
  ['nothing', Buffer.alloc(0), /a SQLite file/],
  ['text', Buffer.from('{"hello":"world"}'), /a SQLite file/],
  ['a file in WAL mode', patched(18, 2, 2), /rollback-journal mode/],
  ['another application’s file', spoilt((db) => db.pragma('application_id = 1')), /another SQLite file/],
  ['another version', spoilt((db) => db.pragma('user_version = 99')), /version 2, not 99/],
  ['a further table', spoilt((db) => db.exec('CREATE TABLE x (y)')), /the tables of a world/],
  ['a missing table', spoilt((db) => db.exec('DROP TABLE window')), /the tables of a world/],
  [
    'a trigger',
    spoilt((db) => db.exec('CREATE TRIGGER t AFTER INSERT ON token BEGIN DELETE FROM token; END')),
    /the tables of a world/,
  ],
  ['a view', spoilt((db) => db.exec('CREATE VIEW v AS SELECT 1')), /the tables of a world/],
  [
    'no JSON where JSON is read',
    spoilt((db) => db.exec("INSERT INTO realm VALUES ('v', '{', '{}')")),
    /JSON in realm\.facts/,
  ],
  [
    'an instant that no date can have',
    spoilt((db) => db.exec("INSERT INTO window VALUES ('v', 'p', 'k', 1, 8640000000000001)")),
    /instants in window\.ends_at/,
  ],
  ['a list of free pages that leads nowhere', patched(32, 0, 0, 99, 99, 0, 0, 0, 7), /file \(Freelist: .*\)$/],
  ['half a file', sound.subarray(0, sound.length / 2), /undamaged/],
  ['a header and nothing else', sound.subarray(0, 100), /undamaged/],
  ['pages overwritten', Buffer.concat([sound.subarray(0, 1024), Buffer.alloc(sound.length - 1024, 7)]), /undamaged/],
]

t.test('only what this version wrote is opened', async (t) => {
  t.equal(applicationId.toString(16), '55647374')
  t.equal(userVersion, 2)
  t.doesNotThrow(() => assertSnapshot(sound))
  for (const [what, bytes, expected] of rows) {
    t.throws(() => assertSnapshot(bytes), { name: 'UnusableSnapshot', message: expected }, what)
  }
})

t.test('whatever bytes are damaged, the answer is a refusal or a store that works', async (t) => {
  const damage = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Buffer.from(sound)
        for (const [at, value] of changes) bytes[at] = value
        try {
          const store = openSnapshot(bytes)
          store.recall(Buffer.alloc(0))
          store.accounts.all('v')
          store.close()
        } catch (error) {
          return error instanceof UnusableSnapshot
        }
        return true
      }),
      { numRuns: 300, seed: 1 },
    ),
  )
})
