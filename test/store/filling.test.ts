import Database from 'better-sqlite3'
import t from 'tap'
import type { Store } from '../../src/core/ports.js'
import { openStore } from '../../src/store/database.js'
import { openFilling } from '../../src/store/filling.js'
import { assertSnapshot } from '../../src/store/verify-snapshot.js'
import { storeOf } from '../support/realm.js'

const login = { kind: 'email', key: 'ann@example.com', tenant: '' }

/** What it answers of counts, which go on from one another. */
const filled = ({ accounts, counters, transaction }: Store) => {
  const row = { id: '1', state: 'active', passwordHash: 'hash', createdAt: 1, updatedAt: 2, profile: '{}' } as const
  transaction(() => accounts.insert('acme', row, [login]))
  const counts = [counters.get('acme', 'a'), counters.next('acme', 'a'), counters.next('acme', 'a')]
  counts.push(counters.next('other', 'a'), counters.next('acme', 'b'), counters.get('acme', 'a'))
  counters.move('acme', 'b', 'c')
  return [...counts, counters.get('acme', 'b'), counters.get('acme', 'c')]
}

t.test('a database that was filled apart is like one that was filled in use', async (t) => {
  const { store, filled: bytesOf } = openFilling(1)
  t.teardown(() => store.close())
  const usual = storeOf(t)
  t.strictSame(filled(store), filled(usual))
  const bytes = bytesOf()
  assertSnapshot(bytes)
  const rows = (image: Buffer) => {
    const db = new Database(image)
    t.teardown(() => db.close())
    const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
    return tables.map((name) => [name, db.prepare(`SELECT * FROM ${name}`).all()])
  }
  t.strictSame(rows(bytes), rows(usual.serialize()))
  const opened = openStore(bytes)
  t.teardown(() => opened.close())
  t.strictSame(opened.accounts.logins('acme', '1'), [login])
  t.equal(opened.counters.next('acme', 'a'), 3, 'counts go on')
})

t.test('what is filled in the same way is the same, byte by byte', async (t) => {
  const images = [1, 2].map(() => {
    const { store, filled: bytesOf } = openFilling(1)
    t.teardown(() => store.close())
    filled(store)
    return bytesOf()
  })
  t.ok(images[0]?.equals(images[1] ?? Buffer.alloc(0)))
})

t.test('pages are larger where there are many accounts, and only there', async (t) => {
  const pageSizeFor = (accounts: number) => {
    const { store, filled: bytesOf } = openFilling(accounts)
    t.teardown(() => store.close())
    return bytesOf().readUInt16BE(16)
  }
  t.strictSame([0, 9999, 10_000, 1_000_000].map(pageSizeFor), [1024, 1024, 4096, 4096])
})
