import { type Static, Type } from '@sinclair/typebox'
import { type Account, ImpossibleAccount } from '../../core/account.js'
import { parseInstant } from '../../core/clock.js'
import type { AccountState } from '../../core/ports.js'
import type { Realm } from '../../core/realm.js'
import { laravelDateTime } from '../../dialects/laravel.js'
import { commonSettings } from '../vendor.js'
import { User, Uuid } from './wire.js'

export const settings = Type.Object(
  {
    ...commonSettings,
    badCredentials: Type.Union([Type.Literal(401), Type.Literal(422)], {
      default: 401,
      description:
        'status of a failed login, which the vendor does not publish; 422 has the form of a validation error',
    }),
    requireIntegration: Type.Boolean({
      default: false,
      description: 'a login must say `"integration": "zapier"`, as later revisions of the page do',
    }),
    tokenLifetimeYears: Type.Integer({ minimum: 1, maximum: 100, default: 5, description: 'calendar years' }),
  },
  { additionalProperties: false },
)

/** A user in the vendor's own names. All but the email has a default; `created_at` and the like are UTC. */
export const account = Type.Object({
  ...Type.Partial(Type.Omit(User, ['email', 'password'])).properties,
  email: User.properties.email,
})

/** `integrationUuid`: id of the installation’s system-notification integration. */
export const facts = Type.Object({
  integrationUuid: Uuid,
})

/** What is left of the wire's user when the core has taken its share. */
export type Profile = Omit<Static<typeof User>, 'id' | 'password' | 'created_at' | 'updated_at'>

export interface ThiioTypes {
  profile: Profile
  token: Record<never, never>
  facts: Static<typeof facts>
  settings: Static<typeof settings>
}

type Entry = Static<typeof account>

export type ThiioRealm = Realm<ThiioTypes>
export type ThiioAccount = Account<Profile>

/** MySQL, Laravel's default, compares text without regard to letter case. */
export const byEmail = (email: string) => ({ kind: 'email', key: email.toLowerCase(), tenant: '' })

function stateOf({ deleted_at, deactivated_at }: Profile): AccountState {
  if (deleted_at !== null) return 'deleted'
  return deactivated_at === null ? 'active' : 'disabled'
}

export const states = {
  active: () => ({ deactivated_at: null, deleted_at: null }),
  disabled: (now: number) => ({ deactivated_at: laravelDateTime(now), deleted_at: null }),
  deleted: (now: number) => ({ deleted_at: laravelDateTime(now) }),
}

function instantOf(column: 'created_at' | 'updated_at', text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const instant = parseInstant(text)
  if (instant === null) throw new ImpossibleAccount(`a day of the calendar, not ${text}`, `/${column}`)
  return instant
}

export function accountFrom(entry: Entry, realm: ThiioRealm, known?: ThiioAccount) {
  const { id = realm.accounts.nextNumber(realm.chance), created_at, ...rest } = entry
  const { updated_at = known ? undefined : created_at, ...given } = rest
  const name = `${id}_${given.email.split('@', 1)[0]}`
  const uri = given.uri ?? `client:${name}`
  const profile: Profile = {
    uuid: given.uuid ?? realm.chance.uuid('user'),
    contact_id: id,
    type: 'customer_employee',
    email_verified_at: null,
    metadata: {
      language: 'en',
      dashboards: { default: 'set_up', favorites: ['set_up', 'default'] },
      date_format: 'DD/MM/YYYY',
      workspace_type: 'advanced',
      test_token_time: 30,
      worker_attributes: {
        lucas_uri: `agent_${name}`,
        contact_uri: uri,
        inbound_calls: 0,
        inbound_conversations: 0,
      },
    },
    integrations_meta: null,
    dialer_extension: null,
    dialer_worker_sid: given.dialer_worker_sid ?? `WK${realm.chance.hex('worker', 16)}`,
    dialer_activity_sid: given.dialer_activity_sid ?? `WA${realm.chance.hex('activity', 16)}`,
    dialer_activity_name: 'Idle',
    remember_token: null,
    welcome_email_sent: 0,
    two_factor_enabled: 0,
    two_factor_secret_key: null,
    deactivated_at: null,
    deleted_at: null,
    uri,
    ...given,
  }
  return {
    id: String(id),
    state: stateOf(profile),
    logins: [byEmail(profile.email)],
    createdAt: instantOf('created_at', created_at),
    updatedAt: instantOf('updated_at', updated_at),
    profile,
  }
}

export const entryOf = ({ id, profile }: ThiioAccount): Entry => ({ id: Number(id), ...profile })
