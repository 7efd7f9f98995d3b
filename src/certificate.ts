import { LRUCache } from 'lru-cache'
import { dataError, type Identity } from './core/shelf.js'
import type { ShownIdentity } from './http/ports.js'
import type { AuthorityFiles } from './store/authority-files.js'
import { issue, makeAuthority, type Names, outside, readCertificate, readKey } from './tls/authority.js'
import type { Fixture } from './vendors/load-fixture.js'

/** What a server shows to clients over HTTPS, and what they trust it by. */
export interface Certificate {
  readonly identity: ShownIdentity
  /** Of the CA, in PEM; `undefined` where the certificate is the user's own. */
  readonly authority: string | undefined
}

/** The names that clients call a server by. `host` is what it listens on, where it was told. */
export function namesOf(fixtures: readonly Fixture[], host: string | undefined): string[] {
  const vendors = fixtures.flatMap(({ vendor, settings }) => [
    // A wildcard right under a top-level name is nothing to many clients.
    `${vendor.name}.localhost`,
    ...vendor.hosts,
    ...settings.hosts,
  ])
  const everywhere = ['0.0.0.0', '::']
  const own = host === undefined || everywhere.includes(host) ? [] : [host]
  return [...new Set(['localhost', '*.localhost', '127.0.0.1', '::1', ...own, ...vendors])]
}

function using<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw dataError(path, error)
  }
}

function assertSound({ certificate, key }: Identity, { certificatePath, keyPath }: AuthorityFiles): void {
  using(keyPath, () => {
    const own = readKey(key)
    if (own.asymmetricKeyType !== 'rsa') throw new Error('expected an RSA key')
    if (!readCertificate(certificate).checkPrivateKey(own)) throw new Error(`expected the key of ${certificatePath}`)
  })
}

/** The CA of the folder, made if there is none that is still good. */
async function keptAuthority(files: AuthorityFiles, warn: (sentence: string) => void): Promise<Identity> {
  const found = files.find()
  if (found) {
    using(files.certificatePath, () => {
      if (!readCertificate(found.certificate).ca) throw new Error('expected the certificate of a CA')
    })
    if (outside(found.certificate)?.why !== 'expired') {
      assertSound(found, files)
      return found
    }
    warn(`the CA ${files.certificatePath} has expired, and a new one is in its place: clients have to be given that`)
  }
  const made = await makeAuthority()
  files.write(made)
  return made
}

/** How many names are remembered that a certificate was made for on demand. */
const remembered = 100

export interface Naming {
  /** What clients mostly call the server by. */
  readonly names: Names
  /** Whether a client may mean this server by any other name. */
  readonly isOurs: (name: string) => boolean
}

/**
 * A certificate for these names by the CA of the folder or, without one, by a CA that ends with the process; for further
 * names of ours, one each when a client asks for it. Throws `DataError` where the CA of the folder is unusable; it is left
 * as it was.
 */
export async function localCertificate(
  { names, isOurs }: Naming,
  files: AuthorityFiles | undefined,
  warn: (sentence: string) => void,
): Promise<Certificate> {
  const authority = files ? await keptAuthority(files, warn) : await makeAuthority()
  const identity = await issue(authority, names)
  const own = readCertificate(identity.certificate)
  const further = new LRUCache<string, Promise<Identity>>({ max: remembered })
  const findFor = (name: string) => {
    if (own.checkHost(name) !== undefined || !isOurs(name)) return undefined
    const made = further.get(name) ?? issue(authority, [name], identity.key)
    further.set(name, made)
    return made
  }
  return { identity: { ...identity, findFor }, authority: authority.certificate }
}
