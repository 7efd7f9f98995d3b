import fc from 'fast-check'
import t from 'tap'
import { pathShown, Redaction } from '../../src/core/redaction.js'

const redaction = (operation: string | null = 'login') =>
  new Redaction({ secrets: ['password', 'clientSecret', 'api_key', 'makeKey.result', 'apiKeys{}'], operation })

const form = ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']
const json = ['content-type', 'application/json']

const body = (text: string | Buffer, headers: readonly string[] = json, operation: string | null = 'login') =>
  redaction(operation)
    .message({ headers, body: Buffer.from(text) })
    .body?.toString('utf8')

const header = (name: string, value: string) => redaction().message({ headers: [name, value], body: null }).headers[1]

t.test('a JSON member under a secret name loses its value and nothing else its spelling', async (t) => {
  for (const [sent, shown] of [
    ['{"password":"hunter2"}', '{"password":"[redacted]"}'],
    ['{ "a" : 1.50,\n  "password" : "x\\"y" , "z":"\\/"}', '{ "a" : 1.50,\n  "password" : "[redacted]" , "z":"\\/"}'],
    ['{"PassWord":"hunter2"}', '{"PassWord":"[redacted]"}'],
    ['{"CLIENTSECRET":"hunter2"}', '{"CLIENTSECRET":"[redacted]"}'],
    ['{"pass\\u0077ord":"hunter2"}', '{"pass\\u0077ord":"[redacted]"}'],
    ['{"password":12345}', '{"password":"[redacted]"}'],
    ['{"password":-1.5e3,"a":2}', '{"password":"[redacted]","a":2}'],
    ['{"password":""}', '{"password":""}'],
    ['{"password":null,"a":true}', '{"password":null,"a":true}'],
    ['{"password":["a",{"b":["c"]}],"d":"e"}', '{"password":["[redacted]",{"[redacted]":["[redacted]"]}],"d":"e"}'],
    [
      '{"user":{"password":"a"},"list":[{"password":"b"}]}',
      '{"user":{"password":"[redacted]"},"list":[{"password":"[redacted]"}]}',
    ],
    ['["password","hunter2"]', '["password","hunter2"]'],
    ['{"a":"password","b":"hunter2"}', '{"a":"password","b":"hunter2"}'],
    ['{"message":"The password field is required."}', '{"message":"The password field is required."}'],
  ]) {
    t.equal(body(String(sent)), shown, String(sent))
  }
})

t.test('a name may be secret in one operation only', async (t) => {
  t.equal(body('{"result":"k"}', json, 'makeKey'), '{"result":"[redacted]"}')
  t.equal(body('{"result":"k"}', json, 'other'), '{"result":"k"}')
  t.equal(body('{"result":"k"}', json, null), '{"result":"k"}')
})

t.test('a field of a form or a query under a secret name loses its value', async (t) => {
  for (const [sent, shown] of [
    ['username=a&password=hunter2&b=c', 'username=a&password=[redacted]&b=c'],
    ['pass%77ord=hunter2', 'pass%77ord=[redacted]'],
    ['PASSWORD=hunter2', 'PASSWORD=[redacted]'],
    ['user[password]=hunter2', 'user[password]=[redacted]'],
    ['api.key=hunter2&api+key=x', 'api.key=[redacted]&api+key=[redacted]'],
    ['password', 'password'],
    ['password=', 'password=[redacted]'],
    ['about=password', 'about=password'],
    ['{"password":"hunter2"=', '[redacted]'],
    ['{"a":"b"=', '{"a":"b"='],
  ]) {
    t.equal(body(String(sent), form), shown, String(sent))
    t.equal(redaction().url(`/x?${sent}`), `/x?${shown}`, String(sent))
  }
  t.equal(body('{"password":"hunter2"}', form), '{"password":"[redacted]"}', 'JSON under the type of a form')
})

