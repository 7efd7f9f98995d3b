/** How long it takes from the start of a program to its first good answer, and what it then holds of memory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { figure, ratioOf, spread } from './measure.js'
import { preparePeers } from './peers.js'
import { residentMb } from './servers.js'

/** A port that was free just now. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  return port
}

/** Whether there is a good answer yet. @param {string} url @param {RequestInit} asked */
const isAnswered = (url, asked) =>
  fetch(url, asked).then(
    async (answer) => (await answer.arrayBuffer(), answer.ok),
    () => false,
  )

/**
 * @typedef {object} Startable
 * @property {string} name
 * @property {(port: number) => { args: readonly string[], folder?: string }} command what Node is to run, and where
 * @property {string} path whose answer is waited for
 * @property {RequestInit} [asked]
 */

/** Starts a server, waits for it and leaves it running. @param {Startable} startable */
export async function launch({ name, command, path, asked = {} }) {
  const port = await freePort()
  const { args, folder } = command(port)
  const from = performance.now()
  const child = spawn(process.execPath, args, { stdio: 'ignore', ...(folder && { cwd: folder }) })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  const url = `http://127.0.0.1:${port}`
  while (!(await isAnswered(url + path, asked))) {
    if (child.exitCode !== null || performance.now() - from > 30_000) {
      await stop()
      throw new Error(`${name} does not answer`)
    }
    await pause(2)
  }
  return { url, pid: Number(child.pid), ms: performance.now() - from, stop }
}

/** @param {Startable} startable */
async function started(startable) {
  const { ms, pid, stop } = await launch(startable)
  const mb = residentMb(pid)
  await stop()
  return { ms, mb }
}

async function nothing() {
  const from = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return { ms: performance.now() - from, mb: Number.NaN }
}

const product = {
  name: 'Understudy',
  command: (port) => ({ args: ['dist/cli.js', '--port', String(port)] }),
  path: '/_understudy/health',
}

/** @param {import('./run.js').Bench} bench */
export async function benchStart({ quick, peers, tell }) {
  const rounds = quick ? 3 : 15
  const { ready, missing } = peers ? await preparePeers(tell) : { ready: [], missing: ['--peers was not given'] }
  const contestants = [product, ...ready]
  tell('start')
  const all = []
  for (let round = 0; round < rounds; round++) {
    const least = await nothing()
    const measured = new Map()
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      measured.set(contestant, await started(contestant))
    }
    all.push({ least, measured })
  }
  const against = (of, other) =>
    ratioOf(
      all.map((round) => /** @type {const} */ ([of(round), other(round)])),
      ({ ms }) => ms,
    )
  const ours = ({ measured }) => measured.get(product)
  const startOf = against(ours, ({ least }) => least)
  const memory = ratioOf(
    all.map((round) => /** @type {const} */ ([ours(round), ours(round)])),
    ({ mb }) => mb,
  )
  return [
    {
      what: 'start: spawn to first good answer, in times of node -e 0',
      figure: `${spread(startOf)} (${figure(startOf.one, 0)} ms of ${figure(startOf.other, 0)} ms)`,
      target: '≤ 4',
      met: startOf.ratio <= 4,
    },
    {
      what: 'resident memory after start',
      figure: `${figure(memory.one, 0)} MB`,
      target: '≤ 90 MB',
      met: memory.one <= 90,
    },
    ...ready.map((peer) => {
      const theirs = ({ measured }) => measured.get(peer)
      const compared = against(ours, theirs)
      const { one: mb } = ratioOf(
        all.map((round) => /** @type {const} */ ([theirs(round), ours(round)])),
        (measured) => measured.mb,
      )
      return {
        what: `start, in times of ${peer.name}`,
        figure: `${spread(compared)} (${figure(compared.other, 0)} ms, ${figure(mb, 0)} MB)`,
        target: '< 1',
        met: compared.ratio < 1,
      }
    }),
    ...missing.map((why) => ({ what: 'peers', figure: `left out: ${why}` })),
  ]
}
