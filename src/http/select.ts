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
  readonly scheme: (typeof schemes)[number] | undefined
  /** What the router sees. */
  readonly url: string
  /** Why the request cannot be placed, if so: the world's name is malformed. */
  readonly problem: string | undefined
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

/** The text up to the first `mark`. */
export function before(text: string, mark: string): string {
  const end = text.indexOf(mark)
  return end < 0 ? text : text.slice(0, end)
}

/** Splits `/first/rest?query` into `first` and `/rest?query`. */
function firstSegment(path: string): { first: string; rest: string } {
  const first = before(before(path, '?').slice(1), '/')
  const rest = path.slice(1 + first.length)
  return { first, rest: rest.startsWith('/') ? rest : `/${rest}` }
}

/** The path as the vendor's router would read it. */
function routed(path: string, { trailingSlash, caseInsensitivePaths }: SelectableVendor['manners']): string {
  const asked = before(path, '?')
  let pathname = caseInsensitivePaths ? asked.toLowerCase() : asked
  if (trailingSlash && pathname.length > 1 && pathname.endsWith('/')) pathname = pathname.slice(0, -1)
  return pathname + path.slice(asked.length)
}

/** What of a request target is the host that it names, and the path with its query. */
function partsOf(target: string, host = ''): { host: string; path: string } {
  const absolute = target.startsWith('/') ? null : /^https?:\/\/([^/?#]*)(.*)$/i.exec(target)
  const path = before(absolute?.[2] ?? target, '#')
  return { host: absolute?.[1] ?? host, path: path.startsWith('/') ? path : `/${path}` }
}

/**
 * Places a request: `/@world` is taken off, then the port, the Host header and the first path segment, in this order, name
 * the vendor. `hostsOf` gives the further host names that a world's settings add, `owner` the vendor whose own the port is.
 */
export function select(
  { headers, url: target = '/' }: Pick<IncomingMessage, 'headers' | 'url'>,
  vendors: readonly SelectableVendor[],
  hostsOf: (world: string, vendor: string) => readonly string[],
  owner?: string,
): Selection {
  const { host: named, path: whole } = partsOf(target, headers.host)
  const host = named.toLowerCase().replace(/:\d*$/, '')
  const inWorld = whole.startsWith('/@') ? firstSegment(whole) : undefined
  const prefix = inWorld ? `/${inWorld.first}` : ''
  const path = inWorld?.rest ?? whole

  const local = localName(host, vendors)
  const header = headers['x-understudy-world']
  const world = (Array.isArray(header) ? header[0] : header) ?? inWorld?.first.slice(1) ?? local?.world ?? 'default'
  const given = headers['x-understudy-scheme']
  const scheme = given === undefined ? undefined : schemes.find((one) => one === given)
  // In one piece: every request has one, and to copy it from another costs more than the rest of this.
  const placed = (vendor: string | null, mount: string, path: string, url: string, problem?: string) => {
    return { world: problem ? 'default' : world, vendor, mount, path, host: named, scheme, url, problem }
  }
  if (!worldName.test(world)) return placed(null, prefix, path, '/', `${JSON.stringify(world)} is no world name`)

  const real = nobodys.test(host)
    ? undefined
    : vendors.find(
        (vendor) =>
          vendor.hosts.some((pattern) => hostMatches(pattern, host)) ||
          hostsOf(world, vendor.name).some((pattern) => hostMatches(pattern, host)),
      )
  const { first, rest } = firstSegment(path)
  const segment = decoded(first)
  if (segment === '_understudy' && !real) return placed(null, prefix, path, path)
  const atRoot = vendors.find((vendor) => vendor.name === owner) ?? real ?? local?.vendor
  if (atRoot) return placed(atRoot.name, prefix, path, `/${atRoot.name}${routed(path, atRoot.manners)}`)
  const byPath = vendors.find((vendor) => vendor.name === segment)
  if (!byPath) return placed(null, prefix, path, path)
  return placed(byPath.name, `${prefix}/${first}`, rest, `/${byPath.name}${routed(rest, byPath.manners)}`)
}