t.test('a body that cannot be read is withheld as soon as it mentions a secret name', async (t) => {
  for (const sent of [
    '{"password":"hunter2"',
    "{'password':'hunter2'}",
    'username=a&password=hunter2',
    '<password>hunter2</password>',
    '{"pass\\u0077ord":"hunter2",}',
    'PASS%57ORD hunter2',
    Buffer.concat([Buffer.from('{"password":"hunter2'), Buffer.from([0xff])]),
  ]) {
    t.equal(body(sent), '[redacted]', String(sent))
  }
  t.equal(body('{"username":"a"'), '{"username":"a"')
  const odd = Buffer.from([0x61, 0xff])
  t.strictSame(redaction().message({ headers: [], body: odd }).body, odd)
  t.equal(redaction().message({ headers: [], body: null }).body, null)
})

t.test('credentials in header fields are hidden, what kind they are is shown', async (t) => {
  for (const [name, value, shown] of [
    ['Authorization', 'Bearer abc def', 'Bearer [redacted]'],
    ['authorization', 'basic YTpi', 'basic [redacted]'],
    ['authorization', 'Bearerabc', '[redacted]'],
    ['proxy-authorization', 'Digest a\nb', 'Digest [redacted]'],
    ['X-Api-Key', 'api_1', '[redacted]'],
    ['password', 'x', '[redacted]'],
    ['cookie', 'a=b=c; d="e"; f', 'a=[redacted]; d=[redacted];[redacted]'],
    ['Set-Cookie', 'a=b=c; Path=/; HttpOnly', 'a=[redacted]; Path=/; HttpOnly'],
    ['referer', 'http://x/?password=y', 'http://x/?password=[redacted]'],
    ['location', '/?password=y&z=1', '/?password=[redacted]&z=1'],
    ['accept', 'text/html', 'text/html'],
  ] as const) {
    t.equal(header(name, value), shown, name)
  }
  t.strictSame(redaction().message({ headers: ['authorization', 'x'], body: null }).headers[0], 'authorization')
})

t.test('what looks like a JWT is hidden wherever it stands', async (t) => {
  const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.'
  t.equal(body(`{"a":"${jwt}c2ln"}`), '{"a":"[redacted]"}')
  t.equal(body(`see ${jwt}`), 'see [redacted]')
  t.equal(header('x-anything', `v ${jwt}`), 'v [redacted]')
  t.equal(redaction().url(`/a/${jwt}x`), '/a/[redacted]')
  t.strictSame(redaction().facts({ detail: [`${jwt}x`], n: 1 }), { detail: ['[redacted]'], n: 1 })
  t.equal(redaction().facts(undefined), undefined)
})

t.test('in whatever JSON and however it is spelled, a password never shows and the rest stays', async () => {
  const secret = 'hunter2-hunter2'
  // Without two letters in a row no name is one of a secret.
  const name = fc.string().filter((text) => !/[a-z]{2}/i.test(text))
  const rest = fc.dictionary(name, fc.oneof(fc.jsonValue({ maxDepth: 0 }), fc.dictionary(name, fc.string())))
  fc.assert(
    fc.property(rest, rest, fc.integer({ min: 0, max: 4 }), (outer, inner, indent) => {
      const value = { ...outer, inner: [{ ...inner, password: secret }], end: 1 }
      const shown = String(body(JSON.stringify(value, null, indent)))
      const expected = { ...outer, inner: [{ ...inner, password: '[redacted]' }], end: 1 }
      return !shown.includes(secret) && shown === JSON.stringify(expected, null, indent)
    }),
    { seed: 1 },
  )
})

t.test(
  'whatever bytes come, redaction ends and never shows a password that a readable name stands before',
  async () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (before, after) => {
        const bytes = Buffer.concat([
          Buffer.from(before),
          Buffer.from('"password":"hunter2-hunter2"'),
          Buffer.from(after),
        ])
        return [json, form, []].every((headers) => !String(body(bytes, headers)).includes('hunter2-hunter2'))
      }),
      { seed: 1 },
    )
  },
)

t.test('what OAuth calls its secrets is one whoever is asked, as is what says so in UTF-16', async (t) => {
  const bare = new Redaction({ secrets: [] })
  t.equal(
    bare.url('/x?access_token=a&client_secret=b&refresh_token=c&d=e'),
    '/x?access_token=[redacted]&client_secret=[redacted]&refresh_token=[redacted]&d=e',
  )
  const wide = Buffer.from('{"password":"hunter2"}', 'utf16le')
  t.equal(String(bare.message({ headers: json, body: wide }).body), '[redacted]')
})

