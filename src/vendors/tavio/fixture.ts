import { type Static, Type } from '@sinclair/typebox'
import { type Account, ImpossibleAccount } from '../../core/account.js'
import type { AccountState } from '../../core/ports.js'
import type { Realm } from '../../core/realm.js'
import { commonSettings } from '../vendor.js'

export const settings = Type.Object(
  {
    ...commonSettings,
    tokenLifetimeSeconds: Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      default: 3600,
      description: 'life of orgAuth and envAuth tokens',
    }),
    renewRevokes: Type.Boolean({ default: false, description: 'a renewed token ends the one it was renewed from' }),
    statusCase: Type.Union([Type.Literal('lower'), Type.Literal('upper')], {
      default: 'lower',
      description: 'letter case of a user’s status, which the documents lost',
    }),
  },
  { additionalProperties: false },
)

const text = (description: string) => Type.Optional(Type.String({ description }))
const flag = (description: string) => Type.Optional(Type.Boolean({ description }))

/** A user of the vendor, and the organizations that the user belongs to. */
export const account = Type.Object({
  id: text('a UUID'),
  username: Type.String({ minLength: 1 }),
  email: Type.String({ minLength: 1 }),
  firstName: text('empty where left out'),
  lastName: text('empty where left out'),
  status: Type.Optional(
    Type.Union([Type.Literal('active'), Type.Literal('invited'), Type.Literal('inactive')], {
      description: 'only an active user logs in',
    }),
  ),
  mfaRequired: flag('informational'),
  mfaConfigured: flag('informational'),
  changePassword: flag('informational'),
  invite_expired: flag('informational'),
  favorite: Type.Optional(Type.Array(Type.String())),
  memberships: Type.Optional(
    Type.Array(
      Type.Object(
        {
          orgDomain: Type.String({ minLength: 1 }),
          roles: Type.Array(Type.String()),
          environments: Type.Array(Type.String(), { description: 'environments the user may connect to' }),
        },
        { additionalProperties: false },
      ),
    ),
  ),
})

export const facts = Type.Object({
  organizations: Type.Array(
    Type.Object(
      { orgDomain: Type.String({ minLength: 1 }), environments: Type.Array(Type.String({ minLength: 1 })) },
      { additionalProperties: false },
    ),
  ),
})

type Entry = Static<typeof account>

export type Profile = Required<Omit<Entry, 'id'>>
export type Membership = Profile['memberships'][number]

/** `environment` is set for envAuth tokens. */
export interface TokenFacts {
  readonly environment: string | null
}

export interface TavioTypes {
  profile: Profile
  token: TokenFacts
  facts: Static<typeof facts>
  settings: Static<typeof settings>
}

export type TavioRealm = Realm<TavioTypes>
export type TavioAccount = Account<Profile>

export const byEmail = (email: string) => ({ kind: 'email', key: email.toLowerCase(), tenant: '' })
export const byUsername = (username: string) => ({ kind: 'username', key: username, tenant: '' })

/** Whom a login means: an e-mail address goes before a user name. */
export const findByName = (realm: TavioRealm, name: string): TavioAccount | undefined =>
  realm.accounts.findByLogin(byEmail(name)) ?? realm.accounts.findByLogin(byUsername(name))

export const states = {
  active: () => ({ status: 'active' as const }),
  disabled: () => ({ status: 'inactive' as const }),
}

/** Throws `ImpossibleAccount`. */
function assertThere(memberships: readonly Membership[], { organizations }: TavioTypes['facts']): void {
  const domains = organizations.map(({ orgDomain }) => orgDomain)
  for (const [index, { orgDomain }] of memberships.entries()) {
    if (domains.includes(orgDomain)) continue
    throw new ImpossibleAccount(`one of ${domains.join(', ')}, not ${orgDomain}`, `/memberships/${index}/orgDomain`)
  }
}

export function accountFrom(entry: Entry, realm: TavioRealm) {
  const { id = realm.chance.uuid('account'), ...given } = entry
  const profile: Profile = {
    firstName: '',
    lastName: '',
    status: 'active',
    mfaRequired: false,
    mfaConfigured: false,
    changePassword: false,
    invite_expired: false,
    favorite: [],
    memberships: [],
    ...given,
  }
  assertThere(profile.memberships, realm.facts)
  const state: AccountState = profile.status === 'active' ? 'active' : 'disabled'
  return { id, state, logins: [byEmail(profile.email), byUsername(profile.username)], profile }
}

export const entryOf = ({ id, profile }: TavioAccount): Entry => ({ id, ...profile })
