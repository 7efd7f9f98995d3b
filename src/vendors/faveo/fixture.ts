import { type Static, Type } from '@sinclair/typebox'
import { type Account, ImpossibleAccount } from '../../core/account.js'
import { parseInstant } from '../../core/clock.js'
import type { AccountState } from '../../core/ports.js'
import type { Realm } from '../../core/realm.js'
import { isEmail } from '../../dialects/php-filter.js'
import { trimEndOf } from '../../dialects/trim.js'
import type { settings } from './settings.js'

const text = (description: string) => Type.Optional(Type.String({ description }))
const number = (description: string) => Type.Optional(Type.Union([Type.Integer(), Type.Null()], { description }))
const flag = (description: string) => Type.Optional(Type.Union([Type.Literal(0), Type.Literal(1)], { description }))

/** A row of the table `users`, by the names of its columns. */
export const account = Type.Object({
  id: Type.Optional(Type.Integer({ minimum: 1 })),
  user_name: Type.String({ minLength: 1, description: 'logs in; of several users with one name the first is meant' }),
  first_name: text('empty where left out'),
  last_name: text('empty where left out'),
  gender: flag('0 where left out'),
  email: Type.Optional(Type.Union([Type.String({ minLength: 1 }), Type.Null()], { description: 'logs in, unique' })),
  ban: flag('1 does not keep a user from logging in'),
  active: flag('only an active user logs in; 1 where left out'),
  is_delete: flag('1 does not keep a user from logging in'),
  ext: text('telephone extension'),
  country_code: number('0 where left out'),
  phone_number: text('empty where left out'),
  mobile: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  agent_sign: text('signature of an agent'),
  account_type: text('empty where left out'),
  account_status: text('empty where left out'),
  assign_group: number('null where left out'),
  primary_dpt: number('null where left out'),
  agent_tzone: text('time zone of an agent'),
  daylight_save: text('empty where left out'),
  limit_access: text('empty where left out'),
  directory_listing: text('empty where left out'),
  vacation_mode: text('empty where left out'),
  company: text('empty where left out'),
  role: text('admin, agent or user; user where left out'),
  internal_note: text('empty where left out'),
  profile_pic: text('URL or data URL of an uploaded picture; the Gravatar of the e-mail where left out'),
  created_at: text('YYYY-MM-DD HH:MM:SS, UTC; now where left out'),
  updated_at: text('as created_at'),
  user_language: Type.Optional(Type.Union([Type.String({ maxLength: 10 }), Type.Null()])),
})

export const facts = Type.Object({
  apiKey: Type.Optional(Type.String({ description: 'the API key of the installation, until another is generated' })),
})

const columns = {
  first_name: '',
  last_name: '',
  gender: 0,
  email: null,
  ban: 0,
  is_delete: 0,
  ext: '',
  country_code: 0,
  phone_number: '',
  mobile: null,
  agent_sign: '',
  account_type: '',
  account_status: '',
  assign_group: null,
  primary_dpt: null,
  agent_tzone: '',
  daylight_save: '',
  limit_access: '',
  directory_listing: '',
  vacation_mode: '',
  company: '',
  role: 'user',
  internal_note: '',
  user_language: null,
} as const

type Entry = Static<typeof account>

/** What the core does not keep itself: it has id, the two times and, as its state, `active`. */
export type Profile = Required<Omit<Entry, 'id' | 'active' | 'profile_pic' | 'created_at' | 'updated_at'>> &
  Pick<Entry, 'profile_pic'>

export interface FaveoTypes {
  profile: Profile
  token: Record<never, never>
  facts: { readonly apiKey: string }
  settings: Static<typeof settings>
}

export type FaveoRealm = Realm<FaveoTypes>
export type FaveoAccount = Account<Profile>

/** As MySQL's usual collations compare: in any letter case, blanks at the end left out. */
const folded = (name: string): string => trimEndOf(name, / /).toLowerCase()

export const byEmail = (email: string) => ({ kind: 'email', key: folded(email), tenant: '' })
export const byUserName = (name: string) => ({ kind: 'user_name', key: folded(name) })

/** Whom a login means, by an e-mail address where the name has the form of one. */
export const findByName = (realm: FaveoRealm, name: string): FaveoAccount | undefined =>
  isEmail(name) ? realm.accounts.findByLogin(byEmail(name)) : realm.accounts.named([byUserName(name)])[0]

function instant(column: 'created_at' | 'updated_at', given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const at = parseInstant(given)
  if (at !== null) return at
  throw new ImpossibleAccount(`a ${column} like 2018-08-13 14:22:49, not ${JSON.stringify(given)}`, `/${column}`)
}

/** A user that is marked as deleted logs in like any other, and so is none that is in a state of that name. */
export const states = { active: () => ({ active: 1 as const }), disabled: () => ({ active: 0 as const }) }

export function accountFrom(entry: Entry, realm: FaveoRealm) {
  const { id = realm.accounts.nextNumber(realm.chance), active = 1, created_at, updated_at, ...given } = entry
  const profile: Profile = { ...columns, ...given }
  const state: AccountState = active === 1 ? 'active' : 'disabled'
  return {
    id: String(id),
    state,
    logins: [
      // User names need not be unique: each stands by itself.
      { ...byUserName(profile.user_name), tenant: String(id) },
      ...(profile.email === null ? [] : [byEmail(profile.email)]),
    ],
    profile,
    createdAt: instant('created_at', created_at),
    updatedAt: instant('updated_at', updated_at),
  }
}

export const entryOf = ({ id, state, profile }: FaveoAccount): Entry => ({
  id: Number(id),
  ...profile,
  active: state === 'active' ? 1 : 0,
})