t.test('what looks like the name of a secret is one, in whatever way it is written', async (t) => {
  for (const name of [
    ...[
      'password',
      'newPassword',
      'old_password',
      'NEW-PASSWORD',
      'user.password',
      'passwordConfirmation',
      'password2',
    ],
    ...['passwd', 'userPasswd', 'pwd', 'new_pwd', 'passphrase', 'passcode', 'pass', 'db_pass', 'passwordHash'],
    ...[
      'token',
      'tokens',
      'x-auth-token',
      'X-Access-Token',
      'authToken',
      'accesstoken',
      'csrf',
      'XSRF-TOKEN',
      'id_token',
    ],
    ...[
      'secret',
      'clientSecret',
      'client_secret',
      'secretKey',
      'x-secret',
      'otp',
      'otp_code',
      'totp',
      'mfaCode',
      'pin',
    ],
    ...['apiKey', 'apikey', 'api-key', 'api_key', 'X-API-KEY', 'access_key', 'privateKey', 'ocp-apim-subscription-key'],
    ...['credential', 'credentials', 'cookie', 'x-cookie', 'x-authorization', 'auth', 'x-auth', 'authentication'],
    ...[
      'session',
      'sessionId',
      'session_id',
      'JSESSIONID',
      'PHPSESSID',
      'laravel_session',
      'connect.sid',
      'sid',
      'jwt',
    ],
    ...['code_verifier', 'client_assertion', 'verification_code'],
  ]) {
    const value = 'hunter2-hunter2'
    const of = new Redaction({ secrets: [] })
    t.equal(
      String(of.message({ headers: json, body: Buffer.from(`{"${name}":"${value}"}`) }).body),
      `{"${name}":"[redacted]"}`,
    )
    t.equal(new Redaction({ secrets: [] }).url(`/x?${name}=${value}`), `/x?${name}=[redacted]`)
    t.equal(new Redaction({ secrets: [] }).url(`/a;${name}=${value}/b`), `/a;${name}=[redacted]/b`)
    const said = new Redaction({ secrets: [] }).message({ headers: [name, value], body: null }).headers[1]
    t.notMatch(said, value, `${name}, a header`)
  }
})

t.test('what only tells of a secret can be read, and so can names that are like one by chance', async (t) => {
  for (const name of [
    ...[
      'token_type',
      'tokenExpiresIn',
      'expires_in',
      'token_lifetime',
      'test_token_time',
      'password_policy',
      'tokenCount',
    ],
    ...[
      'password_verified',
      'password_force_reset',
      'two_factor_enabled',
      'sessionExpires',
      'auth_method',
      'cookie_policy',
    ],
    ...[
      'author',
      'authority',
      'authDomain',
      'compass',
      'pass_through',
      'footprint',
      'spinner',
      'secretary',
      'obsession',
    ],
    ...[
      'code',
      'status_code',
      'country_code',
      'key',
      'primary_key',
      'idempotency-key',
      'dialer_worker_sid',
      'id',
      'uuid',
    ],
    ...['www-authenticate', 'username', 'email', 'event', 'role', 'scope', 'client_id', 'grant_type', 'agent_sign'],
  ]) {
    const value = 'hunter2-hunter2'
    const of = new Redaction({ secrets: [] })
    t.equal(
      String(of.message({ headers: json, body: Buffer.from(`{"${name}":"${value}"}`) }).body),
      `{"${name}":"${value}"}`,
    )
    t.equal(of.url(`/a;${name}=${value}/b?${name}=${value}`), `/a;${name}=${value}/b?${name}=${value}`)
    t.equal(of.message({ headers: [name, value], body: null }).headers[1], value)
  }
})

