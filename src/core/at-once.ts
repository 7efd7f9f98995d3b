/** The same work, of which at most `most` is under way at once; the rest waits in its order. */
export function atOnce<A extends unknown[], R>(
  most: number,
  work: (...given: A) => Promise<R>,
): (...given: A) => Promise<R> {
  const waiting: (() => void)[] = []
  let under = 0
  return async (...given) => {
    if (under === most) await new Promise<void>((begin) => waiting.push(begin))
    else under += 1
    try {
      return await work(...given)
    } finally {
      const next = waiting.shift()
      if (next) next()
      else under -= 1
    }
  }
}
