import { Writable } from 'node:stream'
import Database from 'better-sqlite3'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { Redaction } from '../../src/core/redaction.js'
import { readable } from '../../src/logger.js'
import { vendors } from '../../src/vendors/registry.js'
import { type Ask, start } from '../support/emulate.js'
import { operationsOf } from '../support/operations.js'
import { listening } from '../support/wire.js'

/** What no name and no text of ours contains, with what JSON, forms and PHP write otherwise. */
const password = 'Zq7"Wk9/ü x+%41Vt3&Lp'
const plainSecret = 'zQ9wXk4vTr7LmNp2'

/** A secret as it may be written: escaped, encoded, or within a base64 that began before it. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const ascii = json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const inBase64 = [0, 1, 2].map((before) => {
    const bytes = Buffer.from('x'.repeat(before) + secret)
    // Characters at both ends hold bits of the neighbours, too.
    return bytes.toString('base64').slice(before === 0 ? 0 : 4, Math.floor((bytes.length * 4) / 3) - 1)
  })
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    ascii,
    ascii.replaceAll('/', '\\/'),
    encodeURIComponent(secret),
    encodeURI(secret),
    String(new URLSearchParams({ s: secret })).slice(2),
    Buffer.from(secret, 'utf8').toString('latin1'),
    Buffer.from(secret).toString('hex'),
    ...inBase64,
    ...inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...[secret, json].flatMap((text) => [[...text].join('\0'), [...JSON.stringify(text).slice(1, -1)].join('\\u0000')]),
    Buffer.from(json, 'utf16le').toString('latin1'),
  ]
}

/** A log that is kept, of JSON lines or of lines for people. */
function keptLog(isJson: boolean) {
  const lines: string[] = []
  const kept = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk))
      done()
    },
  })
  const logger = pino({ level: 'trace' }, isJson ? kept : { write: (line) => kept.write(readable(line, false)) })
  return { logger, text: () => lines.join('') }
}

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Requests that carry a secret where one may stand, well-formed or not. */
function carriers(login: string, credentials: Record<string, unknown>): [method: string, path: string, ask: Ask][] {
  const body = JSON.stringify(credentials)
  const fields = String(
    new URLSearchParams(Object.entries(credentials).map(([name, value]): [string, string] => [name, String(value)])),
  )
  const query = String(new URLSearchParams({ password, token: plainSecret, access_token: plainSecret }))
  const part = `--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n${password}\r\n--x--\r\n`
  const to = (headers: Record<string, string>, sent: string | Buffer): [string, string, Ask] => [
    'POST',
    login,
    { headers, body: sent },
  ]
  return [
    to(json, body),
    to(json, body.slice(0, -1)),
    to(json, body.slice(0, -4)),
    to(json, `${body},`),
    to(json, `[${body}]`),
    to(json, JSON.stringify({ nested: [{ deep: credentials }] })),
    to(json, body.replace('"password"', '"PassWord"')),
    to(json, body.replace('"password"', '"pass\\u0077ord"')),
    to(json, Buffer.from(body, 'utf16le')),
    to(json, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(body)])),
    to(json, fields),
    to(form, fields),
    to(form, body),
    to(form, `a=b&${fields}`),
    to({ 'content-type': 'text/plain' }, body),
    to({ 'content-type': 'multipart/form-data; boundary=x' }, part),
    to({ 'content-type': 'multipart/form-data; boundary=x' }, part.slice(0, -12)),
    to({ 'content-type': 'multipart/form-data' }, part),
    to({ 'content-type': '\t;' }, body),
    to({}, body),
    to({ 'content-type': 'application/xml' }, `<password>${password}</password>`),
    to(json, `${body.slice(0, -1)}${' '.repeat(1_100_000)}}`),
    ['PUT', login, { headers: json, body }],
    ['POST', `${login}?${query}`, { headers: json, body }],
    ['GET', `/nowhere?${query}`, {}],
    ['GET', `/nowhere/%ff?${query}`, {}],
    ['GET', `/nowhere?x[password]=${encodeURIComponent(password)}&pass%77ord=${encodeURIComponent(password)}`, {}],
    ['GET', `/nowhere#${query}`, {}],
    ['GET', login, { headers: { authorization: `Basic ${Buffer.from(`user:${password}`).toString('base64')}` } }],
    ['GET', login, { headers: { authorization: `Bearer ${plainSecret}` } }],
    ['GET', login, { headers: { authorization: plainSecret } }],
    [
      'GET',
      login,
      { headers: { 'proxy-authorization': `Basic ${Buffer.from(`user:${password}`).toString('base64')}` } },
    ],
    ['GET', login, { headers: { cookie: `token=${plainSecret}; session=${plainSecret}` } }],
    ['GET', login, { headers: { 'x-api-key': plainSecret } }],
    ['GET', login, { headers: { referer: `http://localhost/login?${query}` } }],
  ]
}

