import { type Static, Type } from '@sinclair/typebox'
import { type Account, ImpossibleAccount } from '../../core/account.js'
import type { Realm } from '../../core/realm.js'
import { commonSettings } from '../vendor.js'
import { type ApiKeyFacts, apiKeyFixture, changeApiKey, issueApiKey } from './api-key.js'
import { instant } from './instant.js'
import { guid, personFields, Role, type Setting, settingFields } from './wire.js'

export const settings = Type.Object(
  {
    ...commonSettings,
    tokenLifetimeSeconds: Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      default: 1800,
      description: 'life of bearer tokens',
    }),
    ignoreDefaultValues: Type.Boolean({
      default: false,
      description: 'leave out members that are null, 0 or false, as the server does that its vendor ships',
    }),
    indent: Type.Boolean({ default: false, description: 'indent bodies by two, as the shipped server does' }),
    failureStatus: Type.Union([Type.Literal(200), Type.Literal(401)], {
      default: 200,
      description: 'status of a failed login',
    }),
    statelessLogout: Type.Boolean({ default: false, description: 'a bearer token outlives its logout' }),
  },
  { additionalProperties: false },
)

const { id: _id, userId: _userId, ...settingOfUser } = settingFields

/** The width of ASP.NET Core Identity’s column. */
const longestUserName = 256

/** A user, with the API keys and settings that are the user's own. */
export const account = Type.Object({
  id: Type.Optional(Type.String({ pattern: guid, description: 'a GUID, lower case' })),
  ...Type.Partial(Type.Object(personFields)).properties,
  userName: Type.String({ minLength: 1, maxLength: longestUserName }),
  roles: Type.Optional(Type.Array(Type.String(), { description: 'names of roles' })),
  apiKeys: Type.Optional(Type.Array(apiKeyFixture)),
  settings: Type.Optional(Type.Array(Type.Partial(Type.Object(settingOfUser, { additionalProperties: false })))),
})

type Entry = Static<typeof account>

export const facts = Type.Object({ roles: Type.Array(Role) })

const person = Type.Object(personFields)

/** The members stand in the order of the documentation, and are written in it. */
export interface Profile {
  readonly person: Static<typeof person>
  readonly roles: readonly string[]
  readonly settings: readonly Static<typeof Setting>[]
}

export interface BabelforTypes {
  profile: Profile
  /** Of an API key; a bearer token has none. */
  token: ApiKeyFacts | null
  facts: Static<typeof facts>
  settings: Static<typeof settings>
}

export type BabelforRealm = Realm<BabelforTypes>
export type BabelforAccount = Account<Profile>

/** ASP.NET Core Identity keeps the name in a normalised copy and looks users up by that. */
const byUserName = (userName: string) => ({
  kind: 'userName',
  key: userName.normalize('NFC').toLowerCase(),
  tenant: '',
})

/** A name that is too long is nobody's, and is not normalised: 400 KB of accents take 12 seconds. */
export const loginsOf = (userName: string) => (userName.length > longestUserName ? [] : [byUserName(userName)])

/** Whose name that is. */
export function findByUserName(realm: BabelforRealm, userName: string): BabelforAccount | undefined {
  const [login] = loginsOf(userName)
  return login && realm.accounts.findByLogin(login)
}

const blank: Omit<Profile['person'], 'userName'> = {
  email: null,
  phoneNumber: null,
  title: null,
  firstName: null,
  lastName: null,
  department: null,
  birthDate: null,
  createdAt: null,
  updatedAt: null,
  lastDismissMessages: null,
  lastLogIn: null,
  rank: null,
  image: null,
  address: null,
  postalCode: null,
  region: null,
  city: null,
  country: null,
  countryCode: null,
  mobile: null,
  notes: null,
  customerId: null,
}

const blankSetting = {
  category: null,
  group: null,
  name: null,
  value: null,
  type: null,
  description: null,
  readOnly: false,
}

type SettingOfUser = Omit<Static<typeof Setting>, 'id' | 'userId'>

/** What a user knows a setting by. */
export const namesOf = ({ category = null, group = null, name = null }: Partial<SettingOfUser>): string =>
  JSON.stringify([category, group, name])

export const newSetting = (realm: BabelforRealm, userId: string, given: Partial<SettingOfUser>, id?: number) => ({
  id: id ?? realm.chance.next('setting-id'),
  ...blankSetting,
  ...given,
  userId,
})

/** The ids of settings, by what the user knows them by; several can have come to the same names. */
function idsByNames(settings: Profile['settings']): Map<string, number[]> {
  const ids = new Map<string, number[]>()
  for (const setting of settings) {
    const names = namesOf(setting)
    const others = ids.get(names)
    if (others) others.push(setting.id)
    else ids.set(names, [setting.id])
  }
  return ids
}

export const states = { active: () => ({}) }

export function accountFrom(entry: Entry, realm: BabelforRealm, known?: BabelforAccount) {
  const { id = realm.chance.uuid('account'), userName, roles = [], apiKeys: _, settings = [], ...given } = entry
  for (const name of ['birthDate', 'createdAt', 'updatedAt', 'lastDismissMessages', 'lastLogIn'] as const) {
    instant(given[name], `/${name}`)
  }
  const ids = idsByNames(known?.profile.settings ?? [])
  return {
    id,
    state: 'active' as const,
    logins: [byUserName(userName)],
    profile: {
      person: { userName, ...blank, ...given },
      roles,
      settings: settings.map((setting) => newSetting(realm, id, setting, ids.get(namesOf(setting))?.shift())),
    },
  }
}

/**
 * API keys are tokens and stand by themselves: those of a change are added to those that there are. Where an entry follows
 * another, a key that is no longer in it is revoked.
 */
export function endow(
  id: string,
  { apiKeys = [] }: Partial<Entry>,
  realm: BabelforRealm,
  before: Partial<Entry> = {},
): void {
  const { apiKeys: had = [] } = before
  for (const { key = '' } of had.filter((one) => !apiKeys.some(({ key }) => key === one.key))) {
    const token = realm.tokens.findByText(key)
    if (token) realm.tokens.revoke(token)
  }
  for (const [index, apiKey] of apiKeys.entries()) {
    // One whose text is drawn can only be told by the rest.
    if (had.some((one) => JSON.stringify(one) === JSON.stringify(apiKey))) continue
    const token = apiKey.key === undefined ? undefined : realm.tokens.findByText(apiKey.key)
    if (!token) issueApiKey(realm, id, apiKey)
    else if (had.some(({ key }) => key === apiKey.key)) changeApiKey(realm, token, apiKey)
    else throw new ImpossibleAccount(`a key that is no other's: ${apiKey.key} is taken`, `/apiKeys/${index}/key`)
  }
}

export const entryOf = ({ id, profile }: BabelforAccount): Entry => ({
  id,
  ...profile.person,
  roles: [...profile.roles],
  settings: profile.settings.map(({ id: _id, userId: _userId, ...setting }) => setting),
})
