import { type Static, Type } from '@sinclair/typebox'
import type { Account } from '../core/account.js'
import { DuplicateToken, type Forgery, ImpossibleToken, type Minted, mint } from '../core/forge.js'
import { defects, type Wanted } from '../core/making.js'
import type { Realm } from '../core/realm.js'
import type { World } from '../core/world.js'
import type { Vendor, VendorTypes } from '../vendors/vendor.js'
import type { Rehearsal } from './control.js'
import { ControlError } from './errors.js'
import { accountNamed, vendorNamed } from './find.js'
import { expected } from './input.js'
import { Duration, duration, end, Instant, instant } from './time.js'
import { countMinted } from './token-named.js'

const text = (description: string) => Type.Optional(Type.String({ description }))

export const NewToken = Type.Object(
  {
    vendor: Type.String(),
    account: Type.String({ description: 'id or any login name' }),
    kind: text('the vendor’s first, where left out'),
    tenant: Type.Optional(
      Type.Union([Type.String(), Type.Null()], { description: 'the account’s only one, where left out' }),
    ),
    environment: text('for tokens of an environment; the tenant’s only one, where left out'),
    claims: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'claims of a JWT to add or replace; null leaves one out',
      }),
    ),
    lifetime: Type.Optional(Duration),
    issuedAt: Type.Optional(Instant),
    expiresAt: Type.Optional(Instant),
    defect: Type.Optional(Type.Union(defects.map((defect) => Type.Literal(defect)))),
  },
  { additionalProperties: false },
)

/** A token as it is asked for: whose, and what is to be wrong with it. */
export type NewToken = Static<typeof NewToken>

type AnyRealm = Realm<VendorTypes>
type AnyWanted = Wanted<VendorTypes['profile']>

export interface Order {
  readonly vendor: Vendor
  readonly realm: AnyRealm
  readonly wanted: AnyWanted
  readonly forgery: Forgery
}

function kindOf({ name, tokens: { kinds } }: Vendor, wanted: string = kinds[0].name) {
  const kind = kinds.find((candidate) => candidate.name === wanted)
  if (kind) return kind
  throw expected('/kind', `one of ${kinds.map((known) => known.name).join(', ')}, which ${name} has`)
}

/** The one that is asked for, or the only one there is. */
function chosen<T extends string | null>(asked: T | undefined, possible: readonly T[], pointer: string): T {
  const [only, ...others] = possible
  if (only === undefined) throw expected(pointer, 'an account that has one: this has none')
  const named = asked === undefined ? only : possible.find((candidate) => candidate === asked)
  if (named !== undefined && (asked !== undefined || others.length === 0)) return named
  throw expected(pointer, `one of ${possible.join(', ')}`)
}

function timesOf(
  { issuedAt, expiresAt, lifetime, defect }: NewToken,
  now: number,
  life: (from: number) => number | null,
) {
  if (defect === 'expired' && (issuedAt ?? expiresAt) !== undefined) {
    const pointer = issuedAt === undefined ? '/expiresAt' : '/issuedAt'
    throw expected(pointer, 'nothing: the defect `expired` says when the token ended')
  }
  if (expiresAt !== undefined && lifetime !== undefined) throw expected('/lifetime', 'nothing beside expiresAt')
  const from = issuedAt === undefined ? now : instant(issuedAt, '/issuedAt')
  let until = life(from)
  if (lifetime !== undefined) until = from + duration(lifetime, '/lifetime')
  if (expiresAt !== undefined) until = instant(expiresAt, '/expiresAt')
  if (until !== null && until > end) {
    const pointer = expiresAt === undefined ? '/issuedAt' : '/expiresAt'
    throw new ControlError(422, 'invalid-instant', 'a token ends before the year 10000', {
      pointer: lifetime === undefined ? pointer : '/lifetime',
    })
  }
  return { issuedAt: from, expiresAt: until }
}

