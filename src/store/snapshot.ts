import type { Database } from 'better-sqlite3'
import { type RecalledMemory, UnusableSnapshot, type WorldMemory } from '../core/ports.js'

/** A header field of the file format: https://www.sqlite.org/fileformat2.html#the_database_header */
const pageSizeOf = (image: Buffer): number => (image.readUInt16BE(16) === 1 ? 65_536 : image.readUInt16BE(16))

const same = (one: Buffer, other: Buffer, from: number, to: number): boolean =>
  to <= other.length && one.compare(other, from, to, from, to) === 0

/** Numbers of the pages of `base` that are not the same in `image`. */
function changed(base: Buffer, image: Buffer, pageSize: number): number[] {
  const numbers: number[] = []
  const block = pageSize * 256
  for (let start = 0; start < base.length; start += block) {
    const end = Math.min(start + block, base.length)
    if (same(base, image, start, end)) continue
    for (let from = start; from < end; from += pageSize) {
      if (!same(base, image, from, from + pageSize)) numbers.push(from / pageSize)
    }
  }
  return numbers
}

/**
 * A world's file with what the world remembers written into it. The base is kept as the pages in which it differs from
 * the file itself: a journal seldom changes many. Writing pages changes pages, so it is repeated until none is missing.
 */
export function snapshots(db: Database) {
  // Prepared when they are needed: most worlds never are a snapshot.
  const forget = () => {
    // What was in it may be a secret, and the file is handed out.
    db.pragma('secure_delete = ON')
    db.exec('DELETE FROM meta; DELETE FROM journal; DELETE FROM base_page')
    db.pragma('secure_delete = OFF')
  }

  const write = db.transaction(({ meta, journal, base }: WorldMemory) => {
    const putMeta = db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)')
    const putEntry = db.prepare('INSERT INTO journal (entry) VALUES (?)')
    for (const [name, value] of Object.entries(meta)) putMeta.run(name, value)
    putMeta.run('baseLength', String(base?.length ?? 0))
    for (const entry of journal) putEntry.run(entry)
  })

  const writePages = db.transaction((base: Buffer, numbers: readonly number[], pageSize: number) => {
    const put = db.prepare('INSERT INTO base_page (number, bytes) VALUES (?, ?)')
    for (const number of numbers) put.run(number, base.subarray(number * pageSize, (number + 1) * pageSize))
  })

  function imageWith(base: Buffer): Buffer {
    const kept = new Set<number>()
    for (;;) {
      const image = db.serialize()
      const pageSize = pageSizeOf(image)
      const missing = changed(base, image, pageSize).filter((number) => !kept.has(number))
      if (missing.length === 0) return image
      for (const number of missing) kept.add(number)
      writePages(base, missing, pageSize)
    }
  }

  /** How to make the base, from the file that this store was opened from. Throws `UnusableSnapshot`. */
  function baseOf(length: number, file: Buffer): (() => Buffer) | null {
    if (length === 0) return null
    const pages = db.prepare<[], { number: number; bytes: Buffer }>('SELECT number, bytes FROM base_page').all()
    const pageSize = pageSizeOf(file)
    const isPossible = Number.isInteger(length) && length > 0 && length <= file.length
    if (!isPossible || pages.some(({ number, bytes }) => number < 0 || number * pageSize + bytes.length > length)) {
      throw new UnusableSnapshot('the pages of what its journal began from')
    }
    return () => {
      const base = Buffer.alloc(length)
      file.copy(base)
      for (const { number, bytes } of pages) bytes.copy(base, number * pageSize)
      return base
    }
  }

  return {
    snapshot(memory: WorldMemory): Buffer {
      try {
        forget()
        write(memory)
        return memory.base === null ? db.serialize() : imageWith(memory.base)
      } finally {
        forget()
      }
    },
    recall(file: Buffer): RecalledMemory | undefined {
      const rows = db.prepare<[], { name: string; value: string }>('SELECT name, value FROM meta').all()
      const { baseLength, ...meta } = Object.fromEntries(rows.map(({ name, value }) => [name, value]))
      if (baseLength === undefined) return undefined
      const journal = db.prepare<[], string>('SELECT entry FROM journal ORDER BY number').pluck().all()
      const memory = { meta, journal, base: baseOf(Number(baseLength), file) }
      forget()
      return memory
    },
  }
}
