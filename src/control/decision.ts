import { Type } from '@sinclair/typebox'
import { ImpossibleAccount, TakenName } from '../core/account.js'
import { hashPassword } from '../core/password.js'
import type { Realm } from '../core/realm.js'
import type { World } from '../core/world.js'
import { passwordFields, type Vendor, type VendorTypes } from '../vendors/vendor.js'
import { ControlError } from './errors.js'
import { expected, read } from './input.js'

/** A vendor in a world, and the accounts that it has there. */
export interface Place {
  readonly world: World
  readonly vendor: Vendor
  readonly realm: Realm<VendorTypes>
}

export const placeOf = (world: World, vendor: Vendor): Place => ({ world, vendor, realm: world.realm(vendor.name) })

/** One decision about accounts: all of it, or an error and nothing. Throws `name-taken` and `invalid-input`. */
export function decided<R>({ realm }: Place, decide: () => R): R {
  try {
    return realm.transaction(decide)
  } catch (error) {
    if (error instanceof TakenName) {
      const { pointer, message } = error
      throw new ControlError(409, 'name-taken', `${pointer}: expected ${message}`, { pointer, expected: message })
    }
    if (error instanceof ImpossibleAccount) throw expected(error.pointer, error.message)
    throw error
  }
}

/** Finds out whether a decision would stand, and undoes it. */
function rehearse(place: Place, decide: () => void): void {
  const undo = new Error('a rehearsal never stands')
  try {
    decided(place, () => {
      decide()
      throw undo
    })
  } catch (error) {
    if (error !== undo) throw error
  }
}

const Passwords = Type.Object(passwordFields)

/**
 * Decides with the hash that a request gives, or of the password that it gives; with none, where it gives neither. What
 * cannot be is refused before a hash is made, so that no draw is lost on it.
 */
export async function decideWithHash<R>(
  place: Place,
  given: Record<string, unknown>,
  decide: (entry: Record<string, unknown>, hash: string | undefined) => R,
): Promise<R> {
  const { password: _, passwordHash: __, ...entry } = given
  const { password, passwordHash } = read(Passwords, given)
  if (passwordHash !== undefined || password === undefined) return decided(place, () => decide(entry, passwordHash))
  rehearse(place, () => decide(entry, ''))
  const { settings, chance } = place.realm
  const hash = await hashPassword(password, settings.passwordCost, chance)
  return decided(place, () => decide(entry, hash))
}
