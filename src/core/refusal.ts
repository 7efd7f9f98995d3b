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
  /** Nobody has this login. */
  'unknown-account': { readonly login: string }
  /** The password is not that of the account, which is named by its id. */
  'wrong-password': { readonly account: string }
  /** The account, named by its id, is in a state in which it may not log in. */
  'account-inactive': { readonly account: string; readonly state: string }
  /** There is no such organisation or domain. */
  'unknown-tenant': { readonly tenant: string }
  /** The account, named by its id, does not belong to the tenant. */
  'not-a-member': { readonly account: string; readonly tenant: string }
  /** Too many logins of this client address have failed; `until` is in epoch milliseconds. */
  'account-locked': { readonly address: string; readonly until: number }
  /** The client has asked more than `limit` times; the window ends at `resetAt`, in epoch milliseconds. */
  throttled: { readonly limit: number; readonly retryAfterSeconds: number; readonly resetAt: number }
  // the credential that was presented
  /** No token was presented. */
  'token-missing': Record<never, never>
  /** What was presented is no token of the vendor's form. */
  'token-malformed': {
    readonly reason: 'segments' | 'empty-segment' | 'encoding' | 'shape'
    /** What the vendor's own reader complains of. */
    readonly detail?: string
  }
  /** The token was not signed with a key that is accepted. */
  'token-bad-signature': {
    readonly reason: 'algorithm' | 'unsigned' | 'signature'
    /** What the vendor's own reader complains of. */
    readonly detail?: string
  }
  /** The token lacks a claim that it must have. */
  'token-claim-missing': { readonly claim: string }
  /** A claim of the token has a value that is refused. */
  'token-claim-invalid': {
    readonly claim: string
    /** The value, where it is none that the claim can have. */
    readonly value?: string
  }
  /** The token is valid only `from` then, in epoch milliseconds. */
  'token-not-yet-valid': { readonly from: number }
  /** The token expired `at` that instant, in epoch milliseconds. */
  'token-expired': { readonly at: number; readonly kind?: string }
  /** The token was ended `at` that instant, in epoch milliseconds. */
  'token-revoked': { readonly at: number; readonly kind?: string }
  /** Nobody was issued this token. */
  'token-unknown': Record<never, never>
  /** The token is good, and of another kind than the `expected`. */
  'token-wrong-kind': { readonly kind: string; readonly expected: string }
  /** The token is good, and for another tenant than the `expected`. */
  'token-wrong-tenant': { readonly tenant: string; readonly expected: string }
  /** The account of the token, named by its id, is there no more. */
  'token-account-gone': { readonly account: string; readonly kind?: string }
  /** The account lacks what is `needed`: a role or a permission. */
  'permission-denied': { readonly needed: string }
  /** The client did not present the key of its application. */
  'client-key-wrong': Record<never, never>
  /** The installation lets no application in. */
  'client-access-disabled': Record<never, never>
  // what was asked
  /** The body cannot be read. */
  'malformed-body': { readonly reason: 'empty' | 'syntax' }
  /** The body can be read, and says what it must not. */
  'invalid-input': { readonly problems: readonly Problem[] }
  /** The body is of a type that is not read. */
  'unsupported-media-type': { readonly mediaType: string }
  /** The body has more than `limit` bytes. */
  'body-too-large': { readonly limit: number }
  /** What the path names is not there. */
  'unknown-resource': { readonly resource: string }
  /** The vendor has no such path. */
  'unknown-route': { readonly method: string; readonly path: string }
  /** The path has other methods, the `allowed`. */
  'wrong-method': { readonly method: string; readonly path: string; readonly allowed: readonly string[] }
  // our own failure
  /** The emulator itself has failed. */
  internal: { readonly message: string }
}

/** Why something was refused, the same for all vendors. */
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
