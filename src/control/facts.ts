import { type TProperties, type TSchema, Type } from '@sinclair/typebox'
import type { RefusalCode, Refusals } from '../core/refusal.js'

const text = Type.String()
const account = Type.String({ description: 'id of an account' })
const seconds = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })
/** Up to the last millisecond that dates can be written of with four digits for the year. */
const instant = Type.Integer({ minimum: 0, maximum: 253_402_300_799_999, description: 'epoch milliseconds' })
/** It goes into a header. */
const method = Type.String({ pattern: '^[A-Z]+$' })

const oneOf = <T extends readonly string[]>(...texts: T) => Type.Union(texts.map((one: T[number]) => Type.Literal(one)))

const some = <P extends TProperties>(facts: P) => Type.Partial(Type.Object(facts), { additionalProperties: false })

/** Some facts of a refusal, or all of them. */
interface SomeFacts<C extends RefusalCode> extends TSchema {
  static: Partial<Refusals[C]>
}

const schemas = {
  'unknown-account': some({ login: text }),
  'wrong-password': some({ account }),
  'account-inactive': some({ account, state: text }),
  'unknown-tenant': some({ tenant: text }),
  'not-a-member': some({ account, tenant: text }),
  'account-locked': some({ address: text, until: instant }),
  throttled: some({ limit: seconds, retryAfterSeconds: seconds, resetAt: instant }),
  'token-missing': some({}),
  'token-malformed': some({
    reason: oneOf('segments', 'empty-segment', 'encoding', 'shape'),
    detail: text,
  }),
  'token-bad-signature': some({ reason: oneOf('algorithm', 'unsigned', 'signature') }),
  'token-claim-missing': some({ claim: text }),
  'token-claim-invalid': some({ claim: text }),
  'token-not-yet-valid': some({ from: instant }),
  'token-expired': some({ at: instant, kind: text }),
  'token-revoked': some({ at: instant, kind: text }),
  'token-unknown': some({}),
  'token-wrong-kind': some({ kind: text, expected: text }),
  'token-wrong-tenant': some({ tenant: text, expected: text }),
  'token-account-gone': some({ account, kind: text }),
  'permission-denied': some({ needed: text }),
  'client-key-wrong': some({}),
  'client-access-disabled': some({}),
  'malformed-body': some({ reason: oneOf('empty', 'syntax') }),
  'invalid-input': some({
    problems: Type.Array(Type.Object({ pointer: text, expected: text }, { additionalProperties: false }), {
      minItems: 1,
    }),
  }),
  'unsupported-media-type': some({ mediaType: text }),
  'body-too-large': some({ limit: seconds }),
  'unknown-resource': some({ resource: text }),
  'unknown-route': some({ method, path: text }),
  'wrong-method': some({ method, path: text, allowed: Type.Array(method) }),
  internal: some({ message: text }),
}

/** What may be said of each refusal beside its code. */
export const someFactsOf: { readonly [C in RefusalCode]: SomeFacts<C> } = schemas
