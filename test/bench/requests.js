/** What is asked of whoever serves a vendor: its login and the read of whoever has logged in. */
import { always } from './wrk.js'

const json = { 'content-type': 'application/json' }

export const logins = {
  tavio: {
    path: '/tavio/v1/acme/auth/login',
    body: '{"username":"john.doe@example.com","password":"john.doe.password"}',
    token: ({ token }) => token,
  },
  faveo: {
    path: '/faveo/api/v1/authenticate',
    body: '{"username":"demoadmin","password":"demopass"}',
    token: ({ token }) => token,
  },
  thiio: {
    path: '/thiio/api/login',
    body: '{"email":"admin@thiio.com","password":"123456789","integration":"zapier"}',
    token: ({ data }) => data.token,
  },
}

export const reads = {
  tavio: '/tavio/v1/acme/me',
  faveo: '/faveo/api/v1/authenticate/user',
  thiio: '/thiio/api/check',
}

/** @typedef {keyof typeof logins} VendorName */

/** One login. @param {string} url @param {VendorName} vendor */
export function logIn(url, vendor) {
  const { path, body } = logins[vendor]
  return fetch(url + path, { method: 'POST', headers: json, body })
}

/** One read with a token. @param {string} url @param {VendorName} vendor @param {string} token */
export const read = (url, vendor, token) =>
  fetch(url + reads[vendor], { headers: { authorization: `Bearer ${token}` } })

/** The token of a login. @param {string} url @param {VendorName} vendor */
export async function tokenOf(url, vendor) {
  const answer = await logIn(url, vendor)
  if (!answer.ok) throw new Error(`${url}: a login was answered ${answer.status}`)
  return logins[vendor].token(await answer.json())
}

/** Logins without end, as wrk is told, by one who has logged in before. @param {string} url @param {VendorName} vendor */
export async function loggingIn(url, vendor) {
  await tokenOf(url, vendor)
  const { path, body } = logins[vendor]
  return { url: url + path, script: always({ method: 'POST', headers: json, body }) }
}

/** Reads without end by one who has logged in. @param {string} url @param {VendorName} vendor */
export const reading = async (url, vendor) => ({
  url: url + reads[vendor],
  script: always({ headers: { authorization: `Bearer ${await tokenOf(url, vendor)}` } }),
})
