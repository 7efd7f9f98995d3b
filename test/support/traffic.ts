/** What a client sends, in any server and any world. */
export interface Request {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a client has kept from earlier answers. */
export type Memory = Record<string, string>

/** One thing that a client of a vendor does: a request made of what it remembers, and what it keeps of the answer. */
export interface Move {
  readonly name: string
  readonly request: (memory: Memory) => Request
  readonly keep?: (answer: { readonly text: string; readonly headers: Readonly<Record<string, unknown>> }) => Memory
}

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const client = 'scope=all&client_id=9d806019-75b2-4b3d-bb8b-f5a3a412cc0a'
const bearer = (token: string | undefined) => ({ authorization: `Bearer ${token ?? 'none'}` })
const post = (path: string, body: object): Request => ({
  method: 'POST',
  path,
  headers: json,
  body: JSON.stringify(body),
})

/** The member of a JSON answer at `path`, as memory under `name`; nothing, where the login was refused. */
const keeping =
  (name: string, ...path: string[]) =>
  ({ text }: { text: string }): Memory => {
    // biome-ignore lint/suspicious/noExplicitAny: an answer is walked through as it comes
    const value = path.reduce((at: any, member) => at?.[member], JSON.parse(text))
    return typeof value === 'string' ? { [name]: value } : {}
  }

const control = (path: string, body: object): Request => ({ ...post(`/_understudy${path}`, body) })

/** Logins, right and wrong, token uses, renewals, logouts, settings, time and forged tokens, of all five vendors. */
export const moves: readonly Move[] = [
  {
    name: 'thiio login',
    request: () => post('/thiio/api/login', { email: 'admin@thiio.com', password: '123456789' }),
    keep: keeping('thiio', 'data', 'token'),
  },
  { name: 'thiio wrong', request: () => post('/thiio/api/login', { email: 'admin@thiio.com', password: 'x' }) },
  {
    name: 'thiio check',
    request: ({ thiio }) => ({ method: 'GET', path: '/thiio/api/check', headers: bearer(thiio) }),
  },
  {
    name: 'babelfor login',
    request: () => post('/babelfor/v1/auth/login', { username: 'admin', password: 'admin' }),
    keep: keeping('babelfor', 'token'),
  },
  { name: 'babelfor wrong', request: () => post('/babelfor/v1/auth/login', { username: 'admin', password: 'x' }) },
  {
    name: 'babelfor user',
    request: ({ babelfor }) => ({ method: 'GET', path: '/babelfor/v1/auth/user', headers: bearer(babelfor) }),
  },
  {
    name: 'babelfor key',
    request: ({ babelfor }) => ({
      ...post('/babelfor/v1/api-keys', { name: 'ci' }),
      headers: { ...json, ...bearer(babelfor) },
    }),
  },
  {
    name: 'babelfor logout',
    request: ({ babelfor }) => ({ method: 'POST', path: '/babelfor/v1/auth/logout', headers: bearer(babelfor) }),
  },
  {
    name: 'portsip login',
    request: () => post('/portsip/api/login', { username: 'admin', password: 'admin' }),
    keep: ({ headers }) => ({ session: String(headers['set-cookie'] ?? '').split(';', 1)[0] ?? '' }),
  },
  { name: 'portsip wrong', request: () => post('/portsip/api/login', { username: 'admin', password: 'x' }) },
  {
    name: 'portsip session',
    request: ({ session = '' }) => ({ method: 'GET', path: '/portsip/api/login', headers: { cookie: session } }),
  },
  {
    name: 'portsip tokens',
    request: () => ({
      method: 'POST',
      path: '/portsip/api/login/oauth/token',
      headers: form,
      body: `grant_type=password&username=admin&password=admin&${client}`,
    }),
    keep: keeping('refresh', 'refresh_token'),
  },
  {
    name: 'portsip refresh',
    request: ({ refresh = 'none' }) => ({
      method: 'POST',
      path: '/portsip/api/login/oauth/token',
      headers: form,
      body: `grant_type=refresh_token&refresh_token=${refresh}&${client}`,
    }),
  },
  {
    name: 'faveo login',
    request: () => post('/faveo/api/v1/authenticate', { username: 'demoadmin', password: 'demopass' }),
    keep: keeping('faveo', 'token'),
  },
  {
    name: 'faveo user',
    request: ({ faveo }) => ({ method: 'GET', path: '/faveo/api/v1/authenticate/user', headers: bearer(faveo) }),
  },
  {
    name: 'tavio login',
    request: () => post('/tavio/v1/acme/auth/login', { username: 'john.doe', password: 'john.doe.password' }),
    keep: keeping('tavio', 'token'),
  },
  {
    name: 'tavio renew',
    request: ({ tavio }) => ({ method: 'POST', path: '/tavio/v1/acme/auth/token/renew', headers: bearer(tavio) }),
    keep: keeping('tavio', 'token'),
  },
  { name: 'tavio me', request: ({ tavio }) => ({ method: 'GET', path: '/tavio/v1/acme/me', headers: bearer(tavio) }) },
  {
    name: 'tavio of another organization',
    request: ({ tavio }) => ({ method: 'GET', path: '/tavio/v1/globex/me', headers: bearer(tavio) }),
  },
  { name: 'nowhere', request: () => ({ method: 'GET', path: '/thiio/api/nowhere' }) },
  { name: 'a minute', request: () => control('/clock/advance', { by: '1m' }) },
  { name: 'an hour', request: () => control('/clock/advance', { by: '61m' }) },
  {
    name: 'tavio renewRevokes',
    request: () => ({ ...control('/settings/tavio', { renewRevokes: true }), method: 'PATCH' }),
  },
  {
    name: 'a fault',
    request: () => control('/faults', { probability: 0.5, times: 2, effect: { kind: 'respond', status: 503 } }),
  },
  {
    name: 'a forged token',
    request: () => control('/tokens', { vendor: 'tavio', account: 'john.doe', tenant: 'acme' }),
    keep: keeping('tavio', 'token'),
  },
]

/** Every move, then `length` of them by a number that decides; the same number, the same traffic. */
export function traffic(number: number, length: number): Move[] {
  let state = number * 2_654_435_761 + 1
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * moves.length)
  }
  return [...moves, ...Array.from({ length }, () => moves[next()] ?? moves[0])].flatMap((move) => move ?? [])
}
