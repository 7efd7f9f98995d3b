import { start } from '../../support/emulate.js'
import type { Draw, Held, Model, Move, State, Verdict } from '../model.js'
import { bearer, post, tampered } from './json.js'

/** From 26 ms before the login on, five calendar years. */
function expiryFrom(now: number): number {
  const date = new Date(now - 26)
  date.setUTCFullYear(date.getUTCFullYear() + 5)
  return date.getTime()
}

const login =
  (isRight: boolean): Move =>
  (state, draw) => {
    const person = state.person(draw)
    const email = draw.how % 2 === 0 ? person.login : person.login.toUpperCase()
    const password = isRight ? person.password : person.formerly
    const refusal = state.login(person, isRight)
    return {
      says: `${email} logs in with ${password}`,
      request: post('/thiio/api/login', { email, password }),
      expected: refusal ? { status: 401, refusal } : { status: 200, shows: person.shows },
      learn: ({ text }) => {
        if (refusal) return
        const expiresAt = expiryFrom(state.now)
        state.hold({ text: JSON.parse(text).data.token, kind: 'access', person, tenant: null, expiresAt, family: {} })
      },
    }
  }

/** The signature is asked first, then the times, then whether the token is known and its user there. */
function judged(state: State, held: Held, isTampered: boolean): Verdict {
  if (isTampered) return { status: 401, refusal: 'token-bad-signature' }
  const refusal = state.stale(held)
  if (refusal) return { status: 401, refusal }
  // Passport knows nothing of `deactivated_at`.
  if (['gone', 'deleted'].includes(held.person.state)) return { status: 401, refusal: 'token-account-gone' }
  return { status: 200, shows: held.person.shows }
}

function check(state: State, draw: Draw) {
  const held = state.held(draw)
  const request = { method: 'GET', url: '/thiio/api/check' }
  if (!held || draw.how === 7) {
    return { says: 'nobody is checked', request, expected: { status: 401, refusal: 'token-missing' as const } }
  }
  const isTampered = draw.how === 6
  const text = isTampered ? tampered(held.text) : held.text
  return {
    says: `${isTampered ? 'an altered' : 'a'} token of ${held.person.login} is checked`,
    request: { ...request, headers: bearer(text) },
    expected: judged(state, held, isTampered),
  }
}

function stranger(): ReturnType<Move> {
  const request = post('/thiio/api/login', { email: 'nobody@thiio.com', password: '123456789' })
  return { says: 'a stranger logs in', request, expected: { status: 401, refusal: 'unknown-account' } }
}

const password = '123456789'

export const thiio: Model = {
  people: [
    { login: 'admin@thiio.com', shows: '"email":"admin@thiio.com"', password, state: 'active' },
    { login: 'deactivated@thiio.com', shows: '"email":"deactivated@thiio.com"', password, state: 'disabled' },
  ],
  states: ['disabled', 'deleted'],
  foretells: [
    'unknown-account',
    'wrong-password',
    'account-inactive',
    'token-missing',
    'token-bad-signature',
    'token-expired',
    'token-account-gone',
  ],
  lifetimes: [expiryFrom(start) - start],
  forgets: false,
  moves: { login: login(true), wrong: login(false), stranger, check },
}