t.test('a name may be declared to stand for an object that has more than secrets', async (t) => {
  t.equal(
    body('{"apiKeys":[{"id":1,"name":"ci"}],"apiKeys":"k","apiKey":{"name":"ci"}}'),
    '{"apiKeys":[{"id":1,"name":"ci"}],"apiKeys":"[redacted]","apiKey":{"[redacted]":"[redacted]"}}',
  )
})

t.test('a segment of a path that looks drawn is hidden, names and identifiers are not', async (t) => {
  for (const drawn of [
    'zQ9wXk4vTr7LmNp2',
    'api_k3j9x0q7w2m5n8b1v4c6z0a2',
    '7F3A9C0D1E5B8246A9C3E7F105B2D864',
    'Zk3n-q8Xw_7LmNp2zQ9wXk4vTr',
    '%7AQ9wXk4vTr7LmNp2',
    'caf%C3%A9.zQ9wXk4vTr7LmNp2',
  ])
    t.equal(redaction().url(`/reset/${drawn}/now`), '/reset/[redacted]/now', drawn)
  for (const url of [
    '/v1/acme/environments/acme-prod/connect',
    '/users/2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101',
    '/accounts/12345678901234567890',
    '/getUserAuthenticationSettingsByDomainName',
    '/releases/2024-01-31-release-candidate-2',
    '/webhooks20240131handlers',
    '/@w3f7a9b2c1d8e4f60a5b/v1/me',
    '/mail/john.doe@example.com',
    '/a?x=:b=https://c/auth/login',
  ])
    t.equal(redaction().url(url), url)
  t.equal(redaction().url('/x?zQ9wXk4vTr7LmNp2'), '/x?[redacted]', 'a query that is one value')
  t.equal(redaction().url('https://user:hunter2@example.com/a'), 'https://[redacted]@example.com/a')
  t.equal(redaction().url('/a?next=/b;password=hunter2&c=d'), '/a?next=[redacted]&c=d', 'one within a value')
  t.equal(header('x-forwarded-uri', '/b?password=hunter2'), '[redacted]')
})

t.test('a text that the world knows as a token is hidden wherever it stands', async (t) => {
  const token = '1b4e28ba-2fa1-41d2-883f-0016d3cca427'
  const of = new Redaction({ secrets: [], isToken: (text) => text === token })
  t.equal(of.url(`/users/${token}?q=${token}`), '/users/[redacted]?q=[redacted]')
  t.strictSame(of.facts({ login: token }), { login: '[redacted]' })
  t.strictSame(of.message({ headers: [`x-${token}`, `<${token}>`], body: Buffer.from(`{"a":"${token}"}`) }), {
    headers: [`x-${token}`, '<[redacted]>'],
    body: Buffer.from('{"a":"[redacted]"}'),
  })
})

t.test('what was hidden in one part of an exchange is hidden in the others, unless any text may have it', async (t) => {
  const of = redaction()
  of.message({ headers: json, body: Buffer.from('{"password":"p/ä &\\"1..","token":"administrator","pin":"1234567"}') })
  t.equal(of.url('/p/p%2F%C3%A4+%26%221..'), '/p/[redacted]')
  t.equal(of.url('/p/p%2F%C3%A4%20%26%221..'), '/p/[redacted]')
  t.equal(of.text('{"path":"p\\/ä &\\"1.."} {"path":"p/ä &\\"1.."}'), '{"path":"[redacted]"} {"path":"[redacted]"}')
  t.equal(of.text('administrator 1234567'), 'administrator 1234567')
})

t.test('numbers of facts and claims stay numbers, whatever was hidden elsewhere', async (t) => {
  const all = redaction()
  const headers = ['cookie', 'session_expires=1893455999', 'x-session-id', '18934559']
  all.message({ headers, body: null })
  t.strictSame(all.facts({ at: 1893455999000, in: [18934559], text: '18934559!' }), {
    at: 1893455999000,
    in: [18934559],
    text: '[redacted]!',
  })
  t.strictSame(all.claims({ exp: 1893455999, sub: 'a' }), { exp: 1893455999, sub: 'a' })
  t.equal(all.json('{"a":18934559,"b":"18934559"}'), '{"a":18934559,"b":"[redacted]"}')
})

