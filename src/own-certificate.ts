import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { iso } from './core/clock.js'
import type { Identity } from './core/shelf.js'
import { flagOf, OptionError } from './options.js'
import { outside, readCertificate, readKey } from './tls/authority.js'

type Flag = 'tlsCert' | 'tlsKey'

/** Names the flag and the file at fault. */
function using<T>(flag: Flag, path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new OptionError(`${flagOf(flag)}: ${path}: ${error instanceof Error ? error.message : error}`)
  }
}

/** The certificate and key of these files, in PEM. Throws `OptionError` where they cannot serve. */
export function readOwnCertificate(paths: Readonly<Record<Flag, string>>): Identity {
  const text = (flag: Flag) => using(flag, paths[flag], () => readFileSync(paths[flag], 'utf8'))
  const identity = { certificate: text('tlsCert'), key: text('tlsKey') }
  const certificate = using('tlsCert', paths.tlsCert, () => readCertificate(identity.certificate))
  const key = using('tlsKey', paths.tlsKey, () => readKey(identity.key))
  if (!certificate.checkPrivateKey(key)) {
    throw new OptionError(`${flagOf('tlsKey')}: ${paths.tlsKey} is not the key of the certificate ${paths.tlsCert}`)
  }
  // What is too weak, and what comes after the first certificate.
  using('tlsCert', paths.tlsCert, () => createSecureContext({ cert: identity.certificate, key: identity.key }))
  return identity
}

/** Why clients will refuse a certificate that has been read, if its time is over or has not come. */
export function doubtAbout({ certificate }: Identity, path: string): string | undefined {
  const { why, at } = outside(certificate) ?? {}
  if (at === undefined) return undefined
  const when = why === 'expired' ? `has expired at ${iso(at)}` : `is good from ${iso(at)} on`
  return `the certificate ${path} ${when}: clients will refuse it`
}
