import type { RefusalCode } from '../../../src/core/refusal.js'
import type { Draw, Held, Model, Move, State, Verdict } from '../model.js'
import { bearer, post, tampered } from './json.js'

const bits = { Read: 1, Write: 2, Create: 8 }
const everything = 15

const login =
  (isRight: boolean): Move =>
  (state, draw) => {
    const person = state.person(draw)
    const address = draw.how === 5 ? '10.0.0.2' : '10.0.0.1'
    const password = isRight ? person.password : person.formerly
    const refusal = state.guarded(address, state.login(person, isRight))
    return {
      says: `${person.login} logs in from ${address} with ${password}`,
      request: { ...post('/babelfor/v1/auth/login', { username: person.login, password }), address },
      expected: { status: refusal === 'account-locked' ? 403 : 200, ...(refusal && { refusal }) },
      learn: ({ text }) => {
        if (refusal) return
        const expiresAt = (Math.floor(state.now / 1000) + 1800) * 1000
        state.hold({ text: JSON.parse(text).token, kind: 'bearer', person, tenant: null, expiresAt, family: {} })
      },
    }
  }

const gone = ({ person }: Held): RefusalCode | undefined => (person.state === 'gone' ? 'token-account-gone' : undefined)

/** Why one credential is no good. A bearer speaks for itself before anybody looks whether it was ended. */
function refused(state: State, held: Held, isTampered: boolean): RefusalCode | undefined {
  if (held.kind === 'api-key') return isTampered ? 'token-unknown' : (state.stale(held) ?? gone(held))
  if (isTampered) return 'token-bad-signature'
  return state.stale({ ...held, ended: false }) ?? state.stale(held) ?? gone(held)
}

interface Needs {
  readonly bit?: number
  readonly isForAdministrators?: boolean
  /** What comes of it for whoever did it, by which credential. */
  readonly learn?: (state: State, used: Held, text: string, draw: Draw) => void
  readonly shows?: (used: Held) => string
}

/** An operation with a bearer, a key, or both, of which a good bearer wins, and else a good key. */
const protectedBy =
  (method: string, path: string, body: ((draw: Draw) => object) | undefined, needs: Needs): Move =>
  (state, draw) => {
    const isTampered = draw.how === 6
    const kinds = draw.how === 7 ? ['bearer'] : undefined
    const keys = draw.how === 7 ? state.held(draw, ['api-key']) : undefined
    const presented = draw.how === 5 ? [] : [state.held(draw, kinds) ?? [], keys ?? []].flat()
    const judged = presented.map((held) => ({ held, refusal: refused(state, held, isTampered) }))
    const used = judged.find(({ refusal }) => !refusal)?.held
    const verdict = (): Verdict => {
      if (!used) return { status: 401, refusal: judged[0]?.refusal ?? 'token-missing' }
      const { bit = 0, isForAdministrators = false, shows = () => '' } = needs
      const isRole = !isForAdministrators || used.person.login === 'admin'
      if (!isRole || ((used.rights ?? everything) & bit) !== bit) return { status: 403, refusal: 'permission-denied' }
      return { status: 200, shows: shows(used) }
    }
    const expected = verdict()
    const texts = presented.map(({ kind, text }) => {
      const sent = isTampered ? tampered(text) : text
      return kind === 'bearer' ? bearer(sent) : { 'x-api-key': sent }
    })
    const headers = Object.assign({}, ...texts)
    const url = `/babelfor${path}`
    return {
      says: `with ${presented.map(({ kind, person }) => `a ${kind} of ${person.login}`).join(' and ') || 'nothing'}`,
      request: body ? post(url, body(draw), headers) : { method, url, headers },
      expected,
      learn: ({ text }) => {
        if (used && !expected.refusal) needs.learn?.(state, used, text, draw)
      },
    }
  }

const rights = ({ how }: Draw): number => [15, 1, 0, 2, 8][how % 5] ?? 0
const key = (person: Held['person'], text: string, granted: number, expiresAt: number | null = null): Held => ({
  ...{ text, kind: 'api-key', person, tenant: null, expiresAt, family: {}, rights: granted },
})
const own = ({ person }: Held): string => person.shows

export const babelfor: Model = {
  people: [
    { login: 'admin', shows: '"userName":"admin"', password: 'admin', state: 'active' },
    { login: 'sales', shows: '"userName":"sales"', password: 'sales', state: 'active' },
  ],
  tokens: (people) =>
    people.flatMap((person) =>
      person.login === 'admin'
        ? [key(person, 'api_demoadminkey000000000015', everything)]
        : [
            { ...key(person, 'api_demosalesrevoked00000000', 1), ended: true },
            key(person, 'api_demosalesexpired00000000', 1, Date.parse('2025-01-01T00:00:00Z')),
            key(person, 'api_demosaleskey000000000001', 1),
          ],
    ),
  states: [],
  foretells: [
    'unknown-account',
    'wrong-password',
    'account-locked',
    'token-missing',
    'token-unknown',
    'token-bad-signature',
    'token-expired',
    'token-revoked',
    'token-account-gone',
    'permission-denied',
  ],
  lifetimes: [300_000, 1_800_000],
  forgets: false,
  lockout: { failures: 5, blockMs: 300_000 },
  moves: {
    login: login(true),
    wrong: login(false),
    getUser: protectedBy('GET', '/v1/auth/user', undefined, { bit: bits.Read, shows: own }),
    updateUser: protectedBy('POST', '/v1/auth/user', ({ how }) => ({ user: { title: `${how}` } }), {
      bit: bits.Write,
      shows: own,
    }),
    logout: protectedBy('POST', '/v1/auth/logout', () => ({}), {
      learn: (state, used) => {
        if (used.kind === 'bearer') state.end(used)
      },
    }),
    listRoles: protectedBy('GET', '/v1/roles', undefined, { bit: bits.Read }),
    listApiKeys: protectedBy('GET', '/v1/api-keys', undefined, { bit: bits.Read, isForAdministrators: true }),
    insertApiKey: protectedBy('POST', '/v1/api-keys', (draw) => ({ apiKey: { permissions: rights(draw) } }), {
      bit: bits.Create,
      isForAdministrators: true,
      learn: (state, { person }, text, draw) => state.hold(key(person, JSON.parse(text).apiKey.key, rights(draw))),
    }),
  },
}