t.test('what was hidden may be a part of an escape, and JSON stays JSON', async (t) => {
  const all = redaction()
  all.message({ headers: ['x-password', 'u0041bcdef'], body: null })
  t.equal(all.json('{"a":"\\u0041bcdef"}'), '"[redacted]"')
})

t.test('no cookie is shown, and one that is no secret by name or look hides nothing elsewhere', async (t) => {
  const id = '6f1e7f53-6a0c-4b7e-9d0f-2f4b7a1c9e01'
  const all = redaction()
  const { headers } = all.message({ headers: ['cookie', `uid=${id}; session=Abcd-1234`], body: null })
  t.strictSame(headers, ['cookie', 'uid=[redacted]; session=[redacted]'])
  t.strictSame(all.facts({ account: id, other: 'Abcd-1234' }), { account: id, other: '[redacted]' })
})

t.test('JSON within a text of JSON is read, too', async (t) => {
  const inner = JSON.stringify({ username: 'joe', password: 'hunter2' })
  for (const whole of [inner, { data: inner }, [JSON.stringify({ data: inner })]]) {
    const shown = body(JSON.stringify(whole)) ?? ''
    t.notMatch(shown, 'hunter2')
    t.match(shown, 'joe')
    t.doesNotThrow(() => JSON.parse(shown))
  }
})

t.test('a secret that was hidden in a path is hidden in what is said of the path', async (t) => {
  const all = redaction()
  t.equal(all.url('/api/login%3Fpassword=Secret-value1'), '/api/[redacted]')
  t.strictSame(all.facts({ path: '/api/login%3Fpassword=Secret-value1' }), { path: '/api/[redacted]' })
})

t.test('a secret is hidden in what repeats it as it was written, letters encoded that need not be', async (t) => {
  for (const written of ['hunter%32-hunter%32', '%68%75%6e%74%65%72%32%2D', 'hunter%252-hunter']) {
    for (const url of [`/password/${written}`, `/a?password=${written}`, `/a;password=${written}`]) {
      const whole = redaction()
      whole.url(url)
      t.equal(whole.json(`{"path":"/b/${written}"}`), '{"path":"/b/[redacted]"}', url)
    }
  }
})

t.test('a log shows paths without secrets', async (t) => {
  t.equal(pathShown('/thiio/api/login', { secrets: [] }), '/thiio/api/login')
  t.equal(pathShown('/a;pwd=x', { secrets: [] }), '/a;pwd=[redacted]')
  t.equal(pathShown('/a/zQ9wXk4vTr7LmNp2', { secrets: [] }), '/a/[redacted]')
})

t.test('what says nothing can be redacted, too', async (t) => {
  t.equal(redaction().claims(null), null)
  t.strictSame(redaction().claims({ sub: '1', password: 'hunter2' }), { sub: '1', password: '[redacted]' })
  t.equal(redaction().url('/a/%ff?password=%ff'), '/a/%ff?password=[redacted]')
})

t.test('a name of which only the whole is one of a secret is seen in what cannot be read', async (t) => {
  for (const name of ['pass', 'pin', 'sid', 'auth', 'bearer', 'connect.sid', 'userpass', 'pass1']) {
    for (const sent of [
      `{"username":"a","${name}":"hunter2","b":1`,
      `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nhunter2\r\n--x--`,
      `username=a&${name}=hunter2&b=c`,
      `the ${name} is hunter2 today`,
      `<a><${name}>hunter2</${name}></a>`,
      Buffer.concat([Buffer.from(`{"${name}":"hunter2"`), Buffer.from([0xff])]),
    ])
      t.equal(body(sent), '[redacted]', String(sent))
  }
  const declared = new Redaction({ secrets: ['Zauberwort'] })
  t.equal(String(declared.message({ headers: json, body: Buffer.from('<zauberWort>a') }).body), '[redacted]')
  for (const sent of ['Cannot GET /v1/acme/auth/users', 'bypass the compass, worker_sid 1', 'author of footprints'])
    t.equal(body(sent), sent)
})

