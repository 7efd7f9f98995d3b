import type { Held, Model } from '../model.js'
import { post } from './json.js'
import {
  any,
  asBearer,
  at,
  bearers,
  credential,
  end,
  form,
  holdPair,
  holdSession,
  life,
  login,
  presenting,
  renew,
  role,
  showAccess,
  textOf,
  week,
} from './portsip-moves.js'

const password = 'Passw0rd!'
const byJson = (path: string) => (credentials: Record<string, string>) => post(`/portsip/api${path}`, credentials)
const byGrant = (credentials: Record<string, string>) =>
  form(`grant_type=password&scope=all&${new URLSearchParams(credentials)}`)
const byRefresh = (token: Held | string | undefined) => form(`grant_type=refresh_token&refresh_token=${textOf(token)}`)

export const portsip: Model = {
  people: [
    { login: 'admin', shows: '"role":"SystemAdmin"', password: 'admin', state: 'active' },
    { login: 'alice.w', shows: '"role":"StandardUser"', password, state: 'active' },
    { login: 'queue.lead', shows: '"role":"QueueManager"', password, state: 'active' },
  ],
  states: [],
  foretells: [
    'unknown-account',
    'wrong-password',
    'account-locked',
    'token-missing',
    'token-unknown',
    'token-wrong-kind',
    'token-revoked',
    'token-expired',
    'token-account-gone',
  ],
  lifetimes: [life, 3_600_000, week],
  forgets: true,
  lockout: { failures: 6, blockMs: 3_600_000 },
  moves: {
    login: login(true, byJson('/login'), holdSession),
    wrong: login(false, byJson('/login'), holdSession),
    grant: login(true, byGrant, holdPair),
    wrongGrant: login(false, byGrant, holdPair),
    status: presenting({
      kinds: any,
      status: 401,
      succeeds: 200,
      request: at('GET', '/login', credential),
      shows: role,
      learn: showAccess,
    }),
    user: presenting({
      kinds: bearers,
      status: 401,
      succeeds: 200,
      request: at('GET', '/user', asBearer),
      shows: role,
    }),
    logout: presenting({
      kinds: any,
      status: undefined,
      succeeds: 204,
      request: at('POST', '/logout', credential),
      learn: end,
    }),
    revoke: presenting({
      kinds: bearers,
      status: 401,
      succeeds: 200,
      request: at('POST', '/login/oauth/revoke', asBearer),
      learn: end,
    }),
    refresh: presenting({ kinds: ['refresh'], status: 400, succeeds: 200, request: byRefresh, learn: renew }),
  },
}

const byToken = (token: Held | string | undefined) =>
  post('/portsip/api/auth/refresh_token', { refresh_token: textOf(token) })

/** What 22.2 has beside it. */
export const portsip222: Model = {
  ...portsip,
  moves: {
    ...portsip.moves,
    signIn: login(true, byJson('/auth/sign_in'), holdPair),
    wrongSignIn: login(false, byJson('/auth/sign_in'), holdPair),
    authUser: presenting({
      kinds: bearers,
      status: 401,
      succeeds: 200,
      request: at('GET', '/auth/user', asBearer),
      shows: role,
    }),
    signOut: presenting({
      kinds: bearers,
      status: 401,
      succeeds: 200,
      request: at('POST', '/auth/sign_out', asBearer),
      learn: end,
    }),
    refreshToken: presenting({ kinds: ['refresh'], status: 400, succeeds: 200, request: byToken, learn: renew }),
  },
}
