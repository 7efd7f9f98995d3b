import { Value } from '@sinclair/typebox/value'
import type { Account } from '../core/account.js'
import type { LoginName } from '../core/ports.js'
import type { Realm } from '../core/realm.js'
import type { Fixture } from './load-fixture.js'
import type { Seeded, SeededAccount } from './seed-realm.js'
import { createAccount, settingsFrom, type Vendor, type VendorTypes } from './vendor.js'

type Entry = Record<string, unknown>
type Place = { readonly vendor: Vendor; readonly realm: Realm<VendorTypes> }

const contents = ({ settings, facts, accounts, signingKey }: Fixture) => ({ settings, facts, accounts, signingKey })

/** Whether two readings of a fixture say the same. */
export const isUnchanged = (before: Fixture, after: Fixture): boolean => Value.Equal(contents(before), contents(after))

/** What is held, with what differs between `before` and `after` as it is afterwards. */
function merged(held: object, before: object, after: object): Entry {
  const [was, is]: Entry[] = [{ ...before }, { ...after }]
  const changed = Object.keys({ ...was, ...is }).filter((name) => !Value.Equal(was?.[name], is?.[name]))
  const result: Entry = { ...held, ...Object.fromEntries(changed.map((name) => [name, is?.[name]])) }
  return Object.fromEntries(Object.entries(result).filter(([, value]) => value !== undefined))
}

const keyOf = ({ kind, tenant, key }: LoginName): string => JSON.stringify([kind, tenant, key])

/** Whom each account was before, by its id where its entry has one, else by a login name; whoever is new is left out. */
function predecessors(before: Seeded, after: Seeded): Map<SeededAccount, SeededAccount> {
  const byId = new Map(before.accounts.map((one) => [one.account.id, one]))
  const byLogin = new Map(before.accounts.flatMap((one) => one.logins.map((login) => [keyOf(login), one])))
  const found = new Map<SeededAccount, SeededAccount>()
  for (const one of after.accounts) {
    const candidates =
      'id' in one.entry ? [byId.get(one.account.id)] : one.logins.map((login) => byLogin.get(keyOf(login)))
    const was = candidates.find((candidate) => candidate && byId.delete(candidate.account.id))
    if (was) found.set(one, was)
  }
  return found
}

/**
 * The account in this world that an entry made. One without an id is known by its login names: the id that was drawn for it
 * goes by its place in the file, and another one stood there when this world was made.
 */
function knownOf({ realm }: Place, { entry, account, logins }: SeededAccount): Account<unknown> | undefined {
  if ('id' in entry) return realm.accounts.find(account.id)
  return logins.map((login) => realm.accounts.findByLogin(login)).find((found) => found !== undefined)
}

/** The fixture decides who has the names in it: whoever else has one of them in this world is removed. */
function makeWay({ realm }: Place, logins: readonly LoginName[], known?: Account<unknown>): void {
  for (const login of logins) {
    const bearer = realm.accounts.findByLogin(login)
    if (bearer && bearer.id !== known?.id) realm.accounts.remove(bearer)
  }
}

/** Makes an account with the id and all else that was drawn for it, unless the id is another's by now. */
function create({ vendor, realm }: Place, { entry, account }: SeededAccount): void {
  const bearer = realm.accounts.find(account.id)
  if (bearer && 'id' in entry) realm.accounts.remove(bearer)
  const whole = bearer && !('id' in entry) ? entry : { ...vendor.entryOf(account), ...entry }
  createAccount(vendor, realm, whole, account.passwordHash)
}

/** Changes the fields of which the entry says something else than before; one that it no longer has gets its default. */
function change({ vendor, realm }: Place, known: Account<unknown>, was: SeededAccount, is: SeededAccount): void {
  const usual: Entry = { ...vendor.entryOf(is.account) }
  const names = Object.keys({ ...was.entry, ...is.entry }).filter(
    (name) => name !== 'id' && !Value.Equal(was.entry[name], is.entry[name]),
  )
  const fields = Object.fromEntries(names.map((name) => [name, name in is.entry ? is.entry[name] : usual[name]]))
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const hash = Value.Equal(was.password, is.password) ? known.passwordHash : is.account.passwordHash
  const next = vendor.accountFrom({ ...vendor.entryOf(known), ...given }, realm, known)
  realm.accounts.change(known, { ...next, passwordHash: hash })
  vendor.endow?.(known.id, is.entry, realm, was.entry)
}

/**
 * Brings a realm that was seeded from a fixture, and may have changed since, from one reading of it to the next. What the
 * file says as before is left as it stands there; tokens stay.
 */
export function followFixture(before: Seeded, after: Seeded, realm: Realm<VendorTypes>): void {
  const { vendor, settings, facts, signingKey } = after.fixture
  const place = { vendor, realm }
  realm.transaction(() => {
    if (signingKey && signingKey !== before.fixture.signingKey) {
      realm.keys.install(signingKey, signingKey.includes('PUBLISHED'))
    }
    realm.furnish({
      facts: merged(
        { ...Object(realm.facts) },
        { ...Object(vendor.furnish(before.fixture.facts)) },
        { ...Object(vendor.furnish(facts)) },
      ),
      settings: settingsFrom(vendor, merged(realm.settings, before.fixture.settings, settings)),
    })
    const were = predecessors(before, after)
    const stay = new Set(were.values())
    for (const one of before.accounts.filter((one) => !stay.has(one))) {
      const gone = knownOf(place, one)
      if (gone) realm.accounts.remove(gone)
    }
    for (const is of after.accounts) {
      const was = were.get(is)
      if (was && Value.Equal([was.entry, was.password], [is.entry, is.password])) continue
      const known = was && knownOf(place, was)
      makeWay(place, is.logins, known)
      if (was && known) change(place, known, was, is)
      else create(place, is)
    }
  })
}
