/** One thing that is wrong with an input. */
export interface Problem {
  /** JSON pointer into the input: `/username`. */
  readonly pointer: string
  /** What was expected there, in our words: `string`, `required`, `length <= 64`. */
  readonly expected: string
}

/**
 * Every reason for which the emulator says no, with the facts of the case. A vendor words all of them; the facts reach
 * the journal, never the client.
 */
export interface Refusals {
  // who is asking
  'unknown-account': { readonly login: string }
  'wrong-password': { readonly account: string }
  'account-inactive': { readonly account: string; readonly state: string }
  'unknown-tenant': { readonly tenant: string }
  'not-a-member': { readonly account: string; readonly tenant: string }
  'account-locked': { readonly address: string; readonly until: number }
  throttled: { readonly limit: number; readonly retryAfterSeconds: number; readonly resetAt: number }
  // the credential that was presented
  'token-missing': Record<never, never>
  'token-malformed': {
    readonly reason: 'segments' | 'empty-segment' | 'encoding' | 'shape'
    /** What the vendor's own reader complains of. */
    readonly detail?: string
  }
  'token-bad-signature': {
    readonly reason: 'algorithm' | 'unsigned' | 'signature'
    /** What the vendor's own reader complains of. */
    readonly detail?: string
  }
  'token-claim-missing': { readonly claim: string }
  'token-claim-invalid': {
    readonly claim: string
    /** The value, where it is none that the claim can have. */
    readonly value?: string
  }
  'token-not-yet-valid': { readonly from: number }
  'token-expired': { readonly at: number; readonly kind?: string }
  'token-revoked': { readonly at: number; readonly kind?: string }
  'token-unknown': Record<never, never>
  'token-wrong-kind': { readonly kind: string; readonly expected: string }
  'token-wrong-tenant': { readonly tenant: string; readonly expected: string }
  'token-account-gone': { readonly account: string; readonly kind?: string }
  'permission-denied': { readonly needed: string }
  'client-key-wrong': Record<never, never>
  'client-access-disabled': Record<never, never>
  // what was asked
  'malformed-body': { readonly reason: 'empty' | 'syntax' }
  'invalid-input': { readonly problems: readonly Problem[] }
  'unsupported-media-type': { readonly mediaType: string }
  'body-too-large': { readonly limit: number }
  'unknown-resource': { readonly resource: string }
  'unknown-route': { readonly method: string; readonly path: string }
  'wrong-method': { readonly method: string; readonly path: string; readonly allowed: readonly string[] }
  // our own failure
  internal: { readonly message: string }
}

export type RefusalCode = keyof Refusals

/** Thrown wherever the answer is no. The vendor's `refuse` table turns it into the vendor's own words. */
export class Refusal<C extends RefusalCode = RefusalCode> extends Error {
  override readonly name = 'Refusal'
  readonly code: C
  readonly facts: Refusals[C]

  constructor(code: C, facts: Refusals[C]) {
    super(code)
    this.code = code
    this.facts = facts
  }
}

/** The instant of examples: 2026-01-01T00:00:00Z, in epoch milliseconds. */
export const exampleNow = 1_767_225_600_000

/** Facts that stand in for a real case at `exampleNow`, so that documentation can show each refusal. Keys are also the list of codes. */
export const exampleFacts: { readonly [C in RefusalCode]: Refusals[C] } = {
  'unknown-account': { login: 'nobody' },
  'wrong-password': { account: '1' },
  'account-inactive': { account: '2', state: 'disabled' },
  'unknown-tenant': { tenant: 'nowhere' },
  'not-a-member': { account: '1', tenant: 'globex' },
  'account-locked': { address: '127.0.0.1', until: exampleNow + 3_600_000 },
  throttled: { limit: 60, retryAfterSeconds: 60, resetAt: exampleNow + 60_000 },
  'token-missing': {},
  'token-malformed': { reason: 'segments' },
  'token-bad-signature': { reason: 'signature' },
  'token-claim-missing': { claim: 'sub' },
  'token-claim-invalid': { claim: 'iat' },
  'token-not-yet-valid': { from: exampleNow + 3_600_000 },
  'token-expired': { at: exampleNow - 1000 },
  'token-revoked': { at: exampleNow },
  'token-unknown': {},
  'token-wrong-kind': { kind: 'envAuth', expected: 'orgAuth' },
  'token-wrong-tenant': { tenant: 'acme', expected: 'globex' },
  'token-account-gone': { account: '1' },
  'permission-denied': { needed: 'Administrator' },
  'client-key-wrong': {},
  'client-access-disabled': {},
  'malformed-body': { reason: 'syntax' },
  'invalid-input': { problems: [{ pointer: '/username', expected: 'required' }] },
  'unsupported-media-type': { mediaType: 'text/plain' },
  'body-too-large': { limit: 1_048_576 },
  'unknown-resource': { resource: 'nowhere.example' },
  'unknown-route': { method: 'GET', path: '/api/xyz' },
  'wrong-method': { method: 'DELETE', path: '/api/login', allowed: ['POST'] },
  internal: { message: 'the emulator failed' },
}

/** Beyond it, before and after 1970, there is no date (ECMAScript). */
const lastInstant = 8_640_000_000_000_000

/** Whether a value has all that the example has, each of the same type. */
function isLike(value: unknown, example: unknown): boolean {
  if (Array.isArray(example)) return Array.isArray(value) && value.every((one) => isLike(one, example[0]))
  if (typeof value !== typeof example || value === null) return false
  if (typeof value === 'number') return Math.abs(value) <= lastInstant
  return (
    typeof value !== 'object' ||
    Object.entries(Object(example)).every(([name, one]) => isLike(Reflect.get(value, name), one))
  )
}

const isCode = (code: string): code is RefusalCode => Object.hasOwn(exampleFacts, code)

const areFacts = <C extends RefusalCode>(facts: unknown, code: C): facts is Refusals[C] =>
  isLike(facts, exampleFacts[code])

/** A refusal that was told as JSON, by a journal or a file from outside; `undefined`: there is none like it. */
export const findRefusal = ({
  code,
  facts,
}: {
  readonly code: string
  readonly facts: unknown
}): Refusal | undefined => (isCode(code) && areFacts(facts, code) ? new Refusal(code, facts) : undefined)
