import { type Static, type TObject, Type } from '@sinclair/typebox'
import { type Account, ImpossibleAccount } from '../core/account.js'
import type { LoginName } from '../core/ports.js'
import type { Realm } from '../core/realm.js'
import { passwordFields, type VendorTypes } from './settings.js'
import type { Vendor } from './vendor.js'

type Entry = Static<TObject>

/** An account as a fixture or a request gives it. */
export const accountSchema = ({ account }: Pick<Vendor, 'account'>): TObject =>
  Type.Object({ ...passwordFields, ...account.properties }, { additionalProperties: false })

/** A new account with what it logs in with, and what belongs to it. Throws `ImpossibleAccount`. */
export function createAccount(
  vendor: Vendor,
  realm: Realm<VendorTypes>,
  entry: Entry,
  passwordHash: string,
): { readonly account: Account<unknown>; readonly logins: readonly LoginName[] } {
  const wanted = { ...vendor.accountFrom(entry, realm), passwordHash }
  const account = realm.accounts.create(wanted)
  vendor.endow?.(account.id, entry, realm)
  return { account, logins: wanted.logins }
}

/** Gives a known account the fields of `change`, and leaves the others as they are. Throws `ImpossibleAccount`. */
export function changeAccount(
  vendor: Vendor,
  realm: Realm<VendorTypes>,
  known: Account<unknown>,
  change: Entry,
  passwordHash = known.passwordHash,
): Account<unknown> {
  const next = vendor.accountFrom({ ...vendor.entryOf(known), ...change }, realm, known)
  if (next.id !== known.id) throw new ImpossibleAccount(`the id that the account has: ${known.id}`, '/id')
  const changed = realm.accounts.change(known, { ...next, passwordHash })
  vendor.endow?.(known.id, change, realm)
  return changed
}
