import { type Static, Type } from '@sinclair/typebox'
import { iso } from '../core/clock.js'
import type { Entry } from '../core/journal.js'
import { findRefusal, type Refusal } from '../core/refusal.js'
import { rules } from '../core/rules.js'
import { why as reason } from '../core/why.js'
import type { World } from '../core/world.js'
import { Advice, mend } from './advice.js'
import { accountIn, before, byRequest, type Case, caseOf, lookUp, type Table } from './case.js'
import type { Control } from './control.js'
import { besides } from './elsewhere.js'
import { insteadOf, withoutFault } from './instead.js'
import { OrNull, TokenShown, tokenShown } from './tokens.js'

const Part = (description: string) => OrNull(Type.Record(Type.String(), Type.Unknown()), description)
const Moment = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))
const Sentences = (description: string) => Type.Array(Type.String(), { description })

export const Withheld = Type.Object(
  {
    case: Type.String({ description: '`success`, a weaker case of it, or the code of a refusal' }),
    status: Type.Integer({ description: 'of the answer that was kept back' }),
    required: Type.String({ description: 'the level of evidence that is asked for' }),
  },
  { description: 'an answer that was kept back, because it rests on less than is asked for' },
)

export const Why = Type.Object({
  summary: Type.String({ description: 'why it was refused, in a sentence' }),
  rule: OrNull(
    Type.Object({ code: Type.String(), text: Type.String() }),
    'the rule that it broke, by the code of the refusal; null where a fault answered in the vendor’s place',
  ),
  fault: Type.Optional(
    Type.Object({ id: Type.String(), kind: Type.String() }, { description: 'the fault that did it' }),
  ),
  withheld: Type.Optional(Withheld),
  token: OrNull(
    Type.Object({
      header: Part('of a JWT, as it was presented'),
      claims: Part('of a JWT, as they were presented; nobody has verified them'),
      known: OrNull(TokenShown, 'what the world knows of it now; null: nothing'),
    }),
    'the token that was presented; null where none was found, or none is told of any more',
  ),
  since: Moment('from when on it was refused, where that is known; after a change of an account, at the latest then'),
  until: Moment('until when it is refused, where that is known'),
  details: Sentences('what else is known'),
  instead: Type.Array(Advice, {
    description: 'what would be accepted, tried in a copy of the world without its faults',
  }),
})

type Why = Static<typeof Why>

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** Where there is more to say than the refusal itself knows. */
const told: Table<string> = {
  'wrong-password': ({ account }, of) => `the password is not that of ${accountIn(of, account)}`,
  'account-inactive': ({ account, state }, of) => `${accountIn(of, account)} is ${state}`,
  'token-expired': ({ at }, of) => `the token expired ${before(of, at)}`,
  'token-revoked': ({ at }, of) => {
    const { revokedAt = null, revokedBy = null } = of.known?.token ?? {}
    return `the token was revoked at ${iso(at)}${byRequest(of, revokedAt === at ? revokedBy : null)}`
  },
  'wrong-method': ({ method, path, allowed }) =>
    `the route exists as ${allowed.map((one) => `${one} ${path}`).join(', ')}; ${method} was sent`,
}

/** The last change of an account that is not active, unless it came after the request. */
function changedAt({ realm, entry }: Case, id: string): number | undefined {
  const account = realm.accounts.find(id)
  return account && account.state !== 'active' && account.updatedAt <= entry.at ? account.updatedAt : undefined
}

/** When the key ended that signed the token, if it had ended by then. */
function retiredAt({ known, world, vendor, entry }: Case): number | undefined {
  const number = known?.isExact && known.vendor === vendor && known.token.forged === null ? known.token.signedBy : null
  const end = number === null ? null : (world.store.keys.numbered(vendor.name, number)?.retiresAt ?? null)
  return end !== null && end <= entry.at ? end : undefined
}

const since: Table<number | undefined> = {
  'account-inactive': ({ account }, of) => changedAt(of, account),
  'token-account-gone': ({ account }, of) => changedAt(of, account),
  'token-bad-signature': (_facts, of) => retiredAt(of),
  'token-expired': ({ at }) => at,
  'token-revoked': ({ at }) => at,
}

const until: Table<number> = {
  'account-locked': ({ until: end }) => end,
  throttled: ({ resetAt }) => resetAt,
  'token-not-yet-valid': ({ from }) => from,
}

const lastChange = ({ account }: { readonly account: string }, of: Case): string[] => {
  const at = changedAt(of, account)
  return at === undefined ? [] : [`${sentence(accountIn(of, account)).slice(0, -1)} was last changed at ${iso(at)}.`]
}

const more: Table<string[]> = {
  'account-inactive': lastChange,
  'token-account-gone': lastChange,
  'token-bad-signature': (_facts, of) => {
    const at = retiredAt(of)
    return at === undefined ? [] : [`The key that signed it was accepted until ${iso(at)}.`]
  },
}

/** Whose the token is, and where it came from. */
function pastOf(of: Case): string[] {
  const { known, transcript, vendor } = of
  const holder = transcript.presented?.holder
  if (!known) {
    if (holder) return [`The world does not know the token ${holder.id} of ${holder.vendor} any more.`]
    return transcript.presented ? ['No vendor of this world had issued a token with this text.'] : []
  }
  const { token, isExact } = known
  const { defect } = JSON.parse(token.forged ?? '{}')
  const issued = `of kind ${token.kind}, issued at ${iso(token.issuedAt)}${byRequest(of, token.issuedBy)}`
  const whose = known.vendor === vendor ? '' : `Another vendor of this world knows it: ${known.vendor.name}. `
  return [
    isExact
      ? `${whose}It is the token ${token.id} ${issued}.`
      : `Its jti is that of the token ${token.id} ${issued}, but the text of that is another.`,
    ...(typeof defect === 'string' ? [`It was minted with the defect ${defect}.`] : []),
  ]
}