/** Names under which nobody here asks for a secret, and under which clients send them all the same. */
const strayNames = [
  ...['x-auth-token', 'x-access-token', 'api-key', 'x-password', 'newPassword', 'old_password', 'passwd', 'pwd', 'otp'],
  ...['apiKey', 'api_key', 'session', 'jsessionid', 'client-secret', 'x-credential', 'x-authorization'],
]

/** A request to each operation with a secret in each place where no vendor looks for it. */
function strays(path: string, body: Record<string, unknown>): [path: string, ask: Ask][] {
  const fields = Object.fromEntries(strayNames.map((stray) => [stray, plainSecret]))
  const segments = path.split('/').filter((segment) => segment !== '')
  const inSegments = segments.map((_, at) => `/${segments.with(at, plainSecret).join('/')}`)
  return [
    [path, { headers: fields }],
    [`${path}?${new URLSearchParams(fields)}`, {}],
    [`${path}?x[${strayNames.join(`]=${plainSecret}&x[`)}]=${plainSecret}`, {}],
    [path, { body: { ...body, ...fields } }],
    [path, { body: { ...body, deep: [{ deeper: fields }] } }],
    [path, { headers: form, body: String(new URLSearchParams(fields)) }],
    [path, { headers: { 'x-forwarded-uri': `/login?pwd=${plainSecret}` } }],
    [`${path}?next=${encodeURIComponent(`/login?otp=${plainSecret}`)}`, {}],
    [`${path}?${plainSecret}`, {}],
    ...strayNames.map((stray): [string, Ask] => [`${path};${stray}=${plainSecret}`, {}]),
    [`${path}/${plainSecret}`, {}],
    [`${path}/reset-${plainSecret}/confirm`, {}],
    [`${path}#${plainSecret}`, {}],
    [`${path}#pwd=${plainSecret}`, {}],
    ...inSegments.map((where): [string, Ask] => [where, {}]),
  ]
}

/** Tokens, cookies and the like that an answer gives. */
const givenIn = (text: string, headers: Readonly<Record<string, unknown>>): string[] => [
  ...[...text.matchAll(/"(?:\w*token|key|clientSecret|result)":"([^"]{8,})"/g)].map(([, value]) => String(value)),
  ...[headers['set-cookie'] ?? []].flat().map((cookie) => /^[^=]+=([^;]{8,})/.exec(String(cookie))?.[1] ?? password),
]

/** All that a SQLite file says, and its bytes, in which something may be left that no table has any more. */
function contentsOf(bytes: Buffer): string {
  const db = new Database(bytes)
  const names = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all()
  const rows = names.map((name) => db.prepare(`SELECT * FROM "${name}"`).raw().all())
  db.close()
  const texts = rows.flat(2).map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
  return `${texts.join('\n')}\n${bytes.toString('latin1')}`
}

