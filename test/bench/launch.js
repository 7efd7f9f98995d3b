/** Servers from the start of their program to their first good answer. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

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
    (answer) => answer.arrayBuffer().then(() => answer.ok),
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

/** Understudy as a user starts it. @type {Startable} */
export const product = {
  name: 'Understudy',
  command: (port) => ({ args: ['dist/bin/cli.js', '--port', String(port)] }),
  path: '/_understudy/health',
}
