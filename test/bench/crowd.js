/** Tavio with a crowd: accounts that a fixture generates, which share one password, and a live token for each. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tavio } from '../../dist/vendors/tavio/index.js'
import { always } from './wrk.js'

const lifetime = 30 * 24 * 3600 * 1000
const twelveDigits = (n) => String(n).padStart(12, '0')

/** A fixture folder, made at `folder`, of the shipped accounts and so many others, from number 1. @param {string} folder @param {number} size */
export function crowdIn(folder, size) {
  const fixture = JSON.parse(readFileSync('fixtures/tavio.json', 'utf8'))
  const [{ id: _, ...one }] = fixture.accounts
  const template = { ...one, username: 'user-{n}', email: 'user-{n}@example.com' }
  fixture.accounts.push({ generate: size, template })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tavio.json'), JSON.stringify(fixture))
  return folder
}

/** The vendor that gives each of them a token, which can be told from the number. */
export const withTokens = {
  ...tavio,
  endow(id, { username }, realm) {
    const [, n] = /^user-(\d+)$/.exec(username) ?? []
    if (n === undefined) return
    realm.tokens.issue(`00000000-0000-4000-8000-${twelveDigits(n)}`, {
      kind: 'orgAuth',
      account: id,
      tenant: 'acme',
      expiresAt: realm.clock.now() + lifetime,
      facts: { environment: null },
    })
  },
}

const drawn = (size) => `math.randomseed(1)\nlocal function drawn() return math.random(1, ${size}) end\n`

/** Logins of any of them, as wrk is told; the password that they share has been right before. @param {string} base @param {number} size */
export async function anyLogin(base, size) {
  const asked = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const url = `${base}/tavio/v1/acme/auth/login`
  const body = JSON.stringify({ username: 'user-1@example.com', password: 'john.doe.password' })
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