/** What is asked for, checked against what the vendor and the account can have. */
export function orderOf(asked: NewToken, vendors: readonly Vendor[], world: World, base: string): Order {
  const vendor = vendorNamed(vendors, asked.vendor, '/vendor')
  const realm = world.realm<VendorTypes>(vendor.name)
  const { settings } = realm
  const account: Account<unknown> = accountNamed(vendor, realm, asked.account, '/account')
  const kind = kindOf(vendor, asked.kind)
  if (asked.defect && !kind.defects.includes(asked.defect)) {
    const message = `a token of ${vendor.name}, kind ${kind.name}, cannot be ${asked.defect}`
    throw new ControlError(422, 'impossible-defect', message, { pointer: '/defect', possible: kind.defects })
  }
  if (asked.claims && !kind.identifiedBy) throw expected('/claims', 'nothing: the token is no JWT')

  const scopes = vendor.tokens.scopes(account, realm)
  const tenants = scopes.map(({ tenant }) => tenant)
  const tenant = chosen(asked.tenant, tenants, '/tenant')
  const environments = scopes.find((scope) => scope.tenant === tenant)?.environments ?? []
  if (asked.environment !== undefined && !kind.inEnvironment) {
    throw expected('/environment', `nothing: the kind ${kind.name} is for none`)
  }
  return {
    vendor,
    realm,
    wanted: {
      kind: kind.name,
      account,
      tenant,
      environment: kind.inEnvironment ? chosen(asked.environment, environments, '/environment') : null,
      ...timesOf(asked, realm.clock.now(), (from) => vendor.tokens.expiry(kind.name, from, settings)),
      issuer: `${base}/${vendor.name}${vendor.login.path}`,
    },
    forgery: {
      ...(asked.defect && { defect: asked.defect }),
      ...(asked.claims && { claims: asked.claims }),
    },
  }
}

/** What another vendor would have given its first account; made in a copy of the world, so that it is nobody's here. */
async function fromElsewhere(
  order: Order,
  vendors: readonly Vendor[],
  world: World,
  rehearsal: Rehearsal,
  base: string,
) {
  const { vendor } = order
  const others = vendors.filter((other) => other !== vendor)
  const alike = others.filter((other) => other.signing === vendor.signing)
  const copy = rehearsal.copy(world)
  try {
    for (const other of [...alike, ...others]) {
      const [account] = copy.realm<VendorTypes>(other.name).accounts.all()
      const [scope] = account ? other.tokens.scopes(account, copy.realm(other.name)) : []
      if (!account || !scope) continue
      const asked = { vendor: other.name, account: account.id, tenant: scope.tenant }
      const { realm, wanted } = orderOf(asked, vendors, copy, base)
      const minted = await mint(realm, other.tokens, wanted)
      return { ...minted, token: null }
    }
  } finally {
    copy.close()
  }
  throw new ImpossibleToken('no other vendor has an account here')
}

/** Makes what is ordered. Throws `impossible-token` or `token-exists`. */
export async function minted(
  order: Order,
  { vendors, world, rehearsal, base }: { vendors: readonly Vendor[]; world: World; rehearsal: Rehearsal; base: string },
): Promise<Minted<unknown>> {
  const { vendor, realm, wanted, forgery } = order
  // Meanwhile the world may begin anew.
  const { store } = world
  try {
    const made =
      forgery.defect === 'other-vendor'
        ? await fromElsewhere(order, vendors, world, rehearsal, base)
        : await mint(realm, vendor.tokens, wanted, forgery)
    countMinted(store)
    return made
  } catch (error) {
    if (!(error instanceof ImpossibleToken)) throw error
    const isTaken = error instanceof DuplicateToken
    throw new ControlError(isTaken ? 409 : 422, isTaken ? 'token-exists' : 'impossible-defect', error.message, {
      pointer: isTaken ? '/claims/jti' : '/defect',
    })
  }
}
