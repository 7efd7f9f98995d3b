import { BlockList } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { NewPort, Port } from './http/ports.js'
import { flagOf, OptionError, type Options } from './options.js'
import type { ReadyFile } from './ready-file.js'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Where to call a server that listens on every address. */
const callable: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** The base URL of a server that listens on this address or name. */
export function urlOf(host: string, port: number, protocol: Port['protocol'] = 'http'): string {
  const called = callable[host] ?? host
  return `${protocol}://${called.includes(':') ? `[${called}]` : called}:${port}`
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'is not for this user to listen on',
}

/** Why nothing can listen on an address, whatever the port. */
const misplacements: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'is no address of this machine',
  EAFNOSUPPORT: 'is an address of a kind that this machine does not have',
  EINVAL: 'is no address that can be listened on',
  ENOTFOUND: 'is no address, and no name that is known here',
  EAI_AGAIN: 'is no address, and as a name it cannot be looked up now',
}

/** Listens by `open`, and says which flag, up to its number, chooses another port where that one cannot be had. */
async function taking(port: number, host: string, flag: string, open: () => Promise<unknown>): Promise<void> {
  try {
    await open()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const where = misplacements[code]
    if (where !== undefined) {
      throw new OptionError(
        `${flagOf('host')}: ${host} ${where}; 127.0.0.1 is always there, and 0.0.0.0 means every address`,
      )
    }
    const why = reasons[code]
    if (why === undefined) throw error
    const other = flag.replace(/=$/, '=PORT').trim()
    throw new Error(`port ${port} of ${host} ${why}; choose another with ${other}, or ${flag}0 for a free one`)
  }
}

function further(app: FastifyInstance, { tls, listen = {} }: Wanted): (NewPort & { readonly flag: string })[] {
  const { identity } = app
  const own = Object.entries(listen).map(([vendor, port]) => ({ port, vendor, flag: `${flagOf('listen')} ${vendor}=` }))
  return tls === undefined || !identity ? own : [{ port: tls, identity, flag: `${flagOf('tls')} ` }, ...own]
}

type Wanted = Pick<Options, 'port' | 'host' | 'controlToken' | 'listen' | 'tls'>

/**
 * Has a server listen on all its ports, and answers its base URL, which `ready` holds until the server closes. Throws where
 * a port is in use, and `OptionError` where the address cannot be had or `ready` cannot be written.
 */
export async function listen(app: FastifyInstance, wanted: Wanted, ready?: ReadyFile): Promise<string> {
  const { port, host, controlToken } = wanted
  if (ready) app.addHook('preClose', async () => ready.withdraw())
  await taking(port, host, `${flagOf('port')} `, () => app.listen({ port, host }))
  const bound = app.server.address()
  // It has been closed meanwhile.
  if (typeof bound !== 'object' || !bound) return urlOf(host, port)
  for (const { flag, ...one } of further(app, wanted)) await taking(one.port, host, flag, () => app.ports.add(one))
  const [url = '', ...others] = app.ports.open.map((one) => {
    const { vendor = '' } = one
    return `${urlOf(host, one.port, one.protocol)} ${vendor}`.trim()
  })
  for (const other of others) app.log.info(`Server listening at ${other}`)
  if (controlToken === undefined && !loopback.check(bound.address, bound.family === 'IPv6' ? 'ipv6' : 'ipv4')) {
    app.log.warn(
      `whoever reaches port ${bound.port} of ${host} can control this server; ${flagOf('controlToken')} keeps strangers out`,
    )
  }
  ready?.announce([url, ...others])
  return url
}
