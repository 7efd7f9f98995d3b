import type { Static } from '@sinclair/typebox'
import { dateTime } from '../../dialects/newtonsoft.js'
import { type BabelforAccount, type BabelforRealm, newSetting, type Profile } from './fixture.js'
import type { Setting, SettingInput, UserInput } from './wire.js'

type Settings = readonly Static<typeof Setting>[]
type Given = Static<typeof SettingInput>

/** By id, and otherwise by category, group and name. */
function position(settings: Settings, given: Given): number {
  const byId = settings.findIndex(({ id }) => id === given.id)
  if (byId >= 0) return byId
  const { category = null, group = null, name = null } = given
  return settings.findIndex((one) => one.category === category && one.group === group && one.name === name)
}

/** Updates a setting or adds it. One that is read-only stays, and no user writes the settings of another. */
function withSetting(realm: BabelforRealm, userId: string, settings: Settings, input: Given): Settings {
  const { id: _, userId: __, ...given } = input
  const at = position(settings, input)
  const known = settings[at]
  if (!known) return [...settings, newSetting(realm, userId, given)]
  return known.readOnly ? settings : settings.with(at, { ...known, ...given })
}

/** What remains of an update when everything is left out that would raise the user above what the user is. */
function writable(given: Static<typeof UserInput>) {
  const { id, userName, createdAt, updatedAt, lastLogIn, rank, customerId, roles, apiKeys, settings, ...rest } = given
  return rest
}

/** The profile after an update. */
export function updated(
  realm: BabelforRealm,
  { id, profile }: BabelforAccount,
  given: Static<typeof UserInput>,
): Profile {
  const { settings = [] } = given
  return {
    ...profile,
    person: { ...profile.person, ...writable(given), updatedAt: dateTime(realm.clock.now()) },
    settings: settings.reduce<Settings>((all, setting) => withSetting(realm, id, all, setting), profile.settings),
  }
}
