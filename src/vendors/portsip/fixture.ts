import { type Static, Type } from '@sinclair/typebox'
import { type Account, ImpossibleAccount } from '../../core/account.js'
import type { Realm } from '../../core/realm.js'
import { commonSettings } from '../vendor.js'
import { Domain, Role, Username } from './wire.js'

const lifetime = (seconds: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 2_147_483_647, default: seconds, description })

export const settings = Type.Object(
  {
    ...commonSettings,
    profile: Type.Union([Type.Literal('22.1'), Type.Literal('22.2')], {
      default: '22.1',
      description: 'version of the API; 22.0 is the same as 22.1, and 22.2 adds /api/auth',
    }),
    sessionCookie: Type.String({
      pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
      default: 'portsip_session',
      description: 'name of the session cookie; the vendor documents none, so that no client may depend on it',
    }),
    tokenLifetimeSeconds: lifetime(1800, 'life of access tokens and of the session that one belongs to'),
    refreshLifetimeSeconds: lifetime(7 * 24 * 3600, 'life of OAuth refresh tokens'),
    sliding: Type.Boolean({
      default: false,
      description: 'each successful call prolongs the session and its access token, as version 12 did',
    }),
    lockout: Type.Boolean({
      default: true,
      description: 'six failed logins block the client’s address for an hour',
    }),
    loginBody: Type.Boolean({
      default: false,
      description: 'POST /api/login answers with the body of GET /api/login, as the page About has it',
    }),
  },
  { additionalProperties: false },
)

const text = (description: string, limits: { maxLength?: number } = {}) =>
  Type.Optional(Type.String({ description, ...limits }))

const maybe = (description: string, limits: { maxLength: number }) =>
  Type.Optional(Type.Union([Type.String(limits), Type.Null()], { description }))

/** A system account where `domain` is left out, else a user of that tenant. */
export const account = Type.Object({
  id: text('opaque; PortSIP’s are the base64 of a long number'),
  username: Username,
  domain: Type.Optional(Type.Union([Domain, Type.Null()])),
  email: maybe('null where left out', { maxLength: 128 }),
  display_name: maybe('null where left out', { maxLength: 1024 }),
  role: Role,
  two_factor_enabled: Type.Optional(
    Type.Boolean({ description: 'sign_in of 22.2 asks for a code as well; false where left out' }),
  ),
})

/** What GET /api/info tells; texts that are left out are null there. */
export const facts = Type.Object({
  system: Type.Object(
    {
      web_domain: text('web domain of the PBX'),
      private_ipv4: text('address'),
      public_ipv4: text('address'),
      enable_ipv6: Type.Optional(Type.Boolean({ description: 'true where left out' })),
      private_ipv6: text('address'),
      public_ipv6: text('address'),
      primary_dns_server: text('address'),
      secondary_dns_server: text('address'),
    },
    { additionalProperties: false },
  ),
  tenants: Type.Array(
    Type.Object(
      {
        domain: Domain,
        name: Type.String({ minLength: 1, maxLength: 1024 }),
        website: text('the tenant’s own', { maxLength: 255 }),
        avatar_url: text('path of a picture'),
        enable_ms365_integration: Type.Optional(Type.Boolean({ description: 'false where left out' })),
        ms365_authorization_endpoint: text('of the identity provider'),
      },
      { additionalProperties: false },
    ),
  ),
})

export type Facts = Static<typeof facts>

export interface Profile {
  readonly username: string
  /** `null`: a system account. */
  readonly domain: string | null
  readonly email: string | null
  readonly display_name: string | null
  readonly role: string
  readonly two_factor_enabled: boolean
}

export interface TokenFacts {
  /**
   * Of a session: the access token that GET /api/login shows again and again. Tokens are kept as digests, from which
   * no text comes back, so the session has to remember this one.
   */
  readonly accessToken: string | null
  /** Of a sign-in that still wants its second factor: digest of its token with the code that was sent last. */
  readonly otp?: { readonly digest: string; readonly attemptsLeft: number }
}

export interface PortsipTypes {
  profile: Profile
  token: TokenFacts
  facts: Facts
  settings: Static<typeof settings>
}

export type PortsipRealm = Realm<PortsipTypes>
export type PortsipAccount = Account<Profile>

const reserved = new Set(['admin', 'system', 'administrator', 'root'])

/** Domains are compared like names in the DNS. */
export const sameDomain = (one: string | null, other: string | null): boolean =>
  one?.toLowerCase() === other?.toLowerCase()

/** Letter case counts, but not in the names that are reserved with case ignored. */
export function byUsername(username: string, domain: string | null) {
  const folded = username.toLowerCase()
  return { kind: 'username', key: reserved.has(folded) ? folded : username, tenant: domain?.toLowerCase() ?? '' }
}

type Entry = Static<typeof account>

export const states = { active: () => ({}) }

export function accountFrom(entry: Entry, realm: PortsipRealm) {
  const { username, domain = null, email = null, display_name = null, role, two_factor_enabled = false } = entry
  if (domain !== null && reserved.has(username.toLowerCase())) {
    throw new ImpossibleAccount(
      `another username: ${username} is reserved for system accounts, which have no domain`,
      '/username',
    )
  }
  if (domain !== null && !realm.facts.tenants.some((tenant) => sameDomain(tenant.domain, domain))) {
    throw new ImpossibleAccount(`a domain that one of the tenants has: ${domain} is none`, '/domain')
  }
  return {
    id: entry.id ?? btoa(realm.chance.text('account', 18, '123456789')),
    state: 'active' as const,
    logins: [byUsername(username, domain)],
    profile: { username, domain, email, display_name, role, two_factor_enabled },
  }
}

export const entryOf = ({ id, profile }: PortsipAccount): Entry => ({ id, ...profile })
