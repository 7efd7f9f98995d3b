/** The middle of what was measured. @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Milliseconds that `work` takes, `times` over. @param {number} times @param {(turn: number) => unknown} work */
export async function timed(times, work) {
  const taken = []
  for (let turn = 0; turn < times; turn++) {
    const from = performance.now()
    await work(turn)
    taken.push(performance.now() - from)
  }
  return taken
}

/** @param {number} value @param {number} digits */
export const figure = (value, digits = 2) => value.toFixed(digits)
