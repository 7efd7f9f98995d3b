import type { FastifyRequest } from 'fastify'
import { type Port, type Ports, portOwner } from './http/ports.js'
import { placeOf } from './http/visit.js'
import type { Vendor } from './vendors/vendor.js'

/** The host without what in front of `.localhost` means one vendor. */
function sharedName(host: string, vendors: readonly Vendor[]): string {
  const [label = ''] = host.split('.', 1)
  const isVendor = vendors.some(({ name }) => name === label.toLowerCase())
  return isVendor ? host.replace(/^[^:]*\.localhost(?=:|$)/i, 'localhost') : host
}

/** The URL at which the client of a request finds the server as a whole, or one of its ports. */
export const originsOf =
  (vendors: readonly Vendor[], ports: Ports) =>
  (request: FastifyRequest, port?: Port): string => {
    // By path, and so never under a host name or a port that already means one vendor.
    const name = sharedName(placeOf(request.raw).host, vendors)
    const elsewhere = port ?? (portOwner(request.raw) === undefined ? undefined : ports.open[0])
    if (!elsewhere) return `${request.protocol}://${name}`
    return `${elsewhere.protocol}://${name.replace(/:\d*$/, '')}:${elsewhere.port}`
  }
