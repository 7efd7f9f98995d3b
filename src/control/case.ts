import type { Account } from '../core/account.js'
import { iso } from '../core/clock.js'
import type { Exchange } from '../core/exchange.js'
import type { Entry, Journal } from '../core/journal.js'
import { byName } from '../core/journal-dump.js'
import type { Realm } from '../core/realm.js'
import type { Refusal, RefusalCode, Refusals } from '../core/refusal.js'
import type { Token } from '../core/token.js'
import type { Transcript } from '../core/transcript.js'
import type { World } from '../core/world.js'
import type { RegisteredOperation, Vendor, VendorTypes } from '../vendors/vendor.js'
import type { Control, Question } from './control.js'
import type { Step } from './step.js'

/** A request that was refused, and what its world knows of it now. */
export interface Case {
  readonly world: World
  readonly vendor: Vendor
  readonly realm: Realm<VendorTypes>
  readonly entry: Entry
  /** The request as it may be shown; what is made of it rests on the entry. */
  readonly transcript: Transcript
  /** `undefined`: none of the vendor. */
  readonly operation: RegisteredOperation | undefined
  /** The token that was presented, where the world knows it. */
  readonly known: KnownToken | undefined
  /** The request as it came; `undefined` where it cannot be sent again. */
  readonly sent: Question | undefined
  /** What is taken to have been done since. */
  readonly first: readonly Step[]
  readonly control: Control
}

export interface KnownToken {
  readonly vendor: Vendor
  readonly token: Token<unknown>
  /** Whether the text was the token’s; otherwise only its `jti` is. */
  readonly isExact: boolean
}

/** What is to be said in a case of each refusal, if anything. */
export type Table<R> = { readonly [C in RefusalCode]?: (facts: Refusals[C], of: Case) => R }

export const lookUp = <C extends RefusalCode, R>(
  table: Table<R>,
  { code, facts }: Refusal<C>,
  of: Case,
): R | undefined => table[code]?.(facts, of)

/** How many accounts are tried beside that of the request. */
const others = 3

function findKnown({ presented }: Exchange, vendor: Vendor, vendors: readonly Vendor[], world: World) {
  const { holder = null, claims } = presented ?? {}
  const name = holder?.vendor ?? vendor.name
  const id = holder?.id ?? claims?.jti
  const of = vendors.find((candidate) => candidate.name === name)
  const token = of && typeof id === 'string' ? world.realm<VendorTypes>(name).tokens.find(id) : undefined
  return of && token && { vendor: of, token, isExact: holder !== null }
}

/** Accounts that advice may be about: first that of the request. */
export function candidates({ accounts }: Realm<VendorTypes>, caller: string | null): Account<unknown>[] {
  const own = caller === null ? undefined : accounts.find(caller)
  const { items } = accounts.page({ after: 0, limit: others, state: 'active' })
  return [...(own ? [own] : []), ...items.filter(({ id }) => id !== own?.id)]
}

/** What selects a world, and what describes how a body came. */
const ofTheWay = /^(host|connection|content-length|transfer-encoding|expect|upgrade|x-understudy-world)$/

const methods = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']

/** The request once more; `undefined` where what is known of it is not all of it. */
function findSent({ exchange }: Entry, journal: Journal): Question | undefined {
  const { vendor, method, target: path, rawHeaders, bytes: body } = exchange
  const named = byName(rawHeaders)
  // What a fault or a throttle has answered was never read.
  const isRead = body !== undefined || !('transfer-encoding' in named || Number(named['content-length']) > 0)
  if (!isRead || journal.isVeiled || !methods.includes(method)) return undefined
  const pairs = Object.entries(named).filter(([name]) => !ofTheWay.test(name))
  const headers = Object.fromEntries(
    pairs.map(([name, value]) => [name, [value].flat().join(name === 'cookie' ? '; ' : ', ')]),
  )
  return { vendor, method, path, headers, ...(body && { body }) }
}

export function caseOf(
  entry: Entry,
  transcript: Transcript,
  { world, vendor, control }: { world: World; vendor: Vendor; control: Control },
): Case {
  const operation = control.operations(vendor.name).find(({ id }) => id === entry.exchange.operation)
  const known = findKnown(entry.exchange, vendor, control.vendors, world)
  const sent = findSent(entry, world.journal)
  return {
    world,
    vendor,
    realm: world.realm(vendor.name),
    entry,
    transcript,
    operation,
    known,
    sent,
    first: [],
    control,
  }
}

/** The account by its id and, where it is there, what it logs in with. */
export function accountIn({ realm }: Pick<Case, 'realm'>, id: string): string {
  const account = realm.accounts.find(id)
  const names = account ? [...new Set(realm.accounts.loginsOf(account).map(({ key }) => key))] : []
  return names.length > 0 ? `account ${id} (${names.join(', ')})` : `account ${id}`
}

/** The vendor request of that id, as a part of a sentence; empty where there was none. */
export function byRequest({ world: { journal } }: Case, id: string | null): string {
  if (id === null) return ''
  const entry = journal.find(id)
  if (!entry) return ` by request ${id}, which the journal does not have`
  const [path] = journal.transcript(entry).target.split('?', 1)
  return ` by request ${id} (${entry.exchange.method} ${path})`
}

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
  [1, 'ms'],
] as const

/** A span of time in its two largest units. */
function span(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [length, unit] of units) {
    const count = Math.floor(rest / length)
    if (count > 0) parts.push(`${count} ${unit}`)
    rest %= length
  }
  return parts.slice(0, 2).join(' ')
}

/** An instant, and how long it was before the request. */
export function before({ entry }: Case, at: number): string {
  const ms = entry.at - at
  if (ms === 0) return `at ${iso(at)}, the instant of the request`
  return ms < 0 ? `at ${iso(at)}` : `at ${iso(at)}, ${span(ms)} before the request`
}
