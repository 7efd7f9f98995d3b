import { overHttp } from './client/http.js'
import { Understudy } from './client/understudy.js'
import { connector, inProcess, unheard } from './in-process.js'
import { checkOptions, OptionError, type Options } from './options.js'
import { assertNotProduction } from './production.js'
import { buildServer, startServer } from './start-server.js'

/** What a server in this process is told: the options of the command, and whether it listens at all. */
export interface CreateOptions extends Omit<Partial<Options>, 'listen'> {
  /**
   * Ports on which a vendor is served with its own paths, by its name. Or `false`: no port is taken, and options of
   * listeners, such as `port` and `tls`, have no place; the server answers at `http://understudy.localhost` through its
   * `dispatcher()`, and to nobody else.
   */
  readonly listen?: NonNullable<Options['listen']> | false
}

const ofListeners = ['port', 'host', 'tls', 'tlsCert', 'tlsKey', 'readyFile'] as const

/** A server that nobody can reach but this process. Throws `OptionError` for an option that wants a listener. */
async function startUnheard(given: Partial<Options>) {
  const misplaced = ofListeners.filter((name) => given[name] !== undefined)
  if (misplaced.length > 0) throw new OptionError(`${misplaced.join(', ')}: nothing listens, as listen is false`)
  const { allowProduction, port, host, ...options } = checkOptions({ logLevel: 'silent', ...given })
  assertNotProduction(allowProduction)
  const app = await buildServer(options)
  const connection = connector(app)
  await app.ready()
  return { app, url: unheard, connection }
}

/**
 * Starts a server in this process, on a free port of 127.0.0.1 unless told otherwise, without a log unless `logLevel`
 * is given. Throws `OptionError`, `FixtureError`, `DataError` and `DataInUse`, and where the port is in use.
 */
export async function createUnderstudy({ listen, ...given }: CreateOptions = {}): Promise<Understudy> {
  const { app, ...where } =
    listen === false
      ? await startUnheard(given)
      : await startServer(checkOptions({ port: 0, logLevel: 'silent', listen, ...given }), {
          forceCloseConnections: true,
        })
  try {
    return await Understudy.open({
      ...where,
      transport: inProcess(app, where.url),
      controlToken: given.controlToken,
      end: () => app.close(),
    })
  } catch (error) {
    await app.close()
    throw error
  }
}

/** What a client of a server elsewhere is told. */
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
