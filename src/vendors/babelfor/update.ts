import type { Static } from '@sinclair/typebox'
import { dateTime } from '../../dialects/newtonsoft.js'
import { type BabelforAccount, type BabelforRealm, namesOf, newSetting, type Profile } from './fixture.js'
import type { SettingInput, UserInput } from './wire.js'

type Settings = Profile['settings']
type Known = Settings[number]
type Given = Static<typeof SettingInput>

/** A user's settings while they are updated. They are looked up, not searched: a request can hold thousands. */
class Updating {
  readonly #all: Known[] = []
  readonly #byId = new Map<number, number>()
  /** Several settings can have come to the same names; the one that has had them longest is meant. */
  readonly #byNames = new Map<string, Set<number>>()

  constructor(settings: Settings) {
    settings.forEach((setting, at) => {
      this.#put(at, setting)
    })
  }

  get all(): Settings {
    return this.#all
  }

  /** By id, and otherwise by category, group and name. */
  find(given: Given): number | undefined {
    const byId = given.id === undefined ? undefined : this.#byId.get(given.id)
    if (byId !== undefined) return byId
    const [first] = this.#byNames.get(namesOf(given)) ?? []
    return first
  }

  /** Updates a setting or adds it. One that is read-only stays, and no user writes the settings of another. */
  write(realm: BabelforRealm, userId: string, input: Given): void {
    const { id: _, userId: __, ...given } = input
    const at = this.find(input)
    const known = at === undefined ? undefined : this.#all[at]
    if (at === undefined || !known) this.#put(this.#all.length, newSetting(realm, userId, given))
    else if (!known.readOnly) this.#put(at, { ...known, ...given })
  }

  #put(at: number, setting: Known): void {
    const before = this.#all[at]
    const names = namesOf(setting)
    if (before && namesOf(before) !== names) this.#byNames.get(namesOf(before))?.delete(at)
    this.#all[at] = setting
    if (!this.#byId.has(setting.id)) this.#byId.set(setting.id, at)
    const bearers = this.#byNames.get(names)
    if (bearers) bearers.add(at)
    else this.#byNames.set(names, new Set([at]))
  }
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
  const settings = new Updating(profile.settings)
  for (const setting of given.settings ?? []) settings.write(realm, id, setting)
  return {
    ...profile,
    person: { ...profile.person, ...writable(given), updatedAt: dateTime(realm.clock.now()) },
    settings: settings.all,
  }
}
