import { type TSchema, Type } from '@sinclair/typebox'
import { iso } from '../core/clock.js'
import type { TokenState } from '../core/ports.js'
import type { Token } from '../core/token.js'
import type { World } from '../core/world.js'
import type { Vendor, VendorTypes } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'
import { ControlError } from './errors.js'
import { accountNamed, vendorNamed } from './find.js'
import { minted, NewToken, orderOf } from './mint.js'
import { TokenNamed, tokenNamed } from './token-named.js'

export const OrNull = <S extends TSchema>(schema: S, description: string) =>
  Type.Union([schema, Type.Null()], { description })

const Instant = Type.String({ format: 'date-time' })
const Expiry = OrNull(Instant, 'the first instant at which it is refused; null: never')

export const Present = Type.Record(Type.String(), Type.String())

export const TokenMinted = Type.Object({
  id: OrNull(Type.String(), 'null where the vendor never knew this text'),
  token: Type.String(),
  kind: Type.String(),
  vendor: Type.String(),
  account: Type.String(),
  tenant: OrNull(Type.String(), 'null where there is none'),
  issuedAt: Instant,
  expiresAt: Expiry,
  present: OrNull(Present, 'the headers that a client would send it in; null where it goes elsewhere'),
  claims: OrNull(Type.Record(Type.String(), Type.Unknown()), 'of a JWT'),
})

export const State = Type.Union([Type.Literal('live'), Type.Literal('expired'), Type.Literal('revoked')])

const Requester = (done: string) =>
  OrNull(Type.String(), `id of the vendor request that ${done} it; null: none did, a fixture or the control plane`)

export const TokenShown = Type.Object({
  id: Type.String(),
  vendor: Type.String(),
  kind: Type.String(),
  account: Type.String(),
  tenant: OrNull(Type.String(), 'null where there is none'),
  issuedAt: Instant,
  expiresAt: Expiry,
  issuedBy: Requester('issued'),
  revokedAt: OrNull(Instant, 'null: it was not'),
  revokedBy: Requester('revoked'),
  state: State,
  defect: Type.Optional(Type.String({ description: 'what the forge made wrong with it' })),
})

const Listed = Type.Object({ items: Type.Array(TokenShown), next: Type.Optional(Type.String()) })

export const TokenFilter = Type.Object(
  {
    vendor: Type.Optional(Type.String()),
    account: Type.Optional(Type.String({ description: 'id or, beside a vendor, any login name' })),
    kind: Type.Optional(Type.String()),
    state: Type.Optional(State),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: '`next` of the page before' })),
  },
  { additionalProperties: false },
)

export function stateOf(
  { revokedAt, expiresAt }: Pick<Token<unknown>, 'revokedAt' | 'expiresAt'>,
  now: number,
): TokenState {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'live'
}

/** A token as it is listed: never its text. */
export function tokenShown(token: Omit<Token<unknown>, 'facts'>, vendor: string, now: number) {
  const { id, kind, account, tenant, issuedAt, expiresAt, issuedBy, revokedAt, revokedBy, forged } = token
  const { defect } = JSON.parse(forged ?? '{}')
  return {
    id,
    vendor,
    kind,
    account,
    tenant,
    issuedAt: iso(issuedAt),
    expiresAt: expiresAt === null ? null : iso(expiresAt),
    issuedBy,
    revokedAt: revokedAt === null ? null : iso(revokedAt),
    revokedBy,
    state: stateOf(token, now),
    ...(typeof defect === 'string' && { defect }),
  }
}

/**
 * Id of the account that `name` means to one of `vendors`; a login name only where there is but one. An account that has
 * been removed is known by its tokens. Throws `unknown-account` and `ambiguous-account`.
 */
function ownerNamed(name: string, vendors: readonly Vendor[], world: World): string {
  const [only, ...others] = vendors
  const realmOf = (vendor: Vendor) => world.realm<VendorTypes>(vendor.name)
  const isKnown = (vendor: Vendor) =>
    realmOf(vendor).accounts.find(name) !== undefined ||
    world.store.tokens.list({ vendor: vendor.name, account: name }, { now: 0, after: 0, limit: 1 }).length > 0
  if (vendors.some(isKnown)) return name
  if (only && others.length === 0) return accountNamed(only, realmOf(only), name, '/account').id
  throw new ControlError(404, 'unknown-account', `no vendor has an account with the id ${JSON.stringify(name)}`, {
    pointer: '/account',
  })
}

/** Tokens of a world: made to order, listed and ended. */
export function tokens(app: ControlApp, { vendors, world, rehearsal, base }: Control): void {
  app.post(
    '/tokens',
    {
      schema: {
        operationId: 'mintToken',
        summary: 'Make a token as a login would, or one with a defect',
        body: NewToken,
        response: { 201: TokenMinted },
      },
    },
    async (request, reply) => {
      const from = base(request)
      const order = orderOf(request.body, vendors, world(request), from)
      const { vendor, realm, wanted } = order
      const { text, token, claims, ...times } = await minted(order, {
        vendors,
        world: world(request),
        rehearsal,
        base: from,
      })
      reply.code(201)
      return {
        id: token?.id ?? null,
        token: text,
        kind: wanted.kind,
        vendor: vendor.name,
        account: token?.account ?? wanted.account.id,
        tenant: token ? token.tenant : wanted.tenant,
        issuedAt: iso(times.issuedAt),
        expiresAt: times.expiresAt === null ? null : iso(times.expiresAt),
        present: vendor.tokens.present(text, wanted.kind, realm.settings),
        claims,
      }
    },
  )

  app.get(
    '/tokens',
    {
      schema: {
        operationId: 'listTokens',
        summary: 'The tokens that were issued and minted, oldest first; never their texts',
        querystring: TokenFilter,
        response: { 200: Listed },
      },
    },
    async (request) => {
      const { account, limit = 100, cursor = '0', ...filter } = request.query
      const asked = world(request)
      const now = asked.clock.now()
      const vendor = filter.vendor === undefined ? undefined : vendorNamed(vendors, filter.vendor, '/vendor')
      const owner = account === undefined ? null : ownerNamed(account, vendor ? [vendor] : vendors, asked)
      const slice = { now, after: Number(cursor), limit: limit + 1 }
      const found = asked.store.tokens.list({ ...filter, account: owner }, slice)
      const page = found.slice(0, limit)
      const last = found.length > limit ? page.at(-1) : undefined
      return {
        items: page.map((token) => tokenShown(token, token.vendor, now)),
        ...(last && { next: String(last.number) }),
      }
    },
  )

  app.post(
    '/tokens/revoke',
    {
      schema: {
        operationId: 'revokeToken',
        summary: 'End a token, and with it those that were issued together',
        body: TokenNamed,
        response: { 200: TokenShown },
      },
    },
    async (request) => {
      const changed = world(request)
      const now = changed.clock.now()
      const { vendor, token } = tokenNamed(vendors, changed, request.body)
      changed.realm<VendorTypes>(vendor.name).tokens.revoke(token)
      return tokenShown({ ...token, revokedAt: token.revokedAt ?? now }, vendor.name, now)
    },
  )
}
