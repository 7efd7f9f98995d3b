import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { Store } from '../../src/core/ports.js'
import { openStore } from '../../src/store/database.js'
import { Folder, type FolderOptions } from '../../src/store/folder.js'
import { applicationId, schema } from '../../src/store/schema.js'
import { folderOf } from '../support/folder.js'

const seed = 7

function folderIn(t: Test, path: string, options: Partial<FolderOptions> = {}): Folder {
  const folder = new Folder({ path, drawSeed: () => seed, ...options })
  t.teardown(() => folder.close())
  return folder
}

function storeWith(count: number): Store {
  const store = openStore()
  for (let n = 0; n < count; n++) store.counters.next('v', 'p')
  return store
}

const countIn = (store: Store | undefined) => store?.counters.get('v', 'p')

/** How far each world of the folder has counted, as the next server finds it. */
function found(t: Test, path: string): Record<string, number> {
  const folder = folderIn(t, path)
  const counts = folder.worlds(countIn).map(({ name, standing }) => [name, standing])
  folder.close()
  return Object.fromEntries(counts)
}

/** Every file of the folder, byte for byte. */
const contents = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, readFileSync(join(path, name), 'latin1')]),
  )

t.test('a folder is made in one that there is, and keeps the seed that it was begun with', async (t) => {
  const path = join(folderOf(t), 'data')
  const begun = folderIn(t, path)
  t.equal(begun.seed, seed)
  begun.close()
  const again = folderIn(t, path, { drawSeed: () => 8 })
  t.equal(again.seed, seed)
  again.close()
  folderIn(t, path, { seed }).close()
  t.throws(() => folderIn(t, path, { seed: 9 }), { name: 'DataError', message: /data: .* seed 7, not 9/ })
  t.equal(folderIn(t, path).seed, seed, 'who was refused does not have it open')
})

t.test('a folder that is not one, or cannot be made, is refused', async (t) => {
  const path = folderOf(t, { file: '' })
  t.throws(() => folderIn(t, join(path, 'file')), { name: 'DataError', message: /file: expected a folder$/ })
  t.throws(() => folderIn(t, join(path, 'a', 'b')), { name: 'DataError', message: /a\/b: ENOENT/ })
  mkdirSync(join(path, 'c'))
  writeFileSync(join(path, 'c', 'snapshots'), '')
  t.throws(() => folderIn(t, join(path, 'c')), { name: 'DataError', message: /c\/snapshots: expected a folder$/ })
})

t.test('a folder belongs to one server at a time', async (t) => {
  const path = folderOf(t)
  const first = folderIn(t, path)
  t.throws(() => folderIn(t, path), { name: 'DataInUse', message: `${path} is in use by another server` })
  first.close()
  t.doesNotThrow(() => folderIn(t, path))
  t.throws(() => folderIn(t, path), { name: 'DataInUse' }, 'of a register that was there already, too')
})

t.test('a register that this product did not write is refused and left alone', async (t) => {
  const foreign = (make: (db: Database.Database) => void): Buffer => {
    const db = new Database(':memory:')
    make(db)
    const bytes = db.serialize()
    db.close()
    return bytes
  }
  const rows: [Buffer, RegExp][] = [
    [Buffer.alloc(3000, 7), /folder\.db: file is not a database/],
    [foreign((db) => db.exec('CREATE TABLE x (y)')), /folder\.db: expected a file made by this product/],
    [
      foreign((db) => db.exec(`CREATE TABLE x (y); PRAGMA application_id = ${applicationId}; PRAGMA user_version = 2`)),
      /folder\.db: expected a file of version 1, not 2/,
    ],
  ]
  for (const [bytes, message] of rows) {
    const path = folderOf(t, { 'folder.db': bytes })
    const before = contents(path)
    t.throws(() => folderIn(t, path), { name: 'DataError', message })
    t.strictSame(contents(path), before)
  }
})

