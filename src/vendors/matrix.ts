import { Refusal, type RefusalCode } from '../core/refusal.js'
import { type Evidence, lower } from './evidence.js'

/**
 * Everything that can be wrong with what a client presents, one thing at a time. Where an operation logs somebody in,
 * it is the name and password that are wrong, or, for what only a token can have, a token sent beside good ones.
 */
export const credentialCases = {
  none: 'no credential at all',
  garbage: 'a text that nobody issued; for a login the password',
  malformed: 'a part of a good token; for a login a body that cannot be read',
  'other-vendor': 'a good credential of another vendor',
  'other-tenant': 'a good credential of another tenant',
  'other-world': 'a good credential of another world',
  'other-user': 'a good token of another account; for a login the password of another',
  'unknown-account': 'a token of an account that does not exist; for a login a name that nobody has',
  expired: 'a token that expired a second ago',
  'not-yet-valid': 'a token that will be valid in an hour',
  'wrong-issuer': 'a token that names another issuer',
  'wrong-audience': 'a token that names another audience',
  'missing-claim': 'a token without the claim that identifies it or its account',
  'alg-none': 'a token whose header says that it is not signed, and that is not',
  'confused-algorithm': 'RS256: signed by HS256 with the public key (HS/RS confusion); HS256: signed by RS256',
  'stripped-signature': 'a token whose signature was cut off',
  'altered-signature': 'a token whose signature was altered',
  'altered-claims': 'a token whose claims were altered after it was signed',
  'wrong-key': 'a token signed with a foreign key',
  'rotated-key': 'a token signed with a key that was rotated away without grace',
  revoked: 'a token that was revoked by an administrator',
  'logged-out': 'a token whose user has logged out, where the vendor has a logout',
  'account-disabled': 'of an account that was disabled',
  'account-deleted': 'of an account that was deleted',
  'locked-out': 'a good credential from an address that has failed to log in ten times',
  throttled: 'a good credential, as the first request beyond the throttle',
  'wrong-scheme': 'in an Authorization header of the scheme Basic',
  'wrong-place': 'in the query of the URL instead of where it belongs',
  'wrong-kind': 'a good token of another kind; for a login a token in place of the password',
} as const

export type CredentialCase = keyof typeof credentialCases

/** It works all the same. */
export interface Accepted {
  /** Why, in a sentence. */
  readonly accepted: string
  /** How sure we are that the vendor accepts it. */
  readonly evidence: Evidence
}

/** It cannot happen here: there is one tenant, one kind of token, one state of accounts. */
export interface Inapplicable {
  readonly inapplicable: string
}

/** A refusal that rests on less in this case than its wording does. */
export interface WeakerRefusal {
  readonly refusal: RefusalCode | Refusal
  readonly evidence: Evidence
}

/** A `Refusal` where its facts make a difference to the answer. */
export type Outcome = RefusalCode | Refusal | WeakerRefusal | Accepted | Inapplicable

export type Outcomes = Readonly<Record<CredentialCase, Outcome>>

/** What becomes of every wrong credential at operations that treat it alike. */
export interface Treatment {
  /**
   * A kind of the vendor's tokens, one that nobody mints included; `login`: a name and, as a rule, a password; `none`:
   * these operations ask for none.
   */
  readonly credential: string
  readonly operations: readonly string[]
  readonly outcomes: Outcomes
}

export const accepted = (reason: string, evidence: Evidence): Accepted => ({ accepted: reason, evidence })
export const inapplicable = (reason: string): Inapplicable => ({ inapplicable: reason })

/** What only a JWT can have. */
const jwtCases = [
  'not-yet-valid',
  'wrong-issuer',
  'wrong-audience',
  'missing-claim',
  'alg-none',
  'confused-algorithm',
  'stripped-signature',
  'altered-signature',
  'altered-claims',
  'wrong-key',
] as const satisfies readonly CredentialCase[]

/** What only a token can have. */
const tokenCases = [
  ...jwtCases,
  'expired',
  'rotated-key',
  'revoked',
  'logged-out',
] as const satisfies readonly CredentialCase[]

type TokenCase = (typeof tokenCases)[number]

const each = <C extends CredentialCase>(cases: readonly C[], outcome: Outcome) =>
  Object.fromEntries(cases.map((name) => [name, outcome])) as Record<C, Outcome>

/** For a login: a token sent beside a good name and password, and never looked at. */
export const besideLogin = (evidence: Evidence): Record<TokenCase, Outcome> =>
  each(tokenCases, accepted('a login looks at no token', evidence))

/** For opaque tokens: what only a JWT can have makes it a text that nobody issued. */
export const notOpaque = (outcome: Outcome) => each(jwtCases, outcome)

function weaker(outcome: Outcome, level: Evidence): Outcome {
  if (typeof outcome === 'string' || outcome instanceof Refusal) return { refusal: outcome, evidence: level }
  return 'inapplicable' in outcome ? outcome : { ...outcome, evidence: lower(outcome.evidence, level) }
}

/** The same, where the route says by `Stage.weaken` that all of it rests on no more than that. */
export const weakened = (outcomes: Outcomes, level: Evidence): Outcomes => ({
  ...outcomes,
  ...Object.fromEntries(Object.entries(outcomes).map(([name, outcome]) => [name, weaker(outcome, level)])),
})

/** Whatever is presented. */
export const always = (outcome: Outcome): Outcomes => each(Object.keys(credentialCases) as CredentialCase[], outcome)
