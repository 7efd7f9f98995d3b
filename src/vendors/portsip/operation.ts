import type { RefusalCode } from '../../core/refusal.js'
import type { Presented, Sample } from '../vendor.js'
import { sources } from './sources.js'

/** What all operations of 22.2 under /api/auth say of themselves. */
export const authentication = {
  ...sources.authentication,
  profiles: ['22.2'],
} as const

export const bodyRefusals: readonly RefusalCode[] = ['malformed-body', 'invalid-input', 'unsupported-media-type']

/** What a token in the body can be refused for. */
export const tokenRefusals: readonly RefusalCode[] = [
  'token-unknown',
  'token-expired',
  'token-revoked',
  'token-wrong-kind',
  'token-wrong-tenant',
  'token-account-gone',
]

/** A body that presents its token under `name`. */
export const presenting =
  (name: string, rest: Readonly<Record<string, string>> = {}) =>
  ({ text }: Presented): Sample => ({
    body: JSON.stringify({ [name]: text, ...rest }),
    contentType: 'application/json',
  })