t.test('a register without its seed is no reason to draw another where there are worlds', async (t) => {
  const path = folderOf(t)
  const folder = folderIn(t, path)
  folder.adopt('a', storeWith(1))
  folder.close()
  const whole = readFileSync(join(path, 'folder.db'))
  const register = new Database(join(path, 'folder.db'))
  register.exec('DROP TABLE folder')
  register.close()
  const dropped = readFileSync(join(path, 'folder.db'))
  for (const [bytes, message] of [
    [Buffer.alloc(0), /folder\.db: expected the seed that the worlds beside it were made with$/],
    [dropped, /folder\.db: expected a seed in it$/],
  ] as const) {
    writeFileSync(join(path, 'folder.db'), bytes)
    const before = contents(path)
    t.throws(() => folderIn(t, path, { seed: 9 }), { name: 'DataError', message })
    t.strictSame(contents(path), before)
  }
  writeFileSync(join(path, 'folder.db'), whole)
  t.strictSame(found(t, path), { a: 1 })
  t.equal(
    folderIn(t, folderOf(t, { 'folder.db': '' })).seed,
    seed,
    'a server that was killed as it began has left nothing',
  )
})

t.test('nobody but its owner reads what is kept', async (t) => {
  const path = join(folderOf(t), 'made')
  const folder = folderIn(t, path)
  folder.adopt('a', storeWith(1)).counters.next('v', 'p')
  folder.snapshots.write('s', Buffer.from('one'))
  const mode = (name: string) => statSync(join(path, name)).mode & 0o777
  for (const name of ['.', 'snapshots']) t.equal(mode(name), 0o700, name)
  for (const name of ['folder.db', 'a.sqlite', 'a.sqlite-wal', 'snapshots/s.sqlite']) t.equal(mode(name), 0o600, name)
})

