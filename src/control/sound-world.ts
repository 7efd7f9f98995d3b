import type { TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import { whyNotRsa } from '../core/keys.js'
import { type AccountRow, type Store, UnusableSnapshot } from '../core/ports.js'
import { accountSchema, type Vendor } from '../vendors/vendor.js'
import { read } from './moment.js'

/** Keys that can sign. Throws `UnusableSnapshot`. */
function assertUsable({ name, signing }: Vendor, { keys }: Store): void {
  if (signing !== 'RS256') return
  for (const { material } of (['signing', 'next', 'foreign'] as const).flatMap((purpose) => keys.all(name, purpose))) {
    const complaint = whyNotRsa(material)
    if (complaint) throw new UnusableSnapshot(`keys of ${name} that can be used (${complaint})`)
  }
}

/** The account as a fixture would have it; `undefined` where its profile is not one of this vendor. */
function findEntry({ entryOf }: Vendor, { profile, ...row }: AccountRow): unknown {
  const { passwordHash } = row
  try {
    // In a snapshot that was redacted for sharing, the hashes are blank.
    return { ...entryOf({ ...row, profile: JSON.parse(profile) }), ...(passwordHash !== '' && { passwordHash }) }
  } catch {
    return undefined
  }
}

const compiled = new WeakMap<Vendor, TypeCheck<TSchema>>()

/** Compiled when it is first needed, and once: a folder may hold many worlds. */
function schemaOf(vendor: Vendor): TypeCheck<TSchema> {
  const schema = compiled.get(vendor) ?? TypeCompiler.Compile(accountSchema(vendor))
  compiled.set(vendor, schema)
  return schema
}

function assertAccounts(vendor: Vendor, { accounts }: Store): void {
  const schema = schemaOf(vendor)
  for (const row of accounts.all(vendor.name)) {
    const entry = findEntry(vendor, row)
    if (schema.Check(entry)) continue
    const first = schema.Errors(entry).First()
    throw new UnusableSnapshot(`an account ${row.id} that ${vendor.name} can have (${first?.path}: ${first?.message})`)
  }
}

/** Throws `UnusableSnapshot` unless a world that came from outside has what each vendor needs. */
export const assertSound =
  (vendors: readonly Vendor[]) =>
  (store: Store): void => {
    for (const vendor of vendors) {
      const { name, settings } = vendor
      const row = store.realms.get(name)
      if (!row) throw new UnusableSnapshot(`a world with ${name} in it`)
      read(settings, row.settings, `settings of ${name}`)
      assertUsable(vendor, store)
      assertAccounts(vendor, store)
    }
  }
