import type { Command } from 'commander'
import type { UnderstudyError } from '../client/error.js'
import { overHttp } from '../client/http.js'
import { Plane } from '../client/plane.js'
import type { ServerHealth } from '../client/understudy.js'
import { OptionError } from '../options.js'
import { serverUrl, usualUrl } from './arguments.js'

function seconds(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 3600) return value
  throw new OptionError(`--timeout: ${JSON.stringify(text)} is not usable; expected seconds, up to 3600`)
}

/** The innermost reason, which is the one that says something: `ECONNREFUSED`, `TimeoutError`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause !== undefined) return reasonOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

/** Asks a server how it is. Throws where it does not answer within that time, or is none of ours. */
async function ask(url: string, timeout: number): Promise<string> {
  const signal = AbortSignal.timeout(timeout * 1000)
  const send = overHttp(url)
  const closed = new AbortController().signal
  const plane = new Plane({ url, closed, transport: (request) => send({ ...request, signal }) })
  const answer = await plane.get<Partial<ServerHealth> | null>('/health').catch((error: UnderstudyError) => {
    const { message, code, cause } = error
    throw new Error(
      code === 'unreachable' ? `${message} (${reasonOf(cause)})` : `${url}: ${message}`.replace(/\s+/g, ' '),
    )
  })
  if (answer?.name !== 'understudy') throw new Error(`${url} is no Understudy`)
  const { version, worlds } = answer
  return `${url} serves: version ${version}, ${worlds} ${worlds === 1 ? 'world' : 'worlds'}`
}

export function health(program: Command): void {
  program
    .command('health')
    .description('whether a server serves: exit code 0 or 1')
    .argument('[url]', 'of the server (default: where one serves without flags)', serverUrl)
    .option('--timeout <seconds>', 'how long to wait for its answer', seconds, 3)
    .action(async (url: string | undefined, { timeout }: { timeout: number }) => {
      process.stdout.write(`${await ask(url ?? usualUrl(), timeout)}\n`)
    })
}
