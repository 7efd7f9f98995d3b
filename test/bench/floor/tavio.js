/** Tavio: an opaque token for a login, and who is behind it. */
import { hash } from 'node:crypto'
import { chanceOf } from './chance.js'
import { passwordMatches } from './password.js'

const digestOf = (text) => hash('sha256', text, 'buffer')

const user = ({ id, profile }) => ({
  id,
  username: profile.username,
  email: profile.email,
  firstName: profile.firstName,
  lastName: profile.lastName,
  status: profile.status,
  mfaRequired: profile.mfaRequired,
  mfaConfigured: profile.mfaConfigured,
  changePassword: profile.changePassword,
  invite_expired: profile.invite_expired,
  favorite: profile.favorite,
})

export function tavio(store) {
  const chance = chanceOf(store, 'tavio')
  const { organizations } = store.facts('tavio')
  const { tokenLifetimeSeconds } = store.settings('tavio')
  const isKnown = (domain) => organizations.some(({ orgDomain }) => orgDomain === domain)
  const membershipOf = ({ profile }, domain) => profile.memberships.find(({ orgDomain }) => orgDomain === domain)
  const issue = store.transaction((account, tenant, now, request) => {
    const text = chance.uuid('token')
    const digest = digestOf(text)
    store.insertToken({
      vendor: 'tavio',
      id: digest.toString('hex', 0, 12),
      digest,
      kind: 'orgAuth',
      account: account.id,
      tenant,
      issuedAt: now,
      expiresAt: now + tokenLifetimeSeconds * 1000,
      facts: '{"environment":null}',
      signedBy: null,
      issuedBy: request,
    })
    return text
  })

  const login = {
    vendor: 'tavio',
    operation: 'login',
    evidence: 'seed',
    headers: {},
    async answer({ domain, bytes, now, request }) {
      const { username, password } = JSON.parse(bytes.toString())
      if (typeof username !== 'string' || typeof password !== 'string' || !isKnown(domain)) return undefined
      const account = store.accountByLogin('tavio', 'email', username.toLowerCase())
      if (!account) return undefined
      // A promise is awaited only where there is one.
      const matches = passwordMatches(password, account.passwordHash)
      if (!(matches === true || (await matches))) return undefined
      if (account.state !== 'active' || !membershipOf(account, domain)) return undefined
      const token = issue(account, domain, now, request)
      const body = JSON.stringify({ token, expires_in: tokenLifetimeSeconds, user: user(account) })
      return { account: account.id, body }
    },
  }
  const me = {
    vendor: 'tavio',
    operation: 'me',
    evidence: 'assumed',
    headers: {},
    answer({ domain, bearer, now }) {
      const token = store.tokenByDigest('tavio', digestOf(bearer))
      if (!token || token.tenant !== domain || token.revokedAt !== null || token.expiresAt <= now) return undefined
      const account = store.accountById('tavio', token.account)
      const membership = account && isKnown(domain) && membershipOf(account, domain)
      if (!membership) return undefined
      return { account: account.id, body: JSON.stringify({ ...user(account), roles: membership.roles }) }
    },
  }
  return (method, path) => {
    const [, , version, domain, ...rest] = path.split('/')
    if (version !== 'v1') return undefined
    const route = `${method} ${rest.join('/')}`
    if (route === 'POST auth/login') return { ...login, domain }
    return route === 'GET me' ? { ...me, domain } : undefined
  }
}
