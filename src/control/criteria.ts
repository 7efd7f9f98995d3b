import { type Static, Type } from '@sinclair/typebox'
import type { Entry } from '../core/journal.js'
import { exampleFacts } from '../core/refusal.js'
import type { World } from '../core/world.js'
import { domainEvents, type RegisteredOperation, type Vendor, type VendorTypes } from '../vendors/vendor.js'
import type { Control } from './control.js'
import { ControlError } from './errors.js'
import { accountNamed } from './find.js'

/** What a vendor request of the journal can be asked for. */
export const criteria = {
  vendor: Type.Optional(Type.String()),
  operation: Type.Optional(Type.String({ description: 'operation id' })),
  account: Type.Optional(Type.String({ description: 'id or any login name; of any vendor that has it' })),
  event: Type.Optional(Type.String({ description: domainEvents.join(', ') })),
  status: Type.Optional(Type.Integer({ minimum: 100, maximum: 599 })),
  refusal: Type.Optional(Type.String({ description: 'code of a refusal' })),
  fault: Type.Optional(Type.String({ description: 'id or kind of a fault that fired' })),
  path: Type.Optional(Type.String({ description: 'the vendor’s own path, without query' })),
}

const Criteria = Type.Object(criteria)
/** Which requests of the journal are meant: those for which all of it is so. */
export type Criteria = Static<typeof Criteria>

/** One of the things that are asked of an entry. */
export interface Criterion {
  readonly field: string
  readonly wanted: string
  /** What the entry has there; `null`: nothing. */
  found(entry: Entry): string | null
  isMet(entry: Entry): boolean
}

const unknown = (what: string, name: string, known: readonly string[], at: string): ControlError =>
  new ControlError(422, `unknown-${what}`, `there is no ${what} ${JSON.stringify(name)}`, {
    pointer: `${at}/${what}`,
    [`${what}s`]: [...new Set(known)],
  })

/** Throws a 422 with what is known, where a name is given that is not. */
export function assertKnown(what: string, name: string | undefined, known: readonly string[], at: string): void {
  if (name !== undefined && !known.includes(name)) throw unknown(what, name, known, at)
}

/**
 * Accounts by vendor that `name` means. One that has been removed is still known by its id if the journal has it.
 * Throws `unknown-account` and `ambiguous-account`.
 */
function accountsNamed(name: string, vendors: readonly Vendor[], world: World, pointer: string): Map<string, string> {
  const found = new Map<string, string>()
  let missing: ControlError | undefined
  for (const vendor of vendors) {
    try {
      found.set(vendor.name, accountNamed(vendor, world.realm<VendorTypes>(vendor.name), name, pointer).id)
    } catch (error) {
      if (!(error instanceof ControlError) || error.code !== 'unknown-account') throw error
      missing = error
      const isJournalled = ({ exchange, account }: Entry) => exchange.vendor === vendor.name && account === name
      if (world.journal.all().some(isJournalled)) found.set(vendor.name, name)
    }
  }
  if (found.size > 0 || !missing) return found
  if (vendors.length === 1) throw missing
  throw new ControlError(404, 'unknown-account', `no vendor has an account ${JSON.stringify(name)}`, { pointer })
}

const eventsOf = ({ events, event }: RegisteredOperation): readonly string[] => events ?? (event ? [event] : [])

const same = (field: string, wanted: string, found: (entry: Entry) => string | null | undefined): Criterion => ({
  field,
  wanted,
  found: (entry) => found(entry) ?? null,
  isMet: (entry) => found(entry) === wanted,
})

/**
 * What is asked, ready to be held against entries. Throws a 422 with the pointer, below `at`, where it names what is not
 * there, `unknown-account` and `ambiguous-account`.
 */
export function criteriaOf(
  asked: Criteria,
  world: World,
  { vendors, operations }: Pick<Control, 'vendors' | 'operations'>,
  at = '',
): readonly Criterion[] {
  const { vendor, operation, account, event, status, refusal, fault, path } = asked
  const named = vendors.filter(({ name }) => vendor === undefined || name === vendor)
  const there = named.flatMap(({ name }) => operations(name))
  const about = there.filter(({ id }) => operation === undefined || id === operation)
  assertKnown(
    'vendor',
    vendor,
    vendors.map(({ name }) => name),
    at,
  )
  assertKnown(
    'operation',
    operation,
    there.map(({ id }) => id),
    at,
  )
  assertKnown('event', event, about.flatMap(eventsOf), at)
  assertKnown('refusal', refusal, Object.keys(exampleFacts), at)

  const all: Criterion[] = []
  const ask = (field: string, wanted: string | undefined, found: (entry: Entry) => string | null | undefined) => {
    if (wanted !== undefined) all.push(same(field, wanted, found))
  }
  ask('vendor', vendor, ({ exchange }) => exchange.vendor)
  ask('operation', operation, ({ exchange }) => exchange.operation)
  ask('event', event, ({ exchange }) => exchange.event)
  if (account !== undefined) {
    const meant = accountsNamed(account, named, world, `${at}/account`)
    const isMet = (entry: Entry) => entry.account !== null && meant.get(entry.exchange.vendor) === entry.account
    all.push({ field: 'account', wanted: account, found: (entry) => entry.account, isMet })
  }
  ask('status', status?.toString(), ({ exchange }) => exchange.answer?.status.toString())
  ask('refusal', refusal, ({ exchange }) => exchange.refusal?.code)
  if (fault !== undefined) {
    const isMet = ({ exchange }: Entry) => exchange.fault?.id === fault || exchange.fault?.kind === fault
    all.push({ field: 'fault', wanted: fault, found: ({ exchange }) => exchange.fault?.kind ?? null, isMet })
  }
  if (path !== undefined) {
    const found = (entry: Entry) => world.journal.transcript(entry).target.split('?', 1)[0] ?? null
    const isMet = ({ exchange }: Entry) => exchange.target.split('?', 1)[0] === path
    all.push({ field: 'path', wanted: path, found, isMet })
  }
  return all
}

export const areMet = (all: readonly Criterion[], entry: Entry): boolean => all.every(({ isMet }) => isMet(entry))
