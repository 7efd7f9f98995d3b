/** Servers in processes of their own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** Seconds that a process has been on a processor, in user and system time. @param {number} pid */
export function processorSeconds(pid) {
  // Behind the name in parentheses, which may hold anything; in ticks of 10 ms.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Resident memory of a process in MB. @param {number} pid */
export const residentMb = (pid) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024

/**
 * Starts a Node program that prints the URL at which it serves.
 * @param {readonly string[]} args
 * @param {Record<string, string>} [environment]
 */
export async function start(args, environment = {}) {
  const child = spawn(process.execPath, args, {
    // A log goes where it costs its writer what it costs anywhere, and nobody reads it.
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...environment },
  })
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

/** Understudy as a user starts it. @param {readonly string[]} flags */
export const understudy = (...flags) => start(['dist/cli.js', '--port', '0', '--seed', '1', ...flags])

/** One of the servers of `serve.js`. @param {readonly string[]} kind */
export const served = (...kind) => start(['test/bench/serve.js', ...kind])
