import t, { type Test } from 'tap'
import { vendors } from '../../src/vendors/registry.js'
import { type Ask, emulate } from '../support/emulate.js'

type Call = [method: string, url: string, ask: Ask]

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const client = '9d806019-75b2-4b3d-bb8b-f5a3a412cc0a'

/** What is sent after a login: each way to present what was given, renewals and logouts. */
const later: Record<string, (given: Record<string, string>) => Call[]> = {
  thiio: ({ token }) => [
    ['GET', '/api/check', { headers: { authorization: `Bearer ${token}` } }],
    ['GET', `/api/check?token=${token}`, {}],
  ],
  babelfor: ({ token }) => [
    ['GET', '/v1/auth/user', { headers: { authorization: `bearer ${token}` } }],
    [
      'POST',
      '/v1/api-keys',
      {
        headers: { authorization: `Bearer ${token}` },
        body: { apiKey: { name: 'k', clientSecret: 'client-secret-1' } },
      },
    ],
    ['GET', '/v1/api-keys', { headers: { authorization: `Bearer ${token}` } }],
    ['POST', '/v1/auth/logout', { headers: { authorization: `Bearer ${token}` } }],
  ],
  portsip: ({ access_token, refresh_token, cookie }) => [
    ['GET', '/api/login', { headers: { cookie: String(cookie) } }],
    ['GET', '/api/user', { headers: { authorization: `Bearer ${access_token}` } }],
    [
      'POST',
      '/api/login/oauth/token',
      { headers: form, body: `grant_type=refresh_token&refresh_token=${refresh_token}&client_id=${client}` },
    ],
    ['POST', '/api/login/oauth/revoke', { headers: { authorization: `Bearer ${access_token}` } }],
    ['POST', '/api/logout', { headers: { cookie: String(cookie) } }],
  ],
  faveo: ({ token }) => [
    ['GET', `/api/v1/authenticate/user?token=${token}`, {}],
    ['GET', '/api/v1/authenticate/user', { headers: { cookie: `token=${token}` } }],
    ['GET', '/api/v1/helpdesk/api_key', { headers: { authorization: `Bearer ${token}` } }],
  ],
  tavio: ({ token }) => [
    ['GET', '/v1/acme/me', { headers: { authorization: `Bearer ${token}` } }],
    ['POST', '/v1/acme/auth/token/renew', { headers: { authorization: `Bearer ${token}` } }],
    ['POST', '/v1/acme/environments/acme-prod/connect', { headers: { authorization: `Bearer ${token}` } }],
  ],
}

/** Unlike the shipped ones it is no part of a user name. */
const password = 'a password + 1'

/** Whatever in an answer looks like a credential: members that are named like one, cookies, hashes. */
function credentialsIn(text: string, headers: Readonly<Record<string, unknown>>): string[] {
  const named = [...text.matchAll(/"(?:\w*token|key|clientSecret|result|password)":"([^"]{8,})"/g)].map(([, value]) =>
    String(value),
  )
  const cookies = [headers['set-cookie'] ?? []]
    .flat()
    .map((cookie) => String(cookie).replace(/^[^=]*=([^;]*).*$/, '$1'))
  return [...named, ...cookies].filter((value) => value.length >= 8)
}

async function played(t: Test, vendor: (typeof vendors)[number], journalSecrets: boolean) {
  const { ask, get, post, app } = await emulate(t, { journalSecrets })
  const { name, login } = vendor
  const issued = new Set<string>()
  const given: Record<string, string> = {}
  const call = async ([method, url, how]: Call) => {
    const { text, headers } = await ask(method, `/${name}${url}`, how)
    for (const credential of credentialsIn(text, headers)) issued.add(credential)
    for (const [, key, value] of text.matchAll(/"(\w*token)":"([^"]+)"/g)) given[String(key)] = String(value)
    const cookie = [headers['set-cookie'] ?? []].flat()[0]
    if (cookie) given['cookie'] = String(cookie).replace(/;.*$/, '')
  }
  const credentials: Record<string, string> = { ...JSON.parse(login.body), password }
  const { username = credentials['email'] } = credentials
  const changed = await ask('PATCH', `/_understudy/accounts/${name}/${username}`, { body: { password } })
  t.equal(changed.status, 200, changed.text)
  await call(['POST', login.path, { body: credentials }])
  // As curl sends it where nobody says that it is JSON, in the query, and broken off.
  const sent = JSON.stringify(credentials)
  await call(['POST', login.path, { headers: form, body: sent }])
  await call([
    'POST',
    `${login.path}?${new URLSearchParams({ password })}`,
    { headers: form, body: `a=b&${new URLSearchParams({ password })}` },
  ])
  await call(['POST', login.path, { headers: { 'content-type': 'application/json' }, body: sent.slice(0, -1) }])
  if (name === 'portsip') {
    await call(['GET', '/api/login', { headers: { cookie: String(given['cookie']) } }])
    const fields = new URLSearchParams({
      grant_type: 'password',
      username: String(username),
      password,
      scope: 'all',
      client_id: client,
    })
    await call(['POST', '/api/login/oauth/token', { headers: form, body: String(fields) }])
  }
  for (const one of later[name]?.(given) ?? []) await call(one)
  const { items } = (await get('/_understudy/requests')).json
  const reads = [JSON.stringify(items)]
  for (const { id } of items) reads.push((await get(`/_understudy/requests/${id}`)).text)
  reads.push(
    (await post('/_understudy/requests/verify', { body: { steps: [{ match: { status: 599 }, exactly: 9 }] } })).text,
  )
  t.ok(issued.size > 0, `${name} has issued credentials`)
  return { secrets: [...issued, password], text: reads.join('\n'), count: items.length, app }
}

for (const vendor of vendors) {
  t.test(`${vendor.name}: no password and no credential that was issued or sent shows in the journal`, async (t) => {
    const { secrets, text, count } = await played(t, vendor, false)
    t.ok(count >= 4)
    for (const secret of secrets) {
      t.notOk(text.includes(secret), secret)
      t.notOk(text.includes(String(new URLSearchParams({ secret })).slice('secret='.length)), `${secret}, encoded`)
    }
  })

  t.test(`${vendor.name}: with journalSecrets they show`, async (t) => {
    const { secrets, text } = await played(t, vendor, true)
    t.ok(secrets.filter((secret) => text.includes(secret)).length >= 2)
  })
}
