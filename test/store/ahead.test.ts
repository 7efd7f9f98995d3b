import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Store } from '../../src/core/ports.js'
import { openStore } from '../../src/store/database.js'
import { imageOf, type KeptStore, openKeptStore } from '../../src/store/kept-store.js'
import { folderOf } from '../support/folder.js'

/** The store of a file in a folder of its own, and what it was opened from. */
function keptIn(t: Test): { path: string; store: KeptStore } {
  const path = join(folderOf(t), 'w.sqlite')
  const empty = openStore()
  writeFileSync(path, imageOf(empty))
  empty.close()
  return { path, store: opened(t, path) }
}

function opened(t: Test, path: string): KeptStore {
  const store = openKeptStore(path)
  t.teardown(() => store.close())
  return store
}

/** The files as they are now, which is how a killed process leaves them. */
function copied(t: Test, path: string): string {
  const copy = join(folderOf(t), 'copy.sqlite')
  for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
  return copy
}

const next = ({ counters }: Pick<Store, 'counters'>): number => counters.next('', 'request')
const count = ({ counters }: Pick<Store, 'counters'>): number => counters.get('', 'request')

t.test('a world that was left in order goes on with the next number', async (t) => {
  const { path, store } = keptIn(t)
  for (const number of [1, 2, 3]) t.equal(next(store), number)
  t.equal(count(store), 3)
  store.close()
  const again = opened(t, path)
  t.equal(count(again), 3)
  for (let number = 4; number < 200; number++) t.equal(next(again), number)
  again.detach()
  t.equal(count(opened(t, copied(t, path))), 199)
})

t.test('a world whose process was killed passes numbers over, at most 64, and gives none twice', async (t) => {
  for (const before of [1, 63, 64, 65]) {
    const { path, store } = keptIn(t)
    for (let n = 0; n < before; n++) next(store)
    const first = next(opened(t, copied(t, path)))
    t.ok(first > before && first <= before + 64, `${first} after ${before}`)
  }
})

/** Larger than what SQLite keeps in memory. */
function largeOf(t: Test): Store {
  const store = openStore(keptIn(t).store.serialize(), 0)
  t.teardown(() => store.close())
  return store
}

const copying: readonly ((store: Store) => Buffer)[] = [
  (store) => store.serialize(),
  (store) => store.snapshot({ meta: {}, journal: [], base: null }),
]

t.test('a copy says how many requests there were, and both go on from there', async (t) => {
  for (const made of [() => keptIn(t).store, () => largeOf(t)]) {
    for (const bytesOf of copying) {
      const store = made()
      for (let n = 0; n < 5; n++) next(store)
      const copy = openStore(bytesOf(store))
      t.teardown(() => copy.close())
      t.equal(count(copy), 5)
      t.strictSame([next(copy), next(store)], [6, 6])
    }
  }
})

t.test('requests that are counted under another purpose no longer count as requests', async (t) => {
  const { store } = keptIn(t)
  next(store)
  next(store)
  store.counters.move('', 'request', 'inherited request')
  t.strictSame([count(store), store.counters.get('', 'inherited request')], [0, 2])
  t.equal(next(store), 1)
})

t.test('only requests are counted ahead: a draw is written down at once', async (t) => {
  const { path, store } = keptIn(t)
  t.equal(store.counters.next('acme', 'token'), 1)
  t.equal(opened(t, copied(t, path)).counters.get('acme', 'token'), 1)
})

/** Does something while no file of this process can grow. */
function withoutRoom(work: () => void): void {
  const limit = (size: string) => execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${size}:unlimited`])
  const goOn = () => undefined
  process.on('SIGXFSZ', goOn)
  limit('1')
  try {
    work()
  } finally {
    limit('unlimited')
    process.off('SIGXFSZ', goOn)
  }
}

const hasLimits = spawnSync('prlimit', ['--version']).status === 0

t.test(
  'without room a world can be read and left, and counts on from what was written down before',
  { skip: !hasLimits && 'needs prlimit, which limits the size of files as a full disk does' },
  async (t) => {
    const { path, store } = keptIn(t)
    next(store)
    withoutRoom(() => {
      t.equal(next(store), 2, 'within the block')
      const copy = openStore(store.serialize())
      t.ok(count(copy) >= 2)
      copy.close()
      t.throws(() => store.detach())
      for (let number = 3; number <= 64; number++) next(store)
      t.throws(() => next(store), { code: /^SQLITE_(FULL|IOERR_WRITE)$/ }, 'the next block')
    })
    t.equal(next(store), 65)
    withoutRoom(() => store.close())
    const first = next(opened(t, path))
    t.ok(first > 65 && first <= 65 + 64, `${first}`)
  },
)
