import { LRUCache } from 'lru-cache'

/** In characters, of all texts together: some thousand tokens, such as a test suite sends again and again. */
const most = 1_000_000

/** The same pure function of a text, which remembers what it has answered last, but not what it has thrown. */
export function remembered<R extends NonNullable<unknown>>(work: (text: string) => R): (text: string) => R {
  const known = new LRUCache<string, R>({ maxSize: most, sizeCalculation: (_, text) => text.length + 1 })
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const result = work(text)
    known.set(text, result)
    return result
  }
}
