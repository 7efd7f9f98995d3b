import type { RefusalCode } from '../../../src/core/refusal.js'
import type { Draw, Held, Move, Person, State, Verdict } from '../model.js'
import type { Answer, Sent } from '../subject.js'
import { bearer } from './json.js'

const client = 'client_id=9d806019-75b2-4b3d-bb8b-f5a3a412cc0a'
export const form = (body: string): Sent => ({
  method: 'POST',
  url: '/portsip/api/login/oauth/token',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: `${body}&${client}`,
})

export const life = 1_800_000
export const week = 7 * 24 * 3_600_000
/** On whole seconds. */
const after = ({ now }: State, ms: number): number => Math.floor(now / 1000) * 1000 + ms

/** An access token and its refresh token. */
export function holdPair(state: State, person: Person, { text }: Answer): void {
  const { access_token, refresh_token } = JSON.parse(text)
  const common = { person, tenant: null, family: {} }
  state.hold({ ...common, text: access_token, kind: 'oauth', expiresAt: after(state, life) })
  state.hold({ ...common, text: refresh_token, kind: 'refresh', expiresAt: after(state, week) })
}

export function holdSession(state: State, person: Person, { headers }: Answer): void {
  const [text = ''] = String(headers['set-cookie']).replace('portsip_session=', '').split(';', 1)
  state.hold({ text, kind: 'session', person, tenant: null, expiresAt: after(state, life), family: {} })
}

/** A login by password; each counts for the address. */
export const login =
  (isRight: boolean, request: (credentials: Record<string, string>) => Sent, hold: typeof holdPair): Move =>
  (state, draw) => {
    const person = state.person(draw)
    const address = draw.how === 5 ? '10.0.0.2' : '10.0.0.1'
    const isElsewhere = draw.how === 4
    const domain = isElsewhere ? 'example.org' : person.login === 'admin' ? undefined : 'example.com'
    const password = isRight ? person.password : person.formerly
    const refusal = state.guarded(address, isElsewhere ? 'unknown-account' : state.login(person, isRight))
    return {
      says: `${person.login} of ${domain ?? 'the system'} logs in from ${address} with ${password}`,
      request: { ...request({ username: person.login, password, ...(domain !== undefined && { domain }) }), address },
      expected: refusal ? { status: refusal === 'account-locked' ? 403 : 400, refusal } : { status: 200 },
      learn: (answer) => {
        if (!refusal) hold(state, person, answer)
      },
    }
  }

function refused(state: State, { kind, person, ...held }: Held, kinds: readonly string[]): RefusalCode | undefined {
  if (!kinds.includes(kind)) return 'token-wrong-kind'
  const stale = state.stale({ kind, person, ...held })
  return stale ?? (person.state === 'gone' ? 'token-account-gone' : undefined)
}

interface Presenting {
  readonly kinds: readonly string[]
  /** Of a refusal; undefined, where it is none. */
  readonly status: number | undefined
  readonly succeeds: number
  readonly request: (token: Held | string | undefined) => Sent
  readonly shows?: (used: Held) => string
  readonly learn?: (state: State, used: Held, answer: Answer) => void
}

/** An operation that takes a token, of the kinds it wants or of any. */
export const presenting =
  ({ kinds, status, succeeds, request, shows, learn }: Presenting): Move =>
  (state: State, draw: Draw) => {
    const used = state.held(draw, draw.how % 2 === 0 ? kinds : undefined)
    if (!used || draw.how === 7) {
      const text = state.forgotten[0] ?? (status === 400 ? 'none' : undefined)
      const refusal = text === undefined ? 'token-missing' : 'token-unknown'
      const expected = status === undefined ? { status: succeeds } : { status, refusal: refusal as RefusalCode }
      return { says: 'with no token', request: request(text), expected }
    }
    const refusal = refused(state, used, kinds)
    const verdict = (): Verdict => {
      if (refusal && status !== undefined) return { status, refusal }
      return { status: succeeds, ...(shows && { shows: shows(used) }) }
    }
    return {
      says: `with a token of ${used.person.login}, ${used.kind}`,
      request: request(used),
      expected: verdict(),
      learn: (answer) => {
        // A logout that finds no live session is no error, and ends nothing.
        if (!refusal) learn?.(state, used, answer)
      },
    }
  }

export const credential = (token: Held | string | undefined): Record<string, string> => {
  if (token === undefined) return {}
  if (typeof token === 'string') return bearer(token)
  return token.kind === 'session' ? { cookie: `portsip_session=${token.text}` } : bearer(token.text)
}
export const asBearer = (token: Held | string | undefined): Record<string, string> =>
  token === undefined ? {} : bearer(typeof token === 'string' ? token : token.text)

export const at = (method: string, path: string, headers: typeof credential) => (token: Held | string | undefined) => ({
  method,
  url: `/portsip/api${path}`,
  headers: headers(token),
})

export const textOf = (token: Held | string | undefined): string =>
  typeof token === 'object' ? token.text : (token ?? 'none')

export const any = ['session', 'access', 'oauth']
export const bearers = ['access', 'oauth']
export const role = ({ person }: Held): string => person.shows
export const end = (state: State, used: Held): void => state.end(used)
export const renew = (state: State, used: Held, answer: Answer): void => {
  state.end(used)
  holdPair(state, used.person, answer)
}

/** A session shows the access token that ends with it. */
export function showAccess(state: State, used: Held, { text }: Answer): void {
  const { access_token } = JSON.parse(text)
  if (used.kind === 'session') state.hold({ ...used, text: access_token, kind: 'access' })
}