t.test('a name is read however often it is encoded', async (t) => {
  for (const name of ['p%61ssword', '%2570assword', '%252570assword', '%25252525252570%2561ss']) {
    t.equal(body(`a=b&${name}=hunter2`, form), `a=b&${name}=[redacted]`)
    t.equal(redaction().url(`/a?${name}=hunter2`), `/a?${name}=[redacted]`)
    t.equal(redaction().url(`/a;${name}=hunter2/b`), `/a;${name}=[redacted]/b`)
    t.equal(redaction().url(`/a/${name}%253Dhunter2/b`), '/a/[redacted]/b')
  }
  t.equal(body('{\\\\\\\\"pass\\\\\\\\u0077ord\\\\\\\\":\\\\\\\\"hunter2'), '[redacted]')
})

t.test('a secret that a text tells of is hidden with it, and in the rest of the exchange', async (t) => {
  const secret = 'hunter2:Hunter2'
  const second = secret.slice(8)
  for (const text of [
    `https://joe:${secret}@example.com/a`,
    `https://${secret}@example.com`,
    `Bearer ${secret}`,
    `see bearer  ${secret}, please`,
    `Basic ${secret}`,
    `/login?password=${secret}&a=b`,
    `password%3D${secret}`,
    `%2570assword%253D${secret}`,
  ]) {
    for (const written of [text, encodeURIComponent(text), encodeURIComponent(encodeURIComponent(text))]) {
      t.equal(header('x-data', written), '[redacted]', written)
      t.equal(
        body(`{"a":"${written}","b":["${written}"],"c":1}`),
        '{"a":"[redacted]","b":["[redacted]"],"c":1}',
        written,
      )
      t.notMatch(body(`{"${written}":1}`), second, written)
      t.equal(body(`so ${written} it is`), '[redacted]', written)
    }
    for (const written of [encodeURIComponent(text), encodeURIComponent(encodeURIComponent(text))]) {
      t.equal(body(`a=${written}&b=c`, form), 'a=[redacted]&b=c', written)
      t.equal(redaction().url(`/x?a=${written}&b=c`), '/x?a=[redacted]&b=c', written)
      t.notMatch(redaction().url(`/x/${written}/y`), second, written)
    }
  }
  const all = redaction()
  all.message({ headers: ['x-data', 'see https://joe:Abcd-1234@example.com and Bearer Efgh+5678==.'], body: null })
  all.message({ headers: ['authorization', `Basic ${Buffer.from('joe:pa:ü-w"123').toString('base64')}`], body: null })
  t.equal(all.text('Abcd-1234, Efgh+5678==, pa:ü-w"123, joe'), '[redacted], [redacted], [redacted], joe')
})

t.test('what only sounds like it tells of no secret', async (t) => {
  for (const text of [
    'Bearer token is missing.',
    'Bearer realm=\\"api\\", error=\\"invalid_token\\"',
    'Basic authentication, see https://example.com/docs?by=a@example.com',
    'Send Authorization: Bearer <token>.',
    'Invalid token: expired.',
    'ssh://git@example.com/a.git',
    'a=b: c',
  ])
    t.equal(body(`{"message":"${text}"}`), `{"message":"${text}"}`)
  t.equal(header('www-authenticate', 'Bearer realm="api", error="x"'), 'Bearer realm="api", error="x"')
  t.equal(header('accept', 'text/html;q=0.9'), 'text/html;q=0.9')
})

t.test('names of second factors, assertions and numbered passwords are those of secrets', async (t) => {
  for (const name of [
    ...[
      'X-2FA-Code',
      'user2FACode',
      '2fa_code',
      'assertion',
      'SAMLResponse',
      'client_assertion',
      'pinCode',
      'pin_code',
    ],
    ...['userpass', 'dbPass', 'pass1', 'pass2', 'pin2', 'secretkey', 'tokenvalue'],
  ])
    t.equal(body(`{"${name}":"hunter2"}`), `{"${name}":"[redacted]"}`)
  for (const name of [
    ...['token_exp', 'tokenizer', 'tokenization', 'tokenised', 'tokenomics', 'secretary', 'secretion', 'secretive'],
    ...['cookieless', 'cookie_consent', 'client_assertion_type', 'bypass', 'spin', 'compass2'],
  ])
    t.equal(body(`{"${name}":"hunter2"}`), `{"${name}":"hunter2"}`)
})

