/** What becomes of figures: medians, ratios, texts. */

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

/**
 * What one measure says of two that were measured in the same rounds: the median of each, and of their ratio in each
 * round.
 *
 * @template T
 * @param {readonly (readonly [T, T])[]} rounds
 * @param {(measured: T) => number} measure
 */
export function ratioOf(rounds, measure) {
  const pairs = rounds.map(([one, other]) => /** @type {const} */ ([measure(one), measure(other)]))
  const ratios = pairs.map(([one, other]) => one / other)
  return {
    one: median(pairs.map(([one]) => one)),
    other: median(pairs.map(([, other]) => other)),
    ratio: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
  }
}

/** @param {number} value @param {number} digits */
export const figure = (value, digits = 2) => value.toFixed(digits)

/** @param {{ ratio: number, least: number, most: number }} measured */
export const spread = ({ ratio, least, most }) => `${figure(ratio)}, from ${figure(least)} to ${figure(most)}`
