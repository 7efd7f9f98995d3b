import { constants, createHmac, createPublicKey, sign, timingSafeEqual, verify } from 'node:crypto'

/**
 * Reads and forges JWTs with nothing but node:crypto, so that no test believes the emulator's own reader.
 */
export interface Segments {
  /** The texts as they were signed, member order and escapes included. */
  readonly header: string
  readonly payload: string
  readonly signature: Buffer
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects by comparing
  readonly claims: any
}

export function segments(token: string): Segments {
  const [, header = '', payload = '', signature = ''] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(token) ?? []
  if (signature === '') throw new Error(`no three segments of base64url without padding: ${token}`)
  const bytes = (segment: string) => Buffer.from(segment, 'base64url')
  const text = bytes(payload).toString()
  return { header: bytes(header).toString(), payload: text, signature: bytes(signature), claims: JSON.parse(text) }
}

const signedPart = (token: string): Buffer => Buffer.from(token.slice(0, token.lastIndexOf('.')))

/** Whether the RSA key of that public PEM signed the token (RS256). */
export const signedBy = (token: string, publicKeyPem: string): boolean =>
  verify(
    'sha256',
    signedPart(token),
    { key: publicKeyPem, padding: constants.RSA_PKCS1_PADDING },
    segments(token).signature,
  )

/** Whether that shared secret signed the token (HS256). */
export function signedWith(token: string, secret: string | Buffer): boolean {
  const expected = createHmac('sha256', secret).update(signedPart(token)).digest()
  const { signature } = segments(token)
  return signature.length === expected.length && timingSafeEqual(signature, expected)
}

export type Signer = (signed: Buffer) => Buffer

export const rs256 =
  (privateKeyPem: string): Signer =>
  (signed) =>
    sign('sha256', signed, { key: privateKeyPem, padding: constants.RSA_PKCS1_PADDING })

export const hs256 =
  (secret: string | Buffer): Signer =>
  (signed) =>
    createHmac('sha256', secret).update(signed).digest()

export const unsigned: Signer = () => Buffer.alloc(0)

/** A token of any content; texts are taken as they are. */
export function forge(header: object | string, payload: object | string, signer: Signer): string {
  const encode = (part: object | string) =>
    Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
  const signed = `${encode(header)}.${encode(payload)}`
  return `${signed}.${signer(Buffer.from(signed)).toString('base64url')}`
}

/** The public half of a private key, as a vendor would publish it. */
export const publicPem = (privateKeyPem: string): string =>
  createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString()
