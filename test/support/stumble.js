// @ts-check
// Runs on a thread of its own, which can be ended when an expression does not come to an end.
import { parentPort, workerData } from 'node:worker_threads'

/** @type {{ patterns: { source: string, flags: string, pumps: string[], openings: string[] }[], length: number }} */
const { patterns, length } = workerData

for (const [index, { source, flags, pumps, openings }] of patterns.entries()) {
  const pattern = new RegExp(source, flags)
  for (const pump of pumps) {
    const repeated = pump.repeat(Math.ceil(length / pump.length))
    for (const opening of openings) {
      for (const ending of ['', '\n!']) {
        parentPort?.postMessage({ index, opening, pump, ending })
        // A global one is used to replace, which looks for further matches after the first failure.
        ;(opening + repeated + ending).replace(pattern, '')
      }
    }
  }
}
parentPort?.postMessage(null)
