import fc from 'fast-check'
import t from 'tap'
import { vendors } from '../src/vendors/registry.js'
import { emulate } from './support/emulate.js'

/** How many arbitrary requests are sent, in all. */
const requests = Number(process.env.UNDERSTUDY_FUZZ_REQUESTS ?? 2000)
const seed = Number(process.env.UNDERSTUDY_FUZZ_SEED ?? 20_260_101)

/** A 5xx that a dossier names: Faveo turns an oversized body and a throttle into 500. Neither is sent here. */
const noServerError = (status: number) => status < 500

const paths = [
  '/thiio/api/login',
  '/thiio/api/check',
  '/babelfor/v1/auth/login',
  '/babelfor/v1/auth/user',
  '/babelfor/v1/auth/logout',
  '/babelfor/v1/roles',
  '/babelfor/v1/api-keys',
  '/portsip/api/login',
  '/portsip/api/logout',
  '/portsip/api/info',
  '/portsip/api/user',
  '/portsip/api/login/oauth/token',
  '/portsip/api/login/oauth/revoke',
  '/faveo/api/v1/authenticate',
  '/faveo/api/v1/authenticate/user',
  '/faveo/api/v1/helpdesk/check-url',
  '/faveo/api/v1/helpdesk/api_key',
  '/tavio/v1/acme/auth/login',
  '/tavio/v1/acme/auth/token/renew',
  '/tavio/v1/acme/environments/acme-prod/connect',
  '/tavio/v1/acme/me',
  '/tavio/v1/acme/users',
]

const mediaTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json-patch+json',
  'text/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'nonsense',
]

const names = [
  'username',
  'password',
  'email',
  'domain',
  'grant_type',
  'client_id',
  'refresh_token',
  'token',
  'user',
  'apiKey',
]
const name = fc.oneof(fc.constantFrom(...names, '__proto__', 'constructor'), fc.string())
const member = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.jsonValue(),
  fc.constantFrom('admin', 'demoadmin', 'john.doe', 'x'),
)
const object = fc.dictionary(name, member).map((value) => JSON.stringify(value))
const form = fc
  .array(fc.tuple(name, fc.string()))
  .map((fields) => fields.map((pair) => pair.map((part) => encodeURIComponent(part)).join('=')).join('&'))
const multipart = fc.array(fc.tuple(fc.constantFrom(...names), fc.string())).map((fields) =>
  fields
    .map(([key, value], index) => {
      const file = index % 2 === 0 ? '' : '; filename="f"'
      return `--x\r\nContent-Disposition: form-data; name="${key}"${file}\r\n\r\n${value}\r\n`
    })
    .join('')
    .concat('--x--\r\n'),
)
/** A body that ends too early. */
const cut = (whole: fc.Arbitrary<string>) =>
  fc.tuple(whole, fc.double({ min: 0, max: 1, noNaN: true })).map(([text, part]) => text.slice(0, text.length * part))
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
const headerText = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) })

/** Arbitrary requests; a part of them with a credential that is good. */
const requestWith = (tokens: readonly string[], cookies: readonly string[]) =>
  fc.record({
    method: fc.constantFrom('QUERY', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
    path: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...paths) },
      { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...paths), fc.webPath()).map((parts) => parts.join('')) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom(...vendors.map((vendor) => `/${vendor.name}`)), fc.webPath())
          .map((parts) => parts.join('')),
      },
      { weight: 1, arbitrary: fc.constantFrom(...paths).map((path) => `/@w7${path}`) },
    ),
    query: fc.oneof(
      fc.constant(''),
      form.map((text) => `?${text}`),
      headerText.map((text) => `?${text.replaceAll(/[# ]/g, '')}`),
    ),
    mediaType: fc.option(fc.constantFrom(...mediaTypes), { nil: undefined }),
    authorization: fc.option(
      fc.oneof(
        headerText,
        headerText.map((text) => `Bearer ${text}`),
        fc.constant('Bearer eyJhbGciOiJub25lIn0.e30.'),
        fc.constantFrom(...tokens.map((token) => `Bearer ${token}`)),
      ),
      { nil: undefined },
    ),
    cookie: fc.option(fc.oneof(headerText, fc.constantFrom(...cookies)), { nil: undefined }),
    apiKey: fc.option(fc.oneof(headerText, fc.constant('api_demoadminkey000000000015')), { nil: undefined }),
    body: fc.oneof(fc.constant(''), object, form, multipart, cut(object), cut(multipart), bytes, fc.string()),
  })

t.test(
  `${requests} arbitrary requests are all answered, in the vendor's dialect, without a server error (seed ${seed})`,
  async (t) => {
    const { ask, set } = await emulate(t)
    // A locked-out address would hide everything behind it.
    await set('portsip', { lockout: false })
    const tokens: string[] = []
    const cookies: string[] = []
    for (const { name, login } of vendors) {
      const { text, headers } = await ask('POST', `/${name}${login.path}`, {
        body: login.body,
        headers: { 'content-type': login.contentType },
      })
      const token = /"token":"([^"]+)"/.exec(text)?.[1]
      if (token) tokens.push(token)
      else cookies.push(String(headers['set-cookie']).split(';', 1)[0] ?? '')
    }
    t.equal(tokens.length + cookies.length, vendors.length, 'a credential of each vendor')
    const request = requestWith(tokens, cookies)
    let sent = 0
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, query, mediaType, authorization, cookie, apiKey, body }) => {
        const { status, text } = await ask(method, path + query, {
          remoteAddress: `10.0.${sent >> 8}.${sent & 255}`,
          headers: {
            ...(mediaType !== undefined && { 'content-type': mediaType }),
            ...(authorization !== undefined && { authorization }),
            ...(cookie !== undefined && { cookie }),
            ...(apiKey !== undefined && { 'x-api-key': apiKey }),
          },
          ...(method !== 'HEAD' && { body }),
        })
        sent += 1
        if (!noServerError(status)) throw new Error(`${status}: ${text}`)
        if (/"statusCode":\d+/.test(text)) throw new Error(`Fastify's own error body: ${text}`)
      }),
      { numRuns: requests, seed },
    )
    t.equal(sent, requests)

    for (const { name, login } of vendors) {
      for (const world of ['', '/@w7']) {
        const { status, text } = await ask('POST', `${world}/${name}${login.path}`, {
          body: login.body,
          headers: { 'content-type': login.contentType },
        })
        t.equal(status, 200, `${world}/${name}: the account is still there: ${text.slice(0, 80)}`)
      }
    }
  },
)
