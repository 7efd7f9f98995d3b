import type { Subject } from './subject.js'

type Members = Readonly<Record<string, unknown>>

/** What makes a valid request one that succeeds: who is who in the shipped accounts. */
export interface Rightful {
  readonly params?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Members of the query beside those that were drawn, or in their place. */
  readonly query?: Readonly<Record<string, string | undefined>>
  /** The body that was drawn, with what has to be right in it. */
  readonly body?: (drawn: Members) => Members
}

type Preparation = (subject: Subject, turn: number) => Promise<Rightful> | Rightful

const always = (members: Members) => (drawn: Members) => ({ ...drawn, ...members })

/** A fresh token of one of these kinds for an account, presented as a client would. */
const minted =
  (account: string, kinds: readonly string[], more: Rightful = {}): Preparation =>
  async ({ control, target }, turn) => {
    const kind = kinds[turn % kinds.length]
    const { present } = await control('POST', '/tokens', { vendor: target.vendor.name, account, kind })
    return { ...more, headers: present }
  }

/** The same as long as the world is. */
function kept(prepare: Preparation): Preparation {
  const right = new WeakMap<object, Awaited<ReturnType<Preparation>>>()
  return async (subject, turn) => {
    const { era } = subject
    const known = right.get(era) ?? (await prepare(subject, turn))
    right.set(era, known)
    return known
  }
}

const clientId = '9d806019-75b2-4b3d-bb8b-f5a3a412cc0a'
const newest = async ({ control }: Subject): Promise<string> => (await control('GET', '/outbox')).items.at(-1).code

const refreshToken = async ({ control }: Subject): Promise<string> =>
  (await control('POST', '/tokens', { vendor: 'portsip', account: 'alice.w', kind: 'refresh' })).token

const post = (path: string, body: Members) => ({
  method: 'POST',
  url: `/portsip/api/auth${path}`,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** A two-factor sign-in that has its password behind it, and its code in the outbox. */
async function begun({ send }: Subject): Promise<string> {
  const credentials = { username: 'grace.m', password: 'Passw0rd!', domain: 'example.com' }
  const { token } = JSON.parse((await send(post('/sign_in', credentials))).text)
  await send(post('/send_otp', { token }))
  return token
}

// Nobody logs in as this user elsewhere.
const reset = { username: 'queue.lead', domain: 'example.com', callback_url: 'https://example.com/' }

const admin = { username: 'admin', password: 'admin' }
const inAcme = { params: { orgDomain: 'acme' } }

const portsipLogins: Rightful[] = [
  { body: always({ ...admin, domain: null }) },
  { body: always({ username: 'alice.w', password: 'Passw0rd!', domain: 'EXAMPLE.com' }) },
]
const alternately: Preparation = (_subject, turn) => portsipLogins[turn % 2] ?? {}

/** By vendor and operation. */
export const rightful: Readonly<Record<string, Readonly<Record<string, Preparation>>>> = {
  thiio: {
    login: () => ({ body: always({ email: 'admin@thiio.com', password: '123456789' }) }),
    // To sign one by RSA takes longer than all the rest.
    check: kept(minted('admin@thiio.com', ['access'])),
  },
  babelfor: {
    login: () => ({ body: always(admin) }),
    getUser: minted('admin', ['bearer', 'api-key']),
    updateUser: minted('admin', ['bearer', 'api-key'], { body: (drawn) => ({ user: {}, ...drawn }) }),
    logout: minted('admin', ['bearer', 'api-key']),
    listRoles: minted('sales', ['bearer', 'api-key']),
    listApiKeys: minted('admin', ['bearer', 'api-key']),
    insertApiKey: minted('admin', ['bearer', 'api-key'], {
      body: ({ apiKey }) => ({ apiKey: { ...Object(apiKey), ownerId: null } }),
    }),
  },
  portsip: {
    login: alternately,
    getLoginStatus: minted('alice.w', ['session', 'access', 'oauth']),
    logout: minted('alice.w', ['session', 'access', 'oauth']),
    getInfo: (_subject, turn) => ({ query: { domain: turn % 2 ? 'example.com' : undefined } }),
    getUser: minted('alice.w', ['access', 'oauth']),
    oauthToken: async (subject) => {
      const refresh_token = await refreshToken(subject)
      return {
        body: (drawn) => {
          if (drawn.grant_type === 'refresh_token') return { ...drawn, refresh_token }
          const { domain: _, ...rest } = drawn
          return { ...rest, ...admin, scope: 'all', client_id: clientId }
        },
      }
    },
    oauthRevoke: minted('alice.w', ['access', 'oauth']),
    signIn: alternately,
    sendOtp: async (subject) => ({ body: always({ token: await begun(subject) }) }),
    verifyOtp: async (subject) => {
      const token = await begun(subject)
      return { body: always({ token, code: await newest(subject) }) }
    },
    forgetPassword: () => ({ body: always(reset) }),
    resetPassword: async (subject) => {
      await subject.send(post('/forget_password', reset))
      return { body: always({ token: await newest(subject), new_password: 'kQ7#vz!pT' }) }
    },
    refreshToken: async (subject) => ({ body: always({ refresh_token: await refreshToken(subject) }) }),
    signOut: minted('alice.w', ['access', 'oauth']),
    getAuthUser: minted('alice.w', ['access', 'oauth']),
  },
  faveo: {
    authenticate: () => ({ body: always({ username: 'demoadmin', password: 'demopass' }) }),
    getAuthenticatedUser: minted('demoadmin', ['access']),
    checkUrl: () => ({}),
    generateApiKey: async ({ control }) => {
      const { token } = await control('POST', '/tokens', { vendor: 'faveo', account: 'demoadmin' })
      return { query: { token } }
    },
  },
  tavio: {
    login: () => ({ ...inAcme, body: always({ username: 'john.doe@example.com', password: 'john.doe.password' }) }),
    renew: minted('john.doe', ['orgAuth', 'envAuth'], inAcme),
    connect: minted('john.doe', ['orgAuth'], { params: { orgDomain: 'acme', envDomain: 'acme-prod' } }),
    me: minted('john.doe', ['orgAuth', 'envAuth'], inAcme),
    listUsers: minted('john.doe', ['orgAuth', 'envAuth'], inAcme),
  },
}
