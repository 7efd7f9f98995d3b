import type { RefusalCode } from '../../../src/core/refusal.js'
import type { Model, Move, Verdict } from '../model.js'
import { bearer, post, tampered } from './json.js'

const login =
  (isRight: boolean, showsUser: boolean): Move =>
  (state, draw) => {
    const person = state.person(draw)
    const password = isRight ? person.password : person.formerly
    const username = [person.login, person.login.toUpperCase(), `${person.login}@example.com`][draw.how % 3]
    const refusal = state.login(person, isRight)
    return {
      says: `${username} logs in with ${password}`,
      request: post('/faveo/api/v1/authenticate', { username, password }),
      // The number of an error stands in the body only.
      expected: { status: 200, ...(refusal ? { refusal } : showsUser && { shows: person.shows }) },
      learn: ({ text }) => {
        if (refusal) return
        const expiresAt = (Math.floor(state.now / 1000) + 240) * 1000
        state.hold({ text: JSON.parse(text).token, kind: 'access', person, tenant: null, expiresAt, family: {} })
      },
    }
  }

type Statuses = Readonly<Partial<Record<RefusalCode, number>>>

/** An operation with a token: in the header, the query or a cookie. */
const protectedBy =
  (path: string, statusOf: Statuses | undefined, readsCookie: boolean, showsUser: boolean): Move =>
  (state, draw) => {
    const url = `/faveo/api/v1${path}`
    const denied = (refusal: RefusalCode): Verdict => ({ status: statusOf?.[refusal] ?? 401, refusal })
    const held = state.held(draw)
    if (!held || draw.how === 7) {
      return { says: 'without a token', request: { method: 'GET', url }, expected: denied('token-missing') }
    }
    const isTampered = draw.how === 6
    const text = isTampered ? tampered(held.text) : held.text
    const inCookie = draw.how === 4
    const verdict = (): Verdict => {
      if (inCookie && !readsCookie) return denied('token-missing')
      const refusal = isTampered ? 'token-bad-signature' : state.stale(held)
      if (refusal) return denied(refusal)
      // Whether the user is active is asked at login only.
      if (held.person.state === 'gone') return denied('token-account-gone')
      return { status: 200, shows: showsUser ? held.person.shows : '{"result":"' }
    }
    return {
      says: `${isTampered ? 'an altered' : 'a'} token of ${held.person.login}`,
      request:
        draw.how === 3
          ? { method: 'GET', url: `${url}?token=${text}` }
          : { method: 'GET', url, headers: inCookie ? { cookie: `token=${text}` } : bearer(text) },
      expected: verdict(),
    }
  }

const stranger: Move = () => ({
  says: 'a stranger logs in',
  request: post('/faveo/api/v1/authenticate', { username: 'nobody', password: 'demopass' }),
  expected: { status: 200, refusal: 'unknown-account' },
})

const password = 'demopass'

const model = (release: '1.9' | '1.10' | '2'): Model => {
  const isOld = release === '1.9'
  // There a failure of authenticate/user is 200; elsewhere the middleware has a status for each.
  const [own, elsewhere]: (Statuses | undefined)[] = isOld
    ? [
        { 'token-missing': 200, 'token-bad-signature': 200, 'token-expired': 200, 'token-account-gone': 200 },
        { 'token-missing': 400, 'token-bad-signature': 400, 'token-expired': 200, 'token-account-gone': 404 },
      ]
    : []
  return {
    people: [
      { login: 'demoadmin', shows: '"user_name":"demoadmin"', password, state: 'active' },
      { login: 'inactive', shows: '"user_name":"inactive"', password, state: 'disabled' },
      { login: 'banned', shows: '"user_name":"banned"', password, state: 'active' },
    ],
    states: ['disabled'],
    foretells: [
      'unknown-account',
      'wrong-password',
      'account-inactive',
      'token-missing',
      'token-bad-signature',
      'token-expired',
      'token-account-gone',
    ],
    lifetimes: [240_000],
    forgets: false,
    moves: {
      login: login(true, !isOld),
      wrong: login(false, !isOld),
      stranger,
      user: protectedBy('/authenticate/user', own, !isOld, true),
      newKey: protectedBy('/helpdesk/api_key', elsewhere, !isOld, false),
    },
  }
}

export const faveo = model('1.10')
export const faveo19 = model('1.9')
export const faveo2 = model('2')
