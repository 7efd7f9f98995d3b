import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type RequestOptions, request } from 'node:https'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import forge from 'node-forge'

export interface SecureAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly certificate: PeerCertificate
  readonly protocol: string | null
}

/** A request over TLS that is checked as clients do: by a CA, and by the name that is called. */
export async function askSecurely(
  url: string,
  { body, ...options }: RequestOptions & { readonly body?: string },
): Promise<SecureAnswer> {
  const agent = new Agent({ maxCachedSessions: 0 })
  const asked = request(url, { host: '127.0.0.1', agent, ...options })
  asked.end(body)
  const [response] = await once(asked, 'response')
  const socket: TLSSocket = response.socket
  const [certificate, protocol] = [socket.getPeerCertificate(), socket.getProtocol()]
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  agent.destroy()
  return { status: response.statusCode, headers: response.headers, text, certificate, protocol }
}

/** Makes a certificate and its key for `127.0.0.1`, by itself or, as `signer`, by another one of these. */
export function newIdentity({
  from = new Date(Date.now() - 1000),
  to = new Date(Date.now() + 86_400_000),
  ca = false,
  signer,
}: {
  readonly from?: Date
  readonly to?: Date
  readonly ca?: boolean
  readonly signer?: { readonly certificate: string; readonly key: string }
} = {}): { readonly certificate: string; readonly key: string } {
  const { pki, md } = forge
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const certificate = pki.createCertificate()
  certificate.publicKey = pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }).toString())
  certificate.serialNumber = '01'
  certificate.validity.notBefore = from
  certificate.validity.notAfter = to
  const name = [{ name: 'commonName', value: ca ? 'A CA of a test' : 'A server of a test' }]
  certificate.setSubject(name)
  certificate.setIssuer(signer ? pki.certificateFromPem(signer.certificate).subject.attributes : name)
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: ca },
    { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
  ])
  certificate.sign(pki.privateKeyFromPem(signer?.key ?? key), md.sha256.create())
  return { certificate: pki.certificateToPem(certificate), key }
}
