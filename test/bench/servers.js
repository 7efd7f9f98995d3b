/** Servers in processes of their own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'

/** Seconds that the threads of a process have been on a processor. @param {number} pid */
export function processorSeconds(pid) {
  const tasks = `/proc/${pid}/task`
  const nanoseconds = readdirSync(tasks).map((id) =>
    Number(readFileSync(`${tasks}/${id}/schedstat`, 'latin1').split(' ', 1)[0]),
  )
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9
}

/** Resident memory of a process in MB. @param {number} pid */
export const residentMb = (pid) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024

/**
 * Starts a Node program that prints the URL at which it serves.
 * @param {readonly string[]} args
 * @param {'inherit' | 'ignore'} [stderr]
 */
export async function start(args, stderr = 'inherit') {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', stderr] })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill()
    await ended
  }
  let printed = ''
  // The pipe stays open when the loop is left, because who prints into a closed one ends.
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0]
    if (url) return { pid: Number(child.pid), url, stop }
  }
  throw new Error(`node ${args.join(' ')} ended without serving`)
}

/** Understudy as a user starts it; its log is written and not kept. @param {readonly string[]} flags */
export const understudy = (...flags) => start(['dist/bin/cli.js', '--port', '0', '--seed', '1', ...flags], 'ignore')

/** One of the servers of `serve.js`. @param {readonly string[]} kind */
export const served = (...kind) => start(['test/bench/serve.js', ...kind])
