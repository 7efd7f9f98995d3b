import { generateKeyPairSync } from 'node:crypto'
import { forge, hs256, rs256, segments, unsigned } from './jwt.js'

/** A JWT in which one thing is wrong, made of a good one, by no code of the emulator. */
export type Flaw = (good: string) => string

const second = (iso: string): number => Date.parse(iso) / 1000
const foreign = hs256('the secret of somebody else')
let pair: string | undefined
const foreignRsa = (): string => {
  pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
  return pair
}

const cut = (token: string) => token.slice(0, token.lastIndexOf('.') + 1)

/** What an opaque token is replaced by, to see what becomes of a JWT where none is issued. */
export const anyJwt = forge(
  { alg: 'HS256', typ: 'JWT' },
  { sub: '1', iat: second('2026-01-01T00:00:00Z'), exp: second('2026-01-02T00:00:00Z') },
  hs256('any'),
)

const signedAnew =
  (change: object): Flaw =>
  (good) => {
    const { header, claims } = segments(good)
    return forge(header, { ...claims, ...change }, foreign)
  }

/** Flaws that need no key of the vendor. */
export const flaws = {
  'alg-none': (good) => forge({ typ: 'JWT', alg: 'none' }, segments(good).payload, unsigned),
  'confused-algorithm': (good) => forge({ typ: 'JWT', alg: 'RS256' }, segments(good).payload, rs256(foreignRsa())),
  'stripped-signature': cut,
  'altered-signature': (good) => {
    const signature = segments(good).signature
    signature[0] = (signature[0] ?? 0) ^ 1
    return cut(good) + signature.toString('base64url')
  },
  'altered-claims': (good) => {
    const { header, payload, signature } = segments(good)
    return forge(
      header,
      payload.replace(/"sub":"?/, (found) => `${found}9`),
      () => signature,
    )
  },
  'wrong-key': signedAnew({}),
  'not-yet-valid': signedAnew({ nbf: second('2026-01-01T01:00:00Z') }),
  'wrong-issuer': signedAnew({ iss: 'https://issuer.invalid' }),
  'wrong-audience': signedAnew({ aud: 'somebody-else' }),
  'missing-claim': signedAnew({ sub: undefined }),
} as const satisfies Record<string, Flaw>

export const isFlaw = (name: string): name is keyof typeof flaws => name in flaws
