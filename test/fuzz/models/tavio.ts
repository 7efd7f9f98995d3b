import type { RefusalCode } from '../../../src/core/refusal.js'
import type { Draw, Held, Model, Move, State, Verdict } from '../model.js'
import { bearer, post } from './json.js'

const organizations: readonly string[] = ['acme', 'globex']
const isMember = 'acme'
/** Organization of a request: mostly the one that everybody belongs to. */
const organizationOf = ({ how }: Draw): string => ({ 5: 'globex', 6: 'nowhere' })[how] ?? isMember

const denied = (refusal: RefusalCode): Verdict => ({ status: 401, refusal })
const missing = (refusal: RefusalCode): Verdict => ({ status: 404, refusal })

const held = (state: State, { person }: Pick<Held, 'person'>, text: string, kind: string, tenant: string): Held => ({
  text: JSON.parse(text).token,
  kind,
  person,
  tenant,
  expiresAt: state.now + 3_600_000,
  family: {},
})

const login =
  (isRight: boolean): Move =>
  (state, draw) => {
    const person = state.person(draw)
    const organization = organizationOf(draw)
    const password = isRight ? person.password : person.formerly
    const refusal = state.login(person, isRight)
    const verdict = (): Verdict => {
      if (!organizations.includes(organization)) return missing('unknown-tenant')
      if (refusal) return denied(refusal)
      return organization === isMember ? { status: 200, shows: person.shows } : missing('not-a-member')
    }
    const expected = verdict()
    return {
      says: `${person.login} logs in to ${organization} with ${password}`,
      request: post(`/tavio/v1/${organization}/auth/login`, { username: person.login, password }),
      expected,
      learn: ({ text }) => {
        if (!expected.refusal) state.hold(held(state, { person }, text, 'orgAuth', organization))
      },
    }
  }

/** Why a token is refused by an operation of that organization. */
function refused(state: State, token: Held, organization: string, kinds: readonly string[]): Verdict | undefined {
  if (!kinds.includes(token.kind)) return denied('token-wrong-kind')
  const stale = state.stale(token)
  if (stale) return denied(stale)
  if (!organizations.includes(organization)) return missing('unknown-tenant')
  if (token.tenant !== organization) return denied('token-wrong-tenant')
  return token.person.state === 'gone' ? denied('token-account-gone') : undefined
}

/** An operation with a token; on success, what it answers and, where it gives one, the kind of the new token. */
const protectedBy =
  (
    method: string,
    path: (draw: Draw) => string,
    {
      kinds = ['orgAuth', 'envAuth'],
      gives,
      verdict = () => undefined,
    }: {
      kinds?: readonly string[]
      gives?: (used: Held) => string
      verdict?: (draw: Draw, used: Held) => Verdict | undefined
    },
  ): Move =>
  (state, draw) => {
    const organization = organizationOf(draw)
    const url = `/tavio/v1/${organization}${path(draw)}`
    const used = state.held(draw)
    const [unknown] = state.forgotten
    if (!used || draw.how === 7) {
      const headers = unknown === undefined ? {} : bearer(unknown)
      const refusal = unknown === undefined ? 'token-missing' : 'token-unknown'
      return { says: 'without a token', request: { method, url, headers }, expected: denied(refusal) }
    }
    const expected = refused(state, used, organization, kinds) ?? verdict(draw, used) ?? { status: 200 }
    return {
      says: `a token of ${used.person.login}, ${used.kind}`,
      request: { method, url, headers: bearer(used.text) },
      expected,
      learn: ({ text }) => {
        if (!expected.refusal && gives) state.hold(held(state, used, text, gives(used), organization))
      },
    }
  }

const environmentOf = ({ how }: Draw): string => ({ 3: 'acme-test', 4: 'nowhere' })[how] ?? 'acme-prod'

export const tavio: Model = {
  people: [
    { login: 'john.doe@example.com', shows: '"username":"john.doe"', password: 'john.doe.password', state: 'active' },
    { login: 'invited@example.com', shows: '"username":"invited"', password: 'invited.password', state: 'disabled' },
  ],
  states: ['disabled'],
  foretells: [
    'unknown-tenant',
    'not-a-member',
    'unknown-account',
    'wrong-password',
    'account-inactive',
    'token-missing',
    'token-unknown',
    'token-wrong-kind',
    'token-expired',
    'token-wrong-tenant',
    'token-account-gone',
    'unknown-resource',
  ],
  lifetimes: [3_600_000],
  forgets: true,
  moves: {
    login: login(true),
    wrong: login(false),
    renew: protectedBy('POST', () => '/auth/token/renew', { gives: ({ kind }) => kind }),
    connect: protectedBy('POST', (draw) => `/environments/${environmentOf(draw)}/connect`, {
      kinds: ['orgAuth'],
      gives: () => 'envAuth',
      verdict: (draw, { person }) => {
        // Of the two, only the first may connect, and to one environment.
        const mayConnect = person.login.startsWith('john') && environmentOf(draw) === 'acme-prod'
        return mayConnect ? { status: 200, shows: '"context":"acme-prod"' } : missing('unknown-resource')
      },
    }),
    me: protectedBy('GET', () => '/me', { verdict: (_draw, { person }) => ({ status: 200, shows: person.shows }) }),
    users: protectedBy('GET', () => '/users', {}),
  },
}
