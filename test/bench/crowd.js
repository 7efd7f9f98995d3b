/** Tavio with a crowd: accounts that share one password, and a live token for each. */
import { tavio } from '../../dist/vendors/tavio/index.js'
import { always } from './wrk.js'

const lifetime = 30 * 24 * 3600 * 1000
const twelveDigits = (n) => String(n).padStart(12, '0')

/** Whose names and tokens can be told from their number, 0 or more. */
export const member = (n) => ({
  email: `user-${n}@example.com`,
  token: `00000000-0000-4000-8000-${twelveDigits(n)}`,
})

/** The vendor whose first account brings `size` others with it. @param {number} size */
export function crowded(size) {
  let missing = size
  return {
    ...tavio,
    accountFrom(entry, realm) {
      const account = tavio.accountFrom(entry, realm)
      for (; missing > 0; missing--) {
        const { email, token } = member(missing - 1)
        const username = `user-${missing - 1}`
        const { logins, id, state, profile } = tavio.accountFrom({ ...entry, id: undefined, email, username }, realm)
        realm.accounts.create({ id, state, profile, logins, passwordHash: entry.passwordHash })
        realm.tokens.issue(token, {
          kind: 'orgAuth',
          account: id,
          tenant: 'acme',
          expiresAt: realm.clock.now() + lifetime,
          facts: { environment: null },
        })
      }
      return account
    },
  }
}

const drawn = (size) => `math.randomseed(1)\nlocal function drawn() return math.random(0, ${size - 1}) end\n`

/** Logins of any of them, as wrk is told. @param {string} url @param {number} size */
export const anyLogin = (url, size) => ({
  url: `${url}/tavio/v1/acme/auth/login`,
  script: `${drawn(size)}${always({ method: 'POST', headers: { 'content-type': 'application/json' } })}
function request()
  local body = string.format('{"username":"user-%d@example.com","password":"john.doe.password"}', drawn())
  return wrk.format(nil, nil, nil, body)
end`,
})

/** Reads by any of them, as wrk is told. @param {string} url @param {number} size */
export const anyRead = (url, size) => ({
  url: `${url}/tavio/v1/acme/me`,
  script: `${drawn(size)}
function request()
  local token = string.format("00000000-0000-4000-8000-%012d", drawn())
  return wrk.format(nil, nil, { authorization = "Bearer " .. token })
end`,
})
