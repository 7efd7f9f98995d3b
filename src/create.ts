import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { overHttp } from './client/http.js'
import type { Transport } from './client/plane.js'
import { Understudy } from './client/understudy.js'
import { checkOptions, OptionError, type Options } from './options.js'
import { startServer } from './start-server.js'

/** Carries control requests to a server in this process, past its socket. */
const inProcess =
  (app: FastifyInstance, url: string): Transport =>
  async ({ method, path, headers, body, signal }) => {
    // An injected request leaves no turn to sockets, and whoever asks until something has happened must let it happen.
    await nextTurn()
    const answer = await app.inject({
      // Fastify's list of methods, which is longer than what the client sends.
      method: method as NonNullable<InjectOptions['method']>,
      url: path,
      headers: { ...headers, host: new URL(url).host },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : Buffer.from(body) }),
      ...(signal && { signal }),
      payloadAsStream: true,
    })
    return { status: answer.statusCode, body: answer.stream() }
  }

/**
 * Starts a server in this process, on a free port of 127.0.0.1 unless told otherwise, without a log unless `logLevel`
 * is given. Its options are those of the command. Throws `OptionError`, `FixtureError`, `DataError` and `DataInUse`, and
 * where the port is in use.
 */
export async function createUnderstudy(options: Partial<Options> = {}): Promise<Understudy> {
  const checked = checkOptions({ port: 0, logLevel: 'silent', ...options })
  const { app, url } = await startServer(checked, { forceCloseConnections: true })
  try {
    const { controlToken } = checked
    return await Understudy.open({ url, transport: inProcess(app, url), controlToken, end: () => app.close() })
  } catch (error) {
    await app.close()
    throw error
  }
}

export interface ConnectOptions {
  /** What the server was given as `--control-token`. */
  readonly controlToken?: string
}

/**
 * The same over HTTP, of a server that runs elsewhere; `url` is its base URL. Throws `OptionError` where that is none,
 * and `UnderstudyError` where no Understudy answers.
 */
export async function connectUnderstudy(url: string, { controlToken }: ConnectOptions = {}): Promise<Understudy> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.href !== `${parsed.origin}/`) {
    throw new OptionError(`url: ${JSON.stringify(url)} is not the base URL of a server, such as http://127.0.0.1:4555`)
  }
  return Understudy.open({ url: parsed.origin, transport: overHttp(parsed.origin), controlToken })
}
