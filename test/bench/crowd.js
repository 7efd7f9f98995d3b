/** Tavio with a crowd: accounts that share one password, and a live token for each. */
import { readFileSync } from 'node:fs'
import { tavio } from '../../dist/vendors/tavio/index.js'
import { always } from './wrk.js'

const [{ passwordHash }] = JSON.parse(readFileSync('fixtures/tavio.json', 'utf8')).accounts
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
        realm.accounts.create({ id, state, profile, logins, passwordHash })
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

/** Logins of any of them, as wrk is told; the password that they share has been right before. @param {string} base @param {number} size */
export async function anyLogin(base, size) {
  const asked = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const url = `${base}/tavio/v1/acme/auth/login`
  const body = JSON.stringify({ username: member(0).email, password: 'john.doe.password' })
  const answer = await fetch(url, { ...asked, body })
  if (!answer.ok) throw new Error(`a login of a crowd was answered ${answer.status}`)
  const script = `${drawn(size)}${always(asked)}
function request()
  local body = string.format('{"username":"user-%d@example.com","password":"john.doe.password"}', drawn())
  return wrk.format(nil, nil, nil, body)
end`
  return { url, script }
}

/** Reads by any of them, as wrk is told. @param {string} base @param {number} size */
export const anyRead = async (base, size) => ({
  url: `${base}/tavio/v1/acme/me`,
  script: `${drawn(size)}
function request()
  local token = string.format("00000000-0000-4000-8000-%012d", drawn())
  return wrk.format(nil, nil, { authorization = "Bearer " .. token })
end`,
})
