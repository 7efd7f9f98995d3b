import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { pki } from 'node-forge'
import { drawInstance, drawRsaKey, drawSerial } from '../core/chance.js'
import { addYears, Clock, certificateInstant, dateOf } from '../core/clock.js'
import type { Identity } from '../core/shelf.js'

const day = 86_400_000

/** Longer than 398 days is more than some clients take from anybody. */
const leafDays = 397

/** A certificate's time is the machine's, as is that of whoever checks it; no world moves it. */
const now = (): number => new Clock().now()

/** Loaded when somebody wants HTTPS: a server without starts the faster. */
const load = async () => (await import('node-forge')).default

const common = (name: string): pki.CertificateField[] => [
  { name: 'commonName', value: name },
  { name: 'organizationName', value: 'Understudy' },
]

interface Draft {
  /** The certified key, in PEM; a new one, where left out. */
  readonly key?: string | undefined
  readonly subject: pki.CertificateField[]
  readonly until: number
  /** Those of the certificate alone. */
  readonly extensions: readonly object[]
}

/** A certificate signed by the authority; without one, by its own key. */
async function signed({ key: given, subject, until, extensions }: Draft, authority?: Identity): Promise<Identity> {
  const { pki, md } = await load()
  const key = given ?? (await drawRsaKey(2048))
  const own = pki.privateKeyFromPem(key)
  const certificate = pki.createCertificate()
  certificate.publicKey = pki.setRsaPublicKey(own.n, own.e)
  certificate.serialNumber = drawSerial()
  // A client whose clock is behind must not take it for one of the future.
  certificate.validity.notBefore = dateOf(now() - day)
  certificate.validity.notAfter = dateOf(until)
  const issuer = authority ? pki.certificateFromPem(authority.certificate) : certificate
  certificate.setSubject(subject)
  certificate.setIssuer(issuer.subject.attributes)
  certificate.setExtensions([
    ...extensions,
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ])
  certificate.sign(authority ? pki.privateKeyFromPem(authority.key) : own, md.sha256.create())
  return { certificate: pki.certificateToPem(certificate), key }
}

/**
 * A CA of this machine's own, good for ten years. Its key is as random as the machine can make it: one that repeated with
 * a seed would let everybody who knows the seed forge what is trusted by whoever trusts this CA.
 */
export const makeAuthority = (): Promise<Identity> =>
  signed({
    // Two CAs of one name confuse whoever trusts both.
    subject: common(`Understudy local CA ${drawInstance()}`),
    until: addYears(now(), 10),
    extensions: [
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    ],
  })

/** DNS names in which a `*` may stand for the first label, and IP addresses. */
export type Names = readonly string[]

/**
 * A server's certificate for these names, with the CA's behind it as some clients want; for a key in PEM or, without one,
 * for a new one.
 */
export async function issue(authority: Identity, names: Names, key?: string): Promise<Identity> {
  const altNames = names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name }))
  const leaf = await signed(
    {
      key,
      subject: common('localhost'),
      until: now() + leafDays * day,
      extensions: [
        { name: 'basicConstraints', critical: true, cA: false },
        { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames },
      ],
    },
    authority,
  )
  return { ...leaf, certificate: leaf.certificate + authority.certificate }
}

/** Not good any more, or not yet: when it ends or begins, if so. */
export function outside(
  certificate: string,
): { readonly why: 'expired' | 'not-yet-valid'; readonly at: number } | undefined {
  const { validFrom, validTo } = new X509Certificate(certificate)
  const [from, to] = [certificateInstant(validFrom), certificateInstant(validTo)]
  if (now() > to) return { why: 'expired', at: to }
  return now() < from ? { why: 'not-yet-valid', at: from } : undefined
}

function read<T>(what: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new Error(`expected ${what} (${error instanceof Error ? error.message : error})`)
  }
}

/** The first certificate of a PEM text. Throws where there is none. */
export const readCertificate = (pem: string): X509Certificate =>
  read('a certificate in PEM', () => new X509Certificate(pem))

/** The private key of a PEM text. Throws where there is none that needs no password. */
export const readKey = (pem: string): KeyObject =>
  read('a private key in PEM, without a password', () => createPrivateKey(pem))