async function played(t: Test, name: string, isJson: boolean) {
  const vendor = vendors.find((one) => one.name === name)
  if (!vendor) throw new Error(`no vendor ${name}`)
  const log = keptLog(isJson)
  const server = await listening(t, { logger: log.logger })
  const { ask, get, post, client, clock } = server
  const secrets = new Set([password, plainSecret])
  const errors: string[] = []
  let answers = 0
  const call = async (method: string, path: string, how: Ask = {}, isEchoed = false) => {
    // What a vendor makes of arbitrary input is looked at elsewhere; here nobody should be locked out.
    const answer = await ask(method, `/${name}${path}`, { remoteAddress: `10.0.0.${answers % 250}`, ...how })
    for (const given of givenIn(answer.text, answer.headers)) secrets.add(given)
    // Some vendors tell whoever asked which path it was.
    if (answer.status >= 400 && !isEchoed) errors.push(answer.text + JSON.stringify(answer.headers))
    answers += 1
    return answer
  }
  const given: Record<string, unknown> = { ...JSON.parse(vendor.login.body), password }
  const { username: login = given.email } = given
  const changed = await ask('PATCH', `/_understudy/accounts/${name}/${login}`, { body: { password } })
  t.equal(changed.status, 200, changed.text)

  const stream = client().write('GET /_understudy/requests/stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await stream.until((text) => text.includes(': listening'))
  const good = await call('POST', vendor.login.path, { headers: json, body: JSON.stringify(given) })
  t.equal(good.status, 200, good.text)
  const cookie = String([good.headers['set-cookie'] ?? []].flat()[0]).split(';', 1)[0] ?? ''
  const uses: Ask[] = [...secrets].map((token) => ({ headers: { authorization: `Bearer ${token}`, cookie } }))
  const listed: { name: string; operations: { method: string; path: string }[] }[] = (await get('/_understudy/vendors'))
    .json.vendors
  const operations = listed.filter((one) => one.name === name).flatMap((one) => one.operations)
  t.ok(operations.length > 1)
  for (const { method, path } of operations) {
    const filled = path.replace(/:(\w+)|\{(\w+)\}/g, (_, a, b) => ((a ?? b) === 'orgDomain' ? 'acme' : 'acme-prod'))
    for (const use of uses) await call(method, filled, use)
  }
  for (const [method, path, how] of carriers(vendor.login.path, given)) await call(method, path, how)
  for (const { method, path } of operations) {
    const filled = path.replace(/:(\w+)|\{(\w+)\}/g, (_, a, b) => ((a ?? b) === 'orgDomain' ? 'acme' : 'acme-prod'))
    for (const [stray, how] of strays(filled, method === 'POST' ? given : {})) await call(method, stray, how, true)
  }
  // What the world knows as a token is one in whatever place, be it one that names are read from.
  for (const { name: kind, inEnvironment } of vendor.tokens.kinds) {
    const order = {
      vendor: name,
      account: login,
      kind,
      ...(inEnvironment && { environment: 'acme-prod' }),
    }
    const { status, json: minted } = await post('/_understudy/tokens', { body: order })
    if (status !== 201) throw new Error(JSON.stringify(minted))
    const { token } = minted
    secrets.add(token)
    const where = encodeURIComponent(token)
    await call('GET', `/v1/${where}/me?q=${where}`, { headers: { 'user-agent': token } }, true)
    await call('POST', vendor.login.path, { body: { ...given, username: token, email: token, password: 'x' } }, true)
  }
  // So is the password that was sent where it belongs.
  const tried = { headers: { 'user-agent': encodeURIComponent(password) }, body: { ...given, password } }
  await call('POST', `${vendor.login.path}?q=${encodeURIComponent(password)}`, tried, true)
  for (const kind of ['reset', 'lose-response', 'truncate', 'respond', 'refuse', 'delay']) {
    const effect: object = {
      truncate: { kind, bytes: 3 },
      respond: { kind, status: 503 },
      refuse: { kind, refusal: 'internal' },
      delay: { kind, ms: 1 },
    }[kind] ?? { kind }
    const made = await post('/_understudy/faults', { body: { times: 1, effect } })
    t.equal(made.status, 201, made.text)
    await call('POST', vendor.login.path, { headers: json, body: JSON.stringify(given) }).catch(() => 'lost')
  }
  clock.freeze(start + 400 * 86_400_000)
  for (const use of uses) for (const { method, path } of operations) await call(method, path, use)

  // The control plane is told secrets, too, and refuses some of it.
  for (const [method, path, body] of [
    ['POST', '/tokens/inspect', { token: plainSecret }],
    ['POST', '/tokens/revoke', { token: plainSecret }],
    ['POST', '/accounts', { vendor: name, password }],
    ['PATCH', `/accounts/${name}/${login}`, { password, nonsense: 1 }],
    ['PATCH', `/settings/${name}`, { password }],
    ['POST', `/nowhere?token=${plainSecret}`, { password }],
    ['POST', `/tokens?token=${plainSecret}`, { password }],
  ] as const) {
    const { status, text } = await ask(method, `/_understudy${path}`, { body })
    if (status >= 400) errors.push(text)
  }

  const { items } = (await get('/_understudy/requests?limit=10000')).json
  const journal = [JSON.stringify(items)]
  for (const { id } of items) journal.push((await get(`/_understudy/requests/${id}`)).text)
  const verify = { steps: [{ match: { status: 599, path: '/nowhere' }, exactly: 9 }] }
  const told = (await post('/_understudy/requests/verify', { body: verify })).text
  await post('/_understudy/snapshots', { body: { name: 'all' } })
  const shared = await server.app.inject('/_understudy/snapshots/all?redact=true')
  const streamed = await stream.half().until(() => false)
  t.ok(items.length > 50)
  t.ok(streamed.split('event: request').length > 50)
  return {
    secrets: [...secrets],
    places: {
      log: log.text(),
      errors: errors.join('\n'),
      journal: journal.join('\n'),
      verification: told,
      stream: streamed + Buffer.from(streamed, 'latin1').toString('utf8'),
      metrics: (await get('/_understudy/metrics')).text,
      worlds: (await get('/_understudy/worlds')).text,
      'shared snapshot': contentsOf(shared.rawPayload),
    },
  }
}

for (const [at, { name }] of vendors.entries()) {
  t.test(
    `${name}: no secret in the log at any level, the journal, an error, the metrics or a shared snapshot`,
    async (t) => {
      const { secrets, places } = await played(t, name, at % 2 === 0)
      const foundIn = (text: string) =>
        new Set(secrets.flatMap(formsOf).filter((form) => form.length >= 8 && text.includes(form)))
      for (const [place, text] of Object.entries(places)) {
        t.ok(text.length > 0, place)
        const shown = [...foundIn(text)].map((form) => text.slice(Math.max(0, text.indexOf(form) - 100)).slice(0, 200))
        t.strictSame(shown, [], `${place}: none`)
      }
    },
  )
}

/** Names of the members whose texts are not as they were. */
function changed(before: unknown, after: unknown, name = ''): string[] {
  if (typeof before !== 'object' || before === null) return before === after ? [] : [name]
  return Object.entries(before).flatMap(([member, value]) =>
    changed(value, Reflect.get(Object(after), member), Array.isArray(before) ? name : member),
  )
}

for (const vendor of vendors) {
  t.test(
    `${vendor.name}: of its documented answers nothing is hidden that it does not declare to be secret`,
    async (t) => {
      const operations = await operationsOf(vendor)
      const declared = vendor.secrets.map((name) => name.replace(/^.*\./, ''))
      let seen = 0
      for (const { id, answers } of operations) {
        for (const { example, under = {} } of Object.values(answers)) {
          for (const shown of [example, ...Object.values(under).map((one) => one.example)]) {
            if (shown === undefined) continue
            const before = JSON.stringify(shown)
            const after = new Redaction({ secrets: vendor.secrets, operation: id }).json(before)
            for (const name of changed(JSON.parse(before), JSON.parse(after)))
              t.ok(declared.includes(name), `${id}: ${name}`)
            seen += 1
          }
        }
      }
      t.ok(seen > 1)
    },
  )
}

for (const vendor of vendors) {
  t.test(`${vendor.name}: no path of its operations loses a word or an identifier`, async (t) => {
    const operations = await operationsOf(vendor)
    for (const { path } of operations)
      for (const id of ['17', 'acme-prod', '2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101'])
        for (const ending of ['', '/', '/refresh', '/reset']) {
          const filled = `${path.replace(/:\w+|\{\w+\}/g, id)}${ending}`
          t.equal(new Redaction({ secrets: vendor.secrets }).url(filled), filled)
        }
  })
}
