import { LRUCache } from 'lru-cache'

/** So many results of one function: those of the tokens that a test suite sends again and again. */
const most = 1000

/** The same pure function of a text, which remembers what it has answered, but not what it has thrown. */
export function remembered<R extends NonNullable<unknown>>(work: (text: string) => R): (text: string) => R {
  const known = new LRUCache<string, R>({ max: most })
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const result = work(text)
    known.set(text, result)
    return result
  }
}