/** What faults do to a request, beside having it refused, so that it does not get the answer of the vendor. */
const byFault: ReadonlyMap<string, string> = new Map([
  ['respond', 'answered in the vendor’s place'],
  ['reset', 'closed the connection before the vendor answered'],
  ['truncate', 'cut the answer short'],
  ['lose-response', 'closed the connection after the operation had taken effect'],
])

function tokenOf({ transcript, known, world }: Case): Why['token'] {
  const { presented } = transcript
  if (!presented) return null
  const { header, claims } = presented
  return { header, claims, known: known ? tokenShown(known.token, known.vendor.name, world.clock.now()) : null }
}

/** Advice is tried in a copy, and copies have no faults: those that may still strike whoever follows it. */
function faultsAhead({ world, entry }: Case): string[] {
  const ahead = world.faults
    .dump()
    .filter(({ id, times, fired }) => id !== entry.exchange.fault?.id && (times === undefined || fired < times))
  return ahead.length === 0
    ? []
    : [`What is advised was tried without faults; these may still strike: ${ahead.map(({ id }) => id).join(', ')}.`]
}

/** With the facts that may be shown. */
const shownOf = (refusal: Refusal, { transcript }: Case): Refusal =>
  (transcript.refusal && findRefusal(transcript.refusal)) ?? refusal

async function whyRefused(refusal: Refusal, of: Case): Promise<Why> {
  const { fault } = of.entry.exchange
  // The facts of a refusal that was ordered are made up, and so is what would follow from them.
  const isOrdered = fault?.kind === 'refuse'
  const start = isOrdered ? undefined : lookUp(since, refusal, of)
  const end = isOrdered ? undefined : lookUp(until, refusal, of)
  const says = (isOrdered ? undefined : lookUp(told, refusal, of)) ?? reason(shownOf(refusal, of))
  const isFaulty = fault !== undefined && (isOrdered || fault.kind === 'throttle')
  return {
    summary: isFaulty ? `Fault ${fault.id} (${fault.kind}) had it refused: ${says}.` : sentence(says),
    rule: { code: refusal.code, text: rules[refusal.code] },
    ...(isFaulty && { fault }),
    token: tokenOf(of),
    ...(start !== undefined && { since: iso(start) }),
    ...(end !== undefined && { until: iso(end) }),
    details: [
      ...pastOf(of),
      ...besides(of),
      ...(isOrdered ? [] : (lookUp(more, refusal, of) ?? [])),
      ...faultsAhead(of),
    ],
    instead: [
      ...(isFaulty ? await withoutFault(of, fault.id) : []),
      ...(isOrdered ? [] : await insteadOf(refusal, of)),
    ],
  }
}

/** What the vendor would have answered, and why that is not enough; where it would have refused, why that, too. */
async function whyWithheld(withheld: Static<typeof Withheld>, refusal: Refusal | undefined, of: Case): Promise<Why> {
  const { evidence, reference, operation, vendor } = of.entry.exchange
  const { status, case: name, required } = withheld
  const refused = refusal && (await whyRefused(refusal, of))
  return {
    ...(refused ?? { rule: null, token: tokenOf(of) }),
    summary: `${operation ?? 'The answer'} of ${vendor} was kept back: it would have been ${status} (${name}) on evidence that is ${evidence}, and ${required} is asked for.`,
    withheld,
    details: [
      `Where that stands, or was decided: ${reference}.`,
      ...(refused ? [refused.summary, ...refused.details] : []),
    ],
    instead: [
      mend(`Start the server with --strict-evidence ${evidence}, or without it; or have nothing rest on this answer.`),
      ...(refused?.instead ?? []),
    ],
  }
}

/** The same with the secrets of the request that stand in it. */
async function unveiled(of: Case): Promise<Why | null> {
  const { fault, withheld, refusal: told } = of.entry.exchange
  const spoilt = fault && byFault.get(fault.kind)
  const refusal = told && findRefusal(told)
  if (withheld) return whyWithheld(withheld, refusal, of)
  if (refusal) return whyRefused(refusal, of)
  const rest = { rule: null, token: tokenOf(of), details: faultsAhead(of) }
  // A snapshot from outside may tell of refusals that there are none of.
  if (!spoilt) return told ? { summary: `Refused as ${told.code}.`, ...rest, instead: [] } : null
  const summary = `Fault ${fault.id} (${fault.kind}) ${spoilt}.`
  return { summary, fault, ...rest, instead: await withoutFault(of, fault.id) }
}

/**
 * Why a request was not accepted; `null` where it was, or is still under way. It is found in what the request was, and no
 * sentence of it has a secret of the request; what advice says is to be sent is what the world has.
 */
export async function explained(entry: Entry, world: World, control: Control): Promise<Why | null> {
  const vendor = control.vendors.find(({ name }) => name === entry.exchange.vendor)
  if (!vendor) return null
  const transcript = world.journal.transcript(entry)
  const why = await unveiled(caseOf(entry, transcript, { world, vendor, control }))
  return (
    why && {
      ...why,
      summary: transcript.text(why.summary),
      details: why.details.map((text) => transcript.text(text)),
      instead: why.instead.map((advice) => ({ ...advice, text: transcript.text(advice.text) })),
    }
  )
}