/** Does something as somebody whom rights apply to, which they do not to root. */
function asAnybody<T>(work: () => T): T {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65534)
  try {
    return work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

t.test('what may not be written or read is named as that', async (t) => {
  const rows: [string, number][] = [
    ['', 0o555],
    ['', 0],
    ['snapshots', 0o555],
    ['folder.db', 0o444],
    ['folder.db', 0],
    ['a.sqlite', 0o444],
    ['a.sqlite', 0],
  ]
  for (const [name, mode] of rows) {
    const path = folderOf(t)
    const folder = folderIn(t, path)
    folder.adopt('a', storeWith(1))
    folder.close()
    for (const each of ['', 'snapshots', 'folder.db', 'a.sqlite']) chmodSync(join(path, each), 0o777)
    asAnybody(() => {
      const again = folderIn(t, path)
      t.equal(again.worlds(countIn).length, 1)
      again.close()
    })
    chmodSync(join(path, name), mode)
    const message = `${join(path, name)}: this process may not read and write it`
    t.throws(() => asAnybody(() => folderIn(t, path).worlds(countIn)), { name: 'DataError', message })
    chmodSync(join(path, name), 0o777)
  }
})

t.test('what was committed in a world is there again, whether it was closed or not', async (t) => {
  const path = folderOf(t)
  const folder = folderIn(t, path)
  const store = folder.adopt('a', storeWith(1))
  folder.adopt('b-2', storeWith(5))
  store.counters.next('v', 'p')
  t.ok(existsSync(join(path, 'a.sqlite-wal')), 'it stands in the log by now')

  // As a server that was killed leaves it: nothing is closed.
  const killed = folderOf(t)
  for (const [name, text] of Object.entries(contents(path))) writeFileSync(join(killed, name), text, 'latin1')
  t.strictSame(found(t, killed), { a: 2, 'b-2': 5 })

  folder.close()
  t.strictSame(
    readdirSync(path).filter((name) => /-(wal|shm)$/.test(name)),
    [],
  )
  t.strictSame(found(t, path), { a: 2, 'b-2': 5 })
})

t.test('a kept store is serialised as one in memory, which can be opened from it', async (t) => {
  const store = folderIn(t, folderOf(t)).adopt('a', storeWith(1))
  store.counters.next('v', 'p')
  const bytes = store.serialize()
  t.strictSame([bytes[18], bytes[19]], [1, 1])
  const copy = openStore(bytes)
  t.teardown(() => copy.close())
  t.equal(countIn(copy), 2)

  store.standing.put('{"n":1}')
  const image = store.snapshot({ meta: { moment: '{}' }, journal: ['{"secret":1}'], base: bytes })
  const taken = openStore(image)
  t.teardown(() => taken.close())
  t.match(taken.recall(image), { meta: { moment: '{}' }, journal: ['{"secret":1}'] })
  t.equal(store.standing.get(), '{"n":1}', 'the store is as it was')
})

t.test('a world is replaced as a whole, and who works with the former one does so apart', async (t) => {
  const path = folderOf(t)
  const folder = folderIn(t, path)
  const old = folder.adopt('a', storeWith(1))
  old.counters.next('v', 'p')
  const now = folder.adopt('a', storeWith(10))
  now.counters.next('v', 'p')
  t.equal(old.counters.next('v', 'p'), 3)
  t.throws(() =>
    old.transaction(() => {
      old.counters.next('v', 'p')
      throw new Error('no')
    }),
  )
  t.strictSame([countIn(old), countIn(now)], [3, 11])
  old.close()
  t.equal(now.counters.next('v', 'p'), 12, 'its log is still its own')
  folder.close()
  t.strictSame(found(t, path), { a: 12 })
})

t.test('a world that is removed is gone, and its name is free', async (t) => {
  const path = folderOf(t)
  const folder = folderIn(t, path)
  const old = folder.adopt('a', storeWith(1))
  folder.discard('a')
  t.equal(old.counters.next('v', 'p'), 2)
  t.strictSame(
    readdirSync(path).filter((name) => name.startsWith('a')),
    [],
  )
  folder.adopt('a', storeWith(4))
  old.close()
  folder.close()
  t.strictSame(found(t, path), { a: 4 })
})

t.test('where a world cannot be written, the former one goes on', async (t) => {
  const path = folderOf(t)
  const folder = folderIn(t, path)
  const store = folder.adopt('a', storeWith(1))
  // In the way of the file that is written beside the old one.
  mkdirSync(join(path, '.a.sqlite.new'))
  t.throws(() => folder.adopt('a', storeWith(9)))
  rmdirSync(join(path, '.a.sqlite.new'))
  t.equal(store.counters.next('v', 'p'), 2)
  folder.close()
  t.strictSame(found(t, path), { a: 2 })
})

t.test('what a killed server left unfinished is cleared away, and belongs to no world', async (t) => {
  const path = folderOf(t)
  const folder = folderIn(t, path)
  folder.adopt('a', storeWith(1)).counters.next('v', 'p')
  const log = readFileSync(join(path, 'a.sqlite-wal'))
  folder.close()
  writeFileSync(join(path, '.a.sqlite.new'), 'half a file')
  writeFileSync(join(path, 'gone.sqlite-wal'), log)
  writeFileSync(join(path, 'snapshots', '.s.sqlite.new'), '')
  writeFileSync(join(path, 'notes.txt'), 'mine')
  writeFileSync(join(path, 'Not-A-World.sqlite'), 'mine too')
  t.strictSame(found(t, path), { a: 2 })
  const left = readdirSync(path)
  for (const name of ['.a.sqlite.new', 'gone.sqlite-wal']) t.notOk(left.includes(name), name)
  for (const name of ['notes.txt', 'Not-A-World.sqlite']) t.ok(left.includes(name), name)
  t.strictSame(readdirSync(join(path, 'snapshots')), [])
})

t.test('a file that is no world is named, and it and all others stay byte for byte as they were', async (t) => {
  const path = folderOf(t)
  const killed = folderIn(t, path)
  killed.adopt('sound', storeWith(1)).counters.next('v', 'p')
  const sound = { db: readFileSync(join(path, 'sound.sqlite')), log: readFileSync(join(path, 'sound.sqlite-wal')) }
  killed.close()
  const edited = (edit: string): Buffer => {
    const db = new Database(':memory:')
    db.exec(schema)
    db.exec(edit)
    const bytes = db.serialize()
    db.close()
    return bytes
  }
  const rows: [string, Buffer, RegExp][] = [
    ['nothing', Buffer.alloc(0), /expected a SQLite file, not an empty one/],
    ['garbage', Buffer.alloc(5000, 7), /expected an undamaged file \(file is not a database\)/],
    ['half a file', sound.db.subarray(0, sound.db.length / 2), /expected an undamaged file/],
    ['another application', edited('PRAGMA application_id = 5'), /expected a file made by this product/],
    ['a later version', edited('PRAGMA user_version = 99'), /expected a file of version \d+, not 99/],
    ['a table more', edited('CREATE TABLE x (y)'), /expected the tables of a world/],
    [
      'a count at its end',
      edited(`INSERT INTO counter VALUES ('v', 'p', 9223372036854775806)`),
      /expected counts in counter\.value/,
    ],
    [
      'a count below nothing',
      edited(`INSERT INTO window VALUES ('v', 'p', 'k', -1, NULL)`),
      /expected counts in window\.count/,
    ],
    ['JSON that is none', edited(`INSERT INTO meta VALUES ('standing', '{')`), /expected JSON in meta\.value/],
  ]
  for (const [what, bytes, message] of rows) {
    const at = folderOf(t, {
      'sound.sqlite': sound.db,
      'sound.sqlite-wal': sound.log,
      'spoilt.sqlite': bytes,
      'spoilt.sqlite-wal': what === 'nothing' ? sound.log : Buffer.alloc(40, 1),
    })
    const folder = folderIn(t, at)
    const before = contents(at)
    t.throws(() => folder.worlds(countIn), { name: 'DataError', message }, what)
    t.throws(() => folder.worlds(countIn), { message: new RegExp(`^${join(at, 'spoilt.sqlite')}: `) }, what)
    t.strictSame(contents(at), before, what)
    folder.close()
  }
})

t.test('what is thrown while a world is looked at is told with its path', async (t) => {
  const path = folderOf(t)
  const folder = folderIn(t, path)
  folder.adopt('a', storeWith(1))
  folder.close()
  const again = folderIn(t, path)
  const read = () => {
    throw 'no error at all'
  }
  t.throws(() => again.worlds(read), { name: 'DataError', message: `${join(path, 'a.sqlite')}: no error at all` })
})

t.test('a file that another process has open cannot be opened beside it', async (t) => {
  const path = folderOf(t)
  const folder = folderIn(t, path)
  folder.adopt('a', storeWith(1))
  folder.close()
  const again = folderIn(t, path)
  const reader = new Database(join(path, 'a.sqlite'))
  t.teardown(() => reader.close())
  t.throws(
    () =>
      again.worlds((store) => {
        reader.exec('BEGIN; SELECT * FROM counter')
        return countIn(store)
      }),
    { name: 'DataError', message: /a\.sqlite: database is locked/ },
  )
})

t.test('snapshots are files by their names', async (t) => {
  const path = folderOf(t)
  const { snapshots } = folderIn(t, path)
  t.strictSame(snapshots.names(), [])
  snapshots.write('b', Buffer.from('one'))
  snapshots.write('b', Buffer.from('two'))
  snapshots.write('a', Buffer.from('three'))
  t.strictSame(snapshots.names(), ['a', 'b'])
  t.equal(snapshots.pathOf('a'), join(path, 'snapshots', 'a.sqlite'))
  t.equal(String(snapshots.read('b')), 'two')
  snapshots.remove('b')
  t.strictSame(snapshots.names(), ['a'])
})

t.test('another product’s folder is left as it was, also while that product is at work in it', async (t) => {
  const strangers = ['.secret.new', '.a.sqlite.new', 'my.sqlite-journal', 'My App.sqlite-wal']
  const path = folderOf(t, Object.fromEntries(strangers.map((name) => [name, 'theirs'])))
  const theirs = new Database(join(path, 'app.sqlite'))
  t.teardown(() => theirs.close())
  theirs.exec('PRAGMA journal_mode = WAL; CREATE TABLE row (n INTEGER); INSERT INTO row VALUES (1)')
  const before = readdirSync(path).sort()
  t.ok(before.includes('app.sqlite-shm'))
  const folder = folderIn(t, path)
  t.throws(() => folder.worlds(countIn), { message: /app\.sqlite: expected a file made by this product/ })
  folder.close()
  t.strictSame(readdirSync(path).sort(), [...before, 'folder.db', 'snapshots'].sort())
  const second = new Database(join(path, 'app.sqlite'))
  second.exec('INSERT INTO row VALUES (2)')
  second.close()
  t.equal(theirs.prepare('SELECT count(*) FROM row').pluck().get(), 2)
})

t.test('a register that has lost its seed is refused', async (t) => {
  const path = folderOf(t)
  folderIn(t, path).close()
  const register = new Database(join(path, 'folder.db'))
  register.exec('DELETE FROM folder')
  register.close()
  t.throws(() => folderIn(t, path), { name: 'DataError', message: /folder\.db: expected a seed/ })
})
