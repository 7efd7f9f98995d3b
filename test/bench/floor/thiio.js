/** Thiio: a JWT by RS256 for a login, and who is behind it. */
import { createPrivateKey, createPublicKey, hash } from 'node:crypto'
import { chanceOf } from './chance.js'
import { phpJson, signRs256, verified } from './jwt.js'
import { passwordMatches } from './password.js'

const dateTime = (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

const user = ({ id, passwordHash, createdAt, updatedAt, profile }) => ({
  id: Number(id),
  uuid: profile.uuid,
  contact_id: profile.contact_id,
  type: profile.type,
  email: profile.email,
  email_verified_at: profile.email_verified_at,
  password: passwordHash,
  metadata: profile.metadata,
  integrations_meta: profile.integrations_meta,
  dialer_extension: profile.dialer_extension,
  dialer_worker_sid: profile.dialer_worker_sid,
  dialer_activity_sid: profile.dialer_activity_sid,
  dialer_activity_name: profile.dialer_activity_name,
  remember_token: profile.remember_token,
  welcome_email_sent: profile.welcome_email_sent,
  two_factor_enabled: profile.two_factor_enabled,
  two_factor_secret_key: profile.two_factor_secret_key,
  deactivated_at: profile.deactivated_at,
  created_at: dateTime(createdAt),
  updated_at: dateTime(updatedAt),
  deleted_at: profile.deleted_at,
  uri: profile.uri,
})

function addYears(ms, years) {
  const date = new Date(ms)
  date.setUTCFullYear(date.getUTCFullYear() + years)
  return date.getTime()
}

const common = { vendor: 'thiio', evidence: 'assumed', headers: { 'cache-control': 'no-cache, private' } }

export function thiio(store) {
  const chance = chanceOf(store, 'thiio')
  const { tokenLifetimeYears } = store.settings('thiio')
  const { integrationUuid } = store.facts('thiio')
  const parsed = new Map()
  // Read each time, because a rotation changes it.
  const key = () => {
    const [{ number, material }] = store.signingKeys('thiio')
    let pair = parsed.get(material)
    if (!pair) {
      const privateKey = createPrivateKey(material)
      pair = { privateKey, publicKey: createPublicKey(privateKey) }
      parsed.set(material, pair)
    }
    return { number, ...pair }
  }
  async function issue(account, now, request) {
    const expiresAt = addYears(now - 26, tokenLifetimeYears)
    const jti = chance.hex('jti', 40)
    const iat = (now * 1000 - 5) / 1e6
    const claims = { aud: '1', jti, iat, nbf: now / 1000, exp: expiresAt / 1000, sub: account.id, scopes: [] }
    const { number, privateKey } = key()
    const token = await signRs256(JSON.stringify(claims), privateKey)
    store.insertToken({
      vendor: 'thiio',
      id: jti,
      digest: hash('sha256', token, 'buffer'),
      kind: 'access',
      account: account.id,
      tenant: null,
      issuedAt: now,
      expiresAt,
      facts: '{}',
      signedBy: number,
      issuedBy: request,
    })
    return { token, expires: Math.floor(expiresAt / 1000) }
  }

  const login = {
    ...common,
    operation: 'login',
    async answer({ bytes, now, request }) {
      const { email, password } = JSON.parse(bytes.toString())
      if (typeof email !== 'string' || typeof password !== 'string') return undefined
      const account = store.accountByLogin('thiio', 'email', email.trim().toLowerCase())
      if (!account) return undefined
      const matches = passwordMatches(password, account.passwordHash)
      if (!(matches === true || (await matches)) || account.state !== 'active') return undefined
      const { token, expires } = await issue(account, now, request)
      const data = { user: user(account), token, expires, setup_finished: true, integration_uuid: integrationUuid }
      return { account: account.id, body: phpJson({ data }) }
    },
  }
  const check = {
    ...common,
    evidence: 'documented',
    operation: 'check',
    answer({ bearer, now }) {
      const claims = verified(bearer, 'RS256', key().publicKey, now)
      const token = claims && claims.aud === '1' ? store.tokenById('thiio', claims.jti) : undefined
      if (!token || token.revokedAt !== null || token.expiresAt <= now) return undefined
      const account = store.accountById('thiio', claims.sub)
      return account && { account: account.id, body: phpJson({ user: user(account) }) }
    },
  }
  return (method, path) => {
    if (method === 'POST' && path === '/thiio/api/login') return login
    return method === 'GET' && path === '/thiio/api/check' ? check : undefined
  }
}
