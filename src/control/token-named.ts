import { type Static, Type } from '@sinclair/typebox'
import type { Token, Tokens } from '../core/token.js'
import type { World } from '../core/world.js'
import type { Vendor, VendorTypes } from '../vendors/vendor.js'
import { ControlError } from './errors.js'
import { vendorNamed } from './find.js'

const among = { vendor: Type.Optional(Type.String({ description: 'where several vendors have one with this id' })) }

/** A token by its text or by its id. */
export const TokenNamed = Type.Union([
  Type.Object({ token: Type.String({ minLength: 1 }), ...among }, { additionalProperties: false }),
  Type.Object({ id: Type.String({ minLength: 1 }), ...among }, { additionalProperties: false }),
])

/** The same, and what may be one or the other. */
type Named = Static<typeof TokenNamed> | { readonly either: string; readonly vendor?: string }

/** A token that is remembered, and by which vendor. */
export interface Known {
  readonly vendor: Vendor
  readonly token: Token<unknown>
}

function find(tokens: Tokens<unknown>, named: Named): Token<unknown> | undefined {
  if ('token' in named) return tokens.findByText(named.token)
  if ('id' in named) return tokens.find(named.id)
  return tokens.findByText(named.either) ?? tokens.find(named.either)
}

/** Every token of the world that is so named. Throws `unknown-vendor`. */
export function tokensNamed(vendors: readonly Vendor[], world: World, named: Named): Known[] {
  const asked = named.vendor === undefined ? vendors : [vendorNamed(vendors, named.vendor, '/vendor')]
  return asked.flatMap((vendor) => {
    const token = find(world.realm<VendorTypes>(vendor.name).tokens, named)
    return token ? [{ vendor, token }] : []
  })
}

/** The token that is so named. Throws `unknown-vendor`, `unknown-token` or `ambiguous-token`. */
export function tokenNamed(
  vendors: readonly Vendor[],
  world: World,
  named: Named,
  pointer = 'token' in named ? '/token' : '/id',
): Known {
  const [known, ...more] = tokensNamed(vendors, world, named)
  if (!known) throw new ControlError(404, 'unknown-token', 'this world remembers no such token', { pointer })
  if (more.length === 0) return known
  throw new ControlError(409, 'ambiguous-token', 'several vendors have a token with this id; name the vendor too', {
    pointer,
    vendors: [known, ...more].map(({ vendor }) => vendor.name),
  })
}

const purpose = 'minted'

/** How many tokens the forge has made in this world. */
export const mintedIn = ({ store }: World): number => store.counters.get('', purpose)

export const countMinted = (store: World['store']): number => store.counters.next('', purpose)
