import type { Ground } from '../vendor.js'

const pages = 'https://support.portsip.com/development-portsip/rest-apis'
const reference22 = `${pages}/version-22.1/api-reference`

/** What is known of the API, by where it can be read. */
export const sources = {
  login: { evidence: 'seed', reference: `${reference22}/login` },
  /** The statuses of failure, which the specification of the same page declares. */
  loginFailures: { evidence: 'documented', reference: `${reference22}/login` },
  logout: { evidence: 'documented', reference: `${reference22}/logout` },
  info: { evidence: 'documented', reference: `${reference22}/info` },
  user: { evidence: 'documented', reference: `${reference22}/user` },
  oauth: { evidence: 'documented', reference: `${pages}/authentication` },
  /** All operations of 22.2 under /api/auth. */
  authentication: { evidence: 'documented', reference: `${pages}/version-22.2/authentication-1` },
  ours: { evidence: 'assumed', reference: 'src/vendors/README.md#portsip-pbx' },
} satisfies Readonly<Record<string, Ground>>
