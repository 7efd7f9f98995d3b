import { Refusal, type RefusalCode } from '../../core/refusal.js'
import type { Sample } from '../vendor.js'
import { sources } from './sources.js'

/** Body types that MVC lists with the JSON Patch formatter registered. */
export const consumes = ['application/json-patch+json', 'application/json', 'text/json', 'application/*+json']

export const eitherCredential = [{ bearer: [] }, { apiKey: [] }]

/** What the credentials of a request can be refused for; twice where the same refusal is answered otherwise. */
export const credentialRefusals: readonly (RefusalCode | Refusal)[] = [
  'token-missing',
  'token-malformed',
  'token-bad-signature',
  new Refusal('token-bad-signature', { reason: 'unsigned' }),
  'token-claim-missing',
  new Refusal('token-claim-missing', { claim: 'exp' }),
  'token-claim-invalid',
  'token-not-yet-valid',
  'token-expired',
  'token-revoked',
  'token-unknown',
  'token-wrong-kind',
  'token-account-gone',
]

export const bodyRefusals: readonly (RefusalCode | Refusal)[] = [
  'malformed-body',
  new Refusal('malformed-body', { reason: 'empty' }),
  'invalid-input',
  'unsupported-media-type',
]

/** The action missed an argument that model binding lets be absent. */
export const missingArgument = (name: 'user' | 'apiKey'): Refusal<'invalid-input'> =>
  new Refusal('invalid-input', { problems: [{ pointer: `/${name}`, expected: 'required' }] })

/** A case of every operation that takes either credential. */
export const besideBadBearer = { case: 'a good API key beside a bad bearer token', ...sources.ours }

/** A body with which an operation can be asked. */
export const asJson = (body: object): Sample => ({ contentType: 'application/json', body: JSON.stringify(body) })
