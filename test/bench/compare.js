/** Two servers under the same load, in turn. */
import { ratioOf } from './measure.js'
import { processorSeconds } from './servers.js'
import { load } from './wrk.js'

/** Rounds, seconds a round, and seconds of warming up: short rounds and many, because what else the machine does comes and goes. */
export const efforts = {
  quick: { rounds: 1, seconds: 1, warm: 1 },
  full: { rounds: 11, seconds: 2, warm: 6 },
}

/** @typedef {{ rounds: number, seconds: number, warm: number }} Effort */

/** @typedef {{ pid: number, url: string, script: string }} Loaded */

/** @param {Loaded} loaded @param {number} seconds */
export async function measure({ pid, url, script }, seconds) {
  const from = processorSeconds(pid)
  const measured = await load(url, { script, seconds })
  return { ...measured, byProcessorSecond: measured.requests / (processorSeconds(pid) - from) }
}

/**
 * Measures both in each round, in changing order.
 * @template T
 * @param {() => Promise<T>} one
 * @param {() => Promise<T>} other
 * @param {number} rounds
 */
export async function inTurn(one, other, rounds) {
  /** @type {[T, T][]} */
  const all = []
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      all.push([await one(), await other()])
    } else {
      const second = await other()
      all.push([await one(), second])
    }
  }
  return all
}

/**
 * Ratios of one server to another: by the second, by the second of processor time, and latencies in milliseconds.
 * @param {Loaded} one
 * @param {Loaded} other
 * @param {Effort} effort
 */
export async function compare(one, other, { rounds, seconds, warm }) {
  // A server becomes faster for seconds.
  await Promise.all([measure(one, warm), measure(other, warm)])
  const all = await inTurn(
    () => measure(one, seconds),
    () => measure(other, seconds),
    rounds,
  )
  return {
    bySecond: ratioOf(all, ({ bySecond }) => bySecond),
    byProcessorSecond: ratioOf(all, ({ byProcessorSecond }) => byProcessorSecond),
    p50: ratioOf(all, ({ p50 }) => p50),
    p99: ratioOf(all, ({ p99 }) => p99),
  }
}
