import type { Ground } from '../vendor.js'

/** What is known of the API, by where it can be read. */
export const sources = {
  login: {
    evidence: 'seed',
    reference: 'https://docs.tavio.io/authenticates-a-user-within-the-context-of-a-specific-organization',
  },
  /** Groups of errors that the page of the login describes without their numbers. */
  errorGroups: {
    evidence: 'documented',
    reference: 'https://docs.tavio.io/authenticates-a-user-within-the-context-of-a-specific-organization',
  },
  renew: {
    evidence: 'documented',
    reference: 'https://docs.tavio.io/renews-an-existing-access-token-returning-a-new-token-with-extended-validity',
  },
  /** Texts that were made from the vendor's description of the API. */
  integration: { evidence: 'documented', reference: 'https://truto.one/integrations/detail/tavio.md' },
  ours: { evidence: 'assumed', reference: 'src/vendors/README.md#tavio' },
} satisfies Readonly<Record<string, Ground>>

/** Where the organization's operations are introduced. */
export const introduction = 'https://docs.tavio.io/tavio-public-api'
