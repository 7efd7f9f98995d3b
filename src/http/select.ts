import type { IncomingMessage } from 'node:http'
import { hostMatches } from '../core/host.js'

const schemes = ['http', 'https'] as const

/** Whose request this is, and where in the vendor's own paths it points. */
export interface Selection {
  readonly world: string
  /** `null`: the control plane. */
  readonly vendor: string | null
  /** The prefix under which the client sees the vendor: `''`, `/tavio` or `/@w7/tavio`. */
  readonly mount: string
  /** The vendor's own path with query, as the client wrote it. */
  readonly path: string
  /** The host and port that the client named. */
  readonly host: string
  /** The scheme by which the client asked, where a header tells it; what is made of it is seen by who sent it only. */
  readonly scheme?: (typeof schemes)[number]
  /** What the router sees. */
  readonly url: string
  /** Why the request cannot be placed: the world's name is malformed. */
  readonly problem?: string
}

export interface SelectableVendor {
  readonly name: string
  readonly hosts: readonly string[]
  readonly manners: { readonly trailingSlash: boolean; readonly caseInsensitivePaths: boolean }
}

/** Hosts that no vendor can have, and most requests name: settings refuse them. */
const nobodys = /^(localhost|[\d.]+|\[[\da-f:.]*\]|)$/

const worldName = /^[a-z0-9][a-z0-9-]{0,62}$/

/** `{vendor, world}` of `<vendor>.localhost` and `<vendor>.<world>.localhost`. */
function localName(host: string, vendors: readonly SelectableVendor[]) {
  if (!host.endsWith('.localhost')) return undefined
  const [name, world, ...rest] = host.slice(0, -'.localhost'.length).split('.')
  const vendor = vendors.find((candidate) => candidate.name === name)
  return vendor && rest.length === 0 ? { vendor, world } : undefined
}

/** A segment as the router will read it; one that cannot be read stays as it is. */
function decoded(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Splits `/first/rest?query` into `first` and `/rest?query`. */
function firstSegment(path: string): { first: string; rest: string } {
  const end = path.slice(1).search(/[/?]/)
  if (end < 0) return { first: path.slice(1), rest: '/' }
  const rest = path.slice(end + 1)
  return { first: path.slice(1, end + 1), rest: rest.startsWith('/') ? rest : `/${rest}` }
}

/** The path as the vendor's router would read it. */
function routed(path: string, { trailingSlash, caseInsensitivePaths }: SelectableVendor['manners']): string {
  const query = path.indexOf('?')
  let pathname = query < 0 ? path : path.slice(0, query)
  if (caseInsensitivePaths) pathname = pathname.toLowerCase()
  if (trailingSlash && pathname.length > 1 && pathname.endsWith('/')) pathname = pathname.slice(0, -1)
  return query < 0 ? pathname : pathname + path.slice(query)
}

/**
 * Places a request: `/@world` is taken off, then the port, the Host header and the first path segment, in this order, name
 * the vendor. `hostsOf` gives the further host names that a world's settings add, `owner` the vendor whose own the port is.
 */
export function select(
  request: Pick<IncomingMessage, 'headers' | 'url'>,
  vendors: readonly SelectableVendor[],
  hostsOf: (world: string, vendor: string) => readonly string[],
  owner?: string,
): Selection {
  let path = request.url ?? '/'
  let host = request.headers.host ?? ''
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(path)
  if (absolute) {
    host = absolute[1] ?? ''
    path = absolute[2] ?? ''
  }
  path = path.split('#', 1)[0] ?? ''
  if (!path.startsWith('/')) path = `/${path}`
  const named = host
  host = host.toLowerCase().replace(/:\d*$/, '')

  let mount = ''
  let prefixWorld: string | undefined
  if (path.startsWith('/@')) {
    const { first, rest } = firstSegment(path)
    prefixWorld = first.slice(1)
    mount = `/${first}`
    path = rest
  }
  const local = localName(host, vendors)
  const header = request.headers['x-understudy-world']
  const world = (Array.isArray(header) ? header[0] : header) ?? prefixWorld ?? local?.world ?? 'default'
  if (!worldName.test(world)) {
    return {
      world: 'default',
      vendor: null,
      mount,
      path,
      host: named,
      url: '/',
      problem: `${JSON.stringify(world)} is no world name`,
    }
  }
  const scheme = schemes.find((one) => one === request.headers['x-understudy-scheme'])
  const placed = { world, mount, path, host: named, ...(scheme && { scheme }) }

  const real = nobodys.test(host)
    ? undefined
    : vendors.find(
        (vendor) =>
          vendor.hosts.some((pattern) => hostMatches(pattern, host)) ||
          hostsOf(world, vendor.name).some((pattern) => hostMatches(pattern, host)),
      )
  const { first, rest } = firstSegment(path)
  const segment = decoded(first)
  const control = { ...placed, vendor: null, url: path }
  if (segment === '_understudy' && !real) return control
  const atRoot = vendors.find((vendor) => vendor.name === owner) ?? real ?? local?.vendor
  if (atRoot) return { ...placed, vendor: atRoot.name, url: `/${atRoot.name}${routed(path, atRoot.manners)}` }
  const byPath = vendors.find((vendor) => vendor.name === segment)
  if (!byPath) return control
  return {
    ...placed,
    vendor: byPath.name,
    mount: `${mount}/${first}`,
    path: rest,
    url: `/${byPath.name}${routed(rest, byPath.manners)}`,
  }
}
