import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'

export interface Run {
  readonly process: ChildProcess
  stdout: string
  stderr: string
  readonly exit: Promise<number | null>
}

/** Starts the built command, with `before` it what starts it; ended with the test, if it has not ended by itself. */
export function start(
  t: Test,
  args: readonly string[],
  env: Record<string, string> = {},
  before: readonly string[] = [],
): Run {
  const [command = '', ...rest] = [...before, process.execPath, 'dist/bin/cli.js', ...args]
  const child = spawn(command, rest, { env: { PATH: process.env.PATH, ...env } })
  const run: Run = { process: child, stdout: '', stderr: '', exit: once(child, 'exit').then(([code]) => code) }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    run.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    run.stderr += text
  })
  t.teardown(() => child.kill('SIGKILL'))
  return run
}

/** The base URL, once it has been printed. */
export async function serving(run: Run): Promise<string> {
  while (!run.stdout.includes('Try:')) {
    const ended = await Promise.race([
      once(run.process.stdout ?? run.process, 'data').then(() => false),
      run.exit.then(() => true),
    ])
    if (ended) throw new Error(`ended before it served: ${run.stderr}`)
  }
  return /http:\/\/127\.0\.0\.1:\d+/.exec(run.stdout)?.[0] ?? ''
}
