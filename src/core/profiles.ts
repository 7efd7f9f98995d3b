/** So many accounts of one realm are remembered: the first that are asked for, since a crowd is mostly asked for others. */
const most = 1000

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}

/**
 * The profiles of a realm's accounts, as JSON that a store hands out again and again: what has not changed is parsed once,
 * as that takes longer than to find it. Many requests see one object, which therefore cannot be changed.
 */
export class Profiles<P> {
  readonly #known = new Map<string, { readonly json: string; readonly profile: P }>()

  /** The profile of the account, which is `json` now. */
  read(id: string, json: string): P {
    const known = this.#known.get(id)
    if (known?.json === json) return known.profile
    const profile: P = JSON.parse(json)
    if (known || this.#known.size < most) this.#known.set(id, { json, profile: frozen(profile) })
    return profile
  }
}
