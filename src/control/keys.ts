import { type Static, Type } from '@sinclair/typebox'
import { iso } from '../core/clock.js'
import { publicHalf } from '../core/jwk.js'
import type { World } from '../core/world.js'
import type { Vendor, VendorTypes } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'
import { ControlError } from './errors.js'
import { vendorNamed } from './find.js'

export const KeyJwk = Type.Object({
  kty: Type.Literal('RSA'),
  kid: Type.String({ description: 'thumbprint by RFC 7638' }),
  use: Type.Literal('sig'),
  alg: Type.Literal('RS256'),
  n: Type.String(),
  e: Type.String(),
})

export const KeyShown = Type.Object({
  vendor: Type.String(),
  algorithm: Type.Union([Type.Literal('RS256'), Type.Literal('HS256')]),
  current: Type.Boolean({ description: 'signs; the others are accepted until they retire' }),
  published: Type.Boolean({ description: 'known to everyone, so that it protects nothing' }),
  retiresAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  publicKey: Type.Optional(Type.String({ description: 'RS256: PEM' })),
  kid: Type.Optional(Type.String({ description: 'RS256: its key among `keys`' })),
  secret: Type.Optional(Type.String({ description: 'HS256: the shared secret' })),
})

export const KeysShown = Type.Object({
  items: Type.Array(KeyShown),
  keys: Type.Array(KeyJwk, { description: 'the RSA keys as a JWK Set (RFC 7517)' }),
})

const Rotate = Type.Object(
  {
    vendor: Type.String(),
    graceSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        default: 0,
        description: 'how long the old key is still accepted, on the clock of the world',
      }),
    ),
  },
  { additionalProperties: false },
)

function keysOf(vendors: readonly Vendor[], world: World): Static<typeof KeysShown> {
  const rows = vendors.flatMap(({ name, signing }) =>
    signing
      ? world
          .realm<VendorTypes>(name)
          .keys.accepted(signing)
          .map((row) => ({ name, signing, row }))
      : [],
  )
  const keys: Static<typeof KeyJwk>[] = []
  const items = rows.map(({ name, signing, row }) => {
    const { material, published, retiresAt } = row
    const shown = {
      vendor: name,
      algorithm: signing,
      current: retiresAt === null,
      published,
      retiresAt: retiresAt === null ? null : iso(retiresAt),
    }
    if (signing === 'HS256') return { ...shown, secret: material }
    const { publicKey, jwk } = publicHalf(material)
    keys.push(jwk)
    return { ...shown, publicKey, kid: jwk.kid }
  })
  return { items, keys }
}

/** What signs the tokens of a world. */
export function keys(app: ControlApp, { vendors, world }: Control): void {
  const response = { 200: KeysShown }

  app.get(
    '/keys',
    {
      schema: {
        operationId: 'listKeys',
        summary: 'The keys that sign or are still accepted, the newest of each vendor first; also a JWK Set',
        response,
      },
    },
    async (request) => keysOf(vendors, world(request)),
  )

  app.post(
    '/keys/rotate',
    {
      schema: {
        operationId: 'rotateKey',
        summary: 'Sign with a new key from now on',
        body: Rotate,
        response,
      },
    },
    async (request) => {
      const { vendor: name, graceSeconds = 0 } = request.body
      const vendor = vendorNamed(vendors, name, '/vendor')
      if (!vendor.signing) {
        throw new ControlError(422, 'no-key', `the tokens of ${name} are opaque: no key signs them`, {
          pointer: '/vendor',
        })
      }
      const changed = world(request)
      await changed.realm<VendorTypes>(name).keys.rotate(vendor.signing, graceSeconds * 1000)
      return keysOf([vendor], changed)
    },
  )
}