t.test('what follows the name of a secret in a path is one, unless it is a word or one of many', async (t) => {
  for (const [sent, shown] of [
    ['/reset-password/hunter2', '/reset-password/[redacted]'],
    ['/api/Token/HUNTER/confirm', '/api/Token/[redacted]/confirm'],
    ['/token//1234', '/token//[redacted]'],
    ['/t%256Fken/%31234', '/t%256Fken/[redacted]'],
    ['/password/reset/a1b2', '/password/reset/[redacted]'],
    ['/password-reset/a1b2', '/password-reset/[redacted]'],
    ['/pass/a1b2;x=y?z', '/pass/[redacted]?z'],
    ['/reset/17', '/reset/17'],
    ['/oauth/token', '/oauth/token'],
    ['/password/email', '/password/email'],
    ['/auth/token/renew', '/auth/token/renew'],
    ['/auth/refresh_token/sign-in', '/auth/refresh_token/sign-in'],
    ['/auth/getUserSettings', '/auth/getUserSettings'],
    ['/auth/v2/2fa/login.php', '/auth/v2/2fa/login.php'],
    ['/tokens/17', '/tokens/17'],
    ['/api-keys/2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101', '/api-keys/2c9e4b70-5d1f-4f86-a3b8-0e6d7c5a9101'],
    ['/token_type/17', '/token_type/17'],
  ] as const) {
    t.equal(redaction().url(sent), shown)
    t.equal(pathShown(sent, { secrets: [] }), shown, 'in a log')
    t.strictSame(redaction().facts({ path: sent }), { path: shown }, 'in facts')
  }
})

t.test('however many secrets there are, none is shown elsewhere', async (t) => {
  const shownOf = (secrets: readonly string[], text: string) => {
    const all = redaction()
    all.message({ headers: json, body: Buffer.from(JSON.stringify(secrets.map((password) => ({ password })))) })
    return all.text(text)
  }
  const unlike = Array.from({ length: 60_000 }, (_, n) => `${n}-hunter-${n}`)
  t.equal(shownOf(unlike, unlike.join(' ')), unlike.map(() => '[redacted]').join(' '))
  t.equal(shownOf(unlike, '7-hunter-8 60000-hunter-60000'), '7-hunter-8 60000-hunter-60000')
  // So many begin alike that they are not told apart: more is hidden than has to be.
  const like = Array.from({ length: 60_000 }, (_, n) => `hunter2-${n}`)
  t.notMatch(shownOf(like, like.join(' ')), /hunter|\d/)
  const uneven = [...like.slice(0, 20), `hunter2-${'x'.repeat(100)}`]
  t.equal(shownOf(uneven, `${like[3]} ${'.'.repeat(85)} ${like[4]}`), '[redacted]')
  t.equal(shownOf(['Abcd-1234', '1234-Efgh'], 'Abcd-1234-Efgh!'), '[redacted]!', 'they may overlap')
  t.equal(shownOf(like.slice(0, 16), `${like[3]}, hunter2-x`), '[redacted], hunter2-x')
  t.equal(shownOf(like.slice(0, 17), `${like[3]}, hunter2-x`), '[redacted] [redacted]')
})

t.test('the beginning of a long secret is hidden as far as it goes', async (t) => {
  const long = 'Abcdefgh'.repeat(20)
  const all = redaction()
  all.message({ headers: ['x-password', long], body: null })
  t.equal(all.text(`${long.slice(0, 100)}?`), '[redacted]?')
  t.equal(all.text(`${long.slice(0, 60)}?`), `${long.slice(0, 60)}?`)
  const digits = redaction()
  digits.message({ headers: ['x-password', '1'.repeat(100)], body: null })
  t.equal(digits.json(`{"a":"x${'1'.repeat(100)}","b":${'2'.repeat(70)}}`), `{"a":"x[redacted]","b":${'2'.repeat(70)}}`)
})
