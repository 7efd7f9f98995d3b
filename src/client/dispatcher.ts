import type { Duplex } from 'node:stream'
import type { Static } from '@sinclair/typebox'
import type { buildConnector, Dispatcher } from 'undici'
import type { Vendors } from '../control/vendors.js'
import { hostMatches } from '../core/host.js'
import { UnderstudyError } from './error.js'
import { type Plane, route } from './plane.js'
import type { VendorSettings } from './settings.js'

/** What a dispatcher does with requests that are not for a vendor. */
export interface DispatcherOptions {
  /**
   * What becomes of a request to any other host: it is sent there (`bypass`, the default), or fails (`error`) with an
   * `UnderstudyError` of code `unhandled-host`, which is the `cause` of what `fetch` throws.
   */
  readonly onUnhandledRequest?: 'bypass' | 'error'
}

/** An undici dispatcher as both the package undici and the `fetch` of Node take it, whose types are not quite the same. */
export type VendorDispatcher = Dispatcher & (RequestInit extends { dispatcher?: infer D } ? NonNullable<D> : unknown)

type Headers = NonNullable<Dispatcher.DispatchOptions['headers']>
type Connector = buildConnector.connector
type Socket = Extract<Parameters<buildConnector.Callback>[1], object>
type IsVendor = (host: string) => boolean

/** Knows the vendors' host names: their own, those of their settings, and what selects them under `.localhost`. */
async function vendorHosts(plane: Plane, names: readonly string[]): Promise<IsVendor> {
  const { vendors } = await plane.get<Static<typeof Vendors>>('/vendors')
  const settings = await Promise.all(names.map((name) => plane.get<VendorSettings>(route`/settings/${name}`)))
  const added = settings.flatMap(({ hosts }) => (Array.isArray(hosts) ? hosts.map(String) : []))
  const patterns = [...vendors.flatMap(({ hosts }) => hosts), ...added]
  return (given) => {
    const host = given.toLowerCase()
    const [vendor = '', , ...end] = host.split('.')
    const inWorld = host.endsWith('.localhost') && end.length === 1 && names.includes(vendor)
    return inWorld || patterns.some((pattern) => hostMatches(pattern, host))
  }
}

/** Headers, in any of the forms that undici takes, with these of ours in place of any so named. */
function withOurs(headers: Headers | null | undefined, ours: Readonly<Record<string, string>>): Headers {
  const isOther = (name: unknown) => !(String(name).toLowerCase() in ours)
  if (Array.isArray(headers)) {
    return [...headers.filter((_, at) => isOther(headers[at - (at % 2)])), ...Object.entries(ours).flat()]
  }
  const isIterable = typeof Object(headers)[Symbol.iterator] === 'function'
  // Without the question before it, undici's own type does not tell an iterable from a record.
  const all = Object.entries(isIterable ? Object.fromEntries(headers as Iterable<[string, string]>) : (headers ?? {}))
  return { ...Object.fromEntries(all.filter(([name]) => isOther(name))), ...ours }
}

/** Connects to the server for a vendor's host and for its own, and elsewhere as `otherwise` does. */
function connectTo({ url, connection }: Plane, isVendor: IsVendor, direct: Connector, otherwise: Connector): Connector {
  const { protocol, host, hostname, port } = new URL(url)
  const server = { protocol, host, hostname: hostname.replace(/^\[|]$/g, ''), port }
  return (options, callback) => {
    const isServer = `${options.protocol}//${options.host}` === url
    if (!isServer && !isVendor(options.hostname)) otherwise(options, callback)
    else if (connection) answer(connection() ?? failed('closed', `${url} has been closed`), callback)
    // The name for TLS is the server's, as the rest.
    else direct(server, callback)
  }
}

const failed = (code: string, message: string): UnderstudyError => new UnderstudyError(message, { status: 0, code })

const refuse: Connector = ({ hostname }, callback) =>
  answer(
    failed('unhandled-host', `${hostname} is the host of no vendor, and this dispatcher goes nowhere else`),
    callback,
  )

/** Only afterwards, since undici asks before it can be answered. */
function answer(outcome: Duplex | Error, callback: buildConnector.Callback): void {
  queueMicrotask(() => {
    if (outcome instanceof Error) callback(outcome, null)
    // undici asks no more of a socket than of any stream that is read and written.
    else callback(null, outcome as Socket)
  })
}

/** A dispatcher to the server of a plane; `world` gets the requests that are sent to a vendor's host. */
export async function dispatcherOf(
  plane: Plane,
  vendors: readonly string[],
  world: string | undefined,
  { onUnhandledRequest = 'bypass' }: DispatcherOptions,
): Promise<VendorDispatcher> {
  const isVendor = await vendorHosts(plane, vendors)
  // It takes a tenth of a second to load, and few need it.
  const { Agent, buildConnector } = await import('undici')
  const direct = buildConnector({})
  const otherwise = onUnhandledRequest === 'bypass' ? direct : refuse
  const agent = new Agent({ connect: connectTo(plane, isVendor, direct, otherwise) })
  const ownProtocol = new URL(plane.url).protocol
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    const { protocol, hostname } = new URL(options.origin ?? plane.url)
    if (!isVendor(hostname)) return dispatch(options, handler)
    const headers = withOurs(options.headers, {
      ...(world !== undefined && { 'x-understudy-world': world }),
      // What is asked for by TLS goes to the server by its own scheme, and a vendor may name its own URL.
      ...(protocol !== ownProtocol && { 'x-understudy-scheme': protocol.slice(0, -1) }),
    })
    return dispatch({ ...options, headers }, handler)
  })
  // undici serves what handles answers in the way of the one, and in the way of the other.
  return dispatcher as VendorDispatcher
}
