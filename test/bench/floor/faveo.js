/** Faveo: a JWT by HS256 for a login, and who is behind it. */
import { createSecretKey, hash } from 'node:crypto'
import { chanceOf } from './chance.js'
import { phpJson, signHs256, verified } from './jwt.js'
import { passwordMatches } from './password.js'

const dateTime = (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
const gravatar = (email) =>
  `https://secure.gravatar.com/avatar/${hash('md5', email.toLowerCase())}?s=80&r=g&d=identicon`

const user = ({ id, state, createdAt, updatedAt, profile }) => ({
  id: Number(id),
  user_name: profile.user_name,
  first_name: profile.first_name,
  last_name: profile.last_name,
  gender: profile.gender,
  email: profile.email ?? 'Not available',
  ban: profile.ban,
  active: state === 'active' ? 1 : 0,
  is_delete: profile.is_delete,
  ext: profile.ext,
  country_code: profile.country_code,
  phone_number: profile.phone_number,
  mobile: profile.mobile,
  agent_sign: profile.agent_sign,
  account_type: profile.account_type,
  account_status: profile.account_status,
  assign_group: profile.assign_group,
  primary_dpt: profile.primary_dpt,
  agent_tzone: profile.agent_tzone,
  daylight_save: profile.daylight_save,
  limit_access: profile.limit_access,
  directory_listing: profile.directory_listing,
  vacation_mode: profile.vacation_mode,
  company: profile.company,
  role: profile.role,
  internal_note: profile.internal_note,
  profile_pic: profile.profile_pic ?? gravatar(profile.email ?? ''),
  created_at: dateTime(createdAt),
  updated_at: dateTime(updatedAt),
  user_language: profile.user_language,
})

const common = { vendor: 'faveo', evidence: 'seed', headers: { 'cache-control': 'no-cache, private' } }

export function faveo(store) {
  const chance = chanceOf(store, 'faveo')
  const { tokenLifetimeSeconds } = store.settings('faveo')
  if (store.signingKeys('faveo').length === 0) store.addKey('faveo', chance.text('secret', 32))
  const parsed = new Map()
  // Read each time, because a rotation changes it.
  const key = () => {
    const [{ number, material }] = store.signingKeys('faveo')
    const secret = parsed.get(material) ?? createSecretKey(material, 'utf8')
    parsed.set(material, secret)
    return { number, secret }
  }
  const issue = store.transaction((account, iss, now, request) => {
    const iat = Math.floor(now / 1000)
    const exp = iat + tokenLifetimeSeconds
    const jti = chance.text('jti', 16)
    const sub = Number(account.id)
    const { number, secret } = key()
    const claims = { iss, iat, exp, nbf: iat, jti, sub, prv: '87e0af1ef9fd15812fdec97153a14e0b047546aa' }
    const text = signHs256(phpJson(claims), secret)
    store.insertToken({
      vendor: 'faveo',
      id: jti,
      digest: hash('sha256', text, 'buffer'),
      kind: 'access',
      account: account.id,
      tenant: null,
      issuedAt: now,
      expiresAt: exp * 1000,
      facts: '{}',
      signedBy: number,
      issuedBy: request,
    })
    return text
  })

  const authenticate = {
    ...common,
    operation: 'authenticate',
    async answer({ bytes, now, request, url }) {
      const { username, password } = JSON.parse(bytes.toString())
      if (typeof username !== 'string' || typeof password !== 'string') return undefined
      const account = store.accountByLogin('faveo', 'user_name', username.trimEnd().toLowerCase())
      if (!account) return undefined
      const matches = passwordMatches(password, account.passwordHash)
      if (!(matches === true || (await matches)) || account.state !== 'active') return undefined
      const token = issue(account, url, now, request)
      return { account: account.id, body: phpJson({ token, user_id: user(account) }) }
    },
  }
  const authenticated = {
    ...common,
    evidence: 'documented',
    operation: 'getAuthenticatedUser',
    answer({ bearer, now }) {
      const claims = verified(bearer, 'HS256', key().secret, now)
      if (!claims?.jti || !claims.iss || store.tokenById('faveo', claims.jti)?.revokedAt !== null) return undefined
      const account = store.accountById('faveo', String(claims.sub))
      return account && { account: account.id, body: phpJson({ user: user(account) }) }
    },
  }
  return (method, path) => {
    if (method === 'POST' && path === '/faveo/api/v1/authenticate') return authenticate
    return method === 'GET' && path === '/faveo/api/v1/authenticate/user' ? authenticated : undefined
  }
}
