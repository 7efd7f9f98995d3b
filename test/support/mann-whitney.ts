/**
 * The U test of Mann and Whitney: how far two samples are from being drawn of one distribution, in standard deviations
 * of the normal approximation; ties share their rank. Positive where the first tends to be larger.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): number {
  const all = [...first.map((value) => ({ value, own: true })), ...second.map((value) => ({ value, own: false }))]
  all.sort((a, b) => a.value - b.value)
  let rankSum = 0
  let ties = 0
  for (let at = 0; at < all.length; ) {
    let end = at
    while (end < all.length && all[end]?.value === all[at]?.value) end++
    const rank = (at + 1 + end) / 2
    rankSum += rank * all.slice(at, end).filter(({ own }) => own).length
    ties += (end - at) ** 3 - (end - at)
    at = end
  }
  const [m, n, total] = [first.length, second.length, all.length]
  const u = rankSum - (m * (m + 1)) / 2
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)))
  return variance === 0 ? 0 : (u - (m * n) / 2) / Math.sqrt(variance)
}
