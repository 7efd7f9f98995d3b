import fc from 'fast-check'
import t from 'tap'
import { Redaction } from '../../src/core/redaction.js'

const redaction = (operation: string | null = 'login') =>
  new Redaction(['password', 'clientSecret', 'api_key', 'makeKey.result'], operation)

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
  t.equal(redaction().url('/password=x'), '/password=x', 'a path is no query')
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
  const rest = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }))
  fc.assert(
    fc.property(rest, rest, fc.integer({ min: 0, max: 4 }), (outer, inner, indent) => {
      const value = { ...outer, inner: [{ ...inner, password: secret }], end: 1 }
      const shown = String(body(JSON.stringify(value, null, indent)))
      const expected = { ...outer, inner: [{ ...inner, password: '[redacted]' }], end: 1 }
      for (const name of Object.keys({ ...outer, ...inner })) {
        if (/^(password|clientsecret|api_key)$/i.test(name)) return !shown.includes(secret)
      }
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
  const bare = new Redaction([], null)
  t.equal(
    bare.url('/x?access_token=a&client_secret=b&refresh_token=c&d=e'),
    '/x?access_token=[redacted]&client_secret=[redacted]&refresh_token=[redacted]&d=e',
  )
  const wide = Buffer.from('{"password":"hunter2"}', 'utf16le')
  t.equal(String(bare.message({ headers: json, body: wide }).body), '[redacted]')
})
