/** How long it takes from the start of a program to its first good answer, and what it then holds of memory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { launch, product } from './launch.js'
import { figure, median, ratioOf, spread } from './measure.js'
import { preparePeers } from './peers.js'
import { residentMb } from './servers.js'

/** @param {import('./launch.js').Startable} startable */
async function started(startable) {
  const { ms, pid, stop } = await launch(startable)
  const mb = residentMb(pid)
  await stop()
  return { ms, mb }
}

/** How long Node takes to do nothing. */
async function nothing() {
  const from = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return { ms: performance.now() - from, mb: Number.NaN }
}

/** @param {import('./run.js').Bench} bench */
export async function* benchStart({ quick, peers, tell }) {
  const { ready, missing } = peers ? await preparePeers(tell) : { ready: [], missing: ['--peers was not given'] }
  const contestants = [nothing, ...[product, ...ready].map((startable) => () => started(startable))]
  tell('start')
  const rounds = []
  for (let round = 0; round < (quick ? 3 : 15); round++) {
    const measured = []
    for (const contestant of contestants) measured.push(await contestant())
    rounds.push(measured)
  }
  const startOf = (index) =>
    ratioOf(
      rounds.map((measured) => /** @type {const} */ ([measured[1], measured[index]])),
      ({ ms }) => ms,
    )
  const memoryOf = (index) => median(rounds.map((measured) => measured[index].mb))

  const least = startOf(0)
  yield {
    what: 'start: spawn to first good answer, in times of node -e 0',
    figure: `${spread(least)} (${figure(least.one, 0)} ms of ${figure(least.other, 0)} ms)`,
    target: '≤ 4',
    met: least.ratio <= 4,
  }
  yield {
    what: 'resident memory after start',
    figure: `${figure(memoryOf(1), 0)} MB`,
    target: '≤ 90 MB',
    met: memoryOf(1) <= 90,
  }
  for (const [index, { name }] of ready.entries()) {
    const compared = startOf(index + 2)
    yield {
      what: `start, in times of ${name}`,
      figure: `${spread(compared)} (its start: ${figure(compared.other, 0)} ms; its memory: ${figure(memoryOf(index + 2), 0)} MB)`,
      target: '< 1',
      met: compared.ratio < 1,
    }
  }
  for (const why of missing) yield { what: 'a peer', figure: `left out: ${why}` }
}
