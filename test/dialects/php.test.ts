import t from 'tap'
import { isEmail } from '../../src/dialects/php-filter.js'
import {
  parseForm,
  parseJsonObject,
  parseMultipart,
  phpUrlDecode,
  queryOf,
  textOf,
} from '../../src/dialects/php-input.js'
import { phpJson, phpPrettyJson } from '../../src/dialects/php-json.js'
import { phpJsonDecode } from '../../src/dialects/php-json-decode.js'

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

t.test('json_encode escapes slashes and everything beyond ASCII', async (t) => {
  const rows: [unknown, string][] = [
    [{ a: 'http://x/y' }, '{"a":"http:\\/\\/x\\/y"}'],
    ['é', '"\\u00e9"'],
    ['€', '"\\u20ac"'],
    ['😀', '"\\ud83d\\ude00"'],
    ['\u2028\u007f', '"\\u2028\u007f"'],
    ['"\\\b\f\n\r\t\u001f', '"\\"\\\\\\b\\f\\n\\r\\t\\u001f"'],
    [[1, true, null, {}, []], '[1,true,null,{},[]]'],
  ]
  for (const [value, text] of rows) t.equal(phpJson(value), text)
})

t.test('the pretty form has four blanks, plain slashes and escapes beyond ASCII', async (t) => {
  t.equal(
    phpPrettyJson({ message: 'a/é', errors: { x: ['y'] } }),
    [
      '{',
      '    "message": "a/\\u00e9",',
      '    "errors": {',
      '        "x": [',
      '            "y"',
      '        ]',
      '    }',
      '}',
    ].join('\n'),
  )
})

t.test('a form is read as parse_str reads it', async (t) => {
  const rows: [string, unknown][] = [
    ['', {}],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a', { a: '' }],
    ['a=', { a: '' }],
    ['=x', {}],
    ['&&a=1&', { a: '1' }],
    ['a=1=2', { a: '1=2' }],
    ['a=1&a=2', { a: '2' }],
    ['a=%26+%2B', { a: '& +' }],
    ['a=50%', { a: '50%' }],
    ['a=%zz%41', { a: '%zzA' }],
    ['a=%C3%A9%E2%82%AC', { a: 'é€' }],
    ['a.b=1&c d=2&+e=3', { a_b: '1', c_d: '2', e: '3' }],
    ['a[b]=1&a[c]=2', { a: { b: '1', c: '2' } }],
    ['a%5Bb%5D%5Bc%5D=1', { a: { b: { c: '1' } } }],
    ['a[]=x&a[]=y', { a: { 0: 'x', 1: 'y' } }],
    ['a[5]=x&a[]=y', { a: { 5: 'x', 6: 'y' } }],
    ['a=1&a[b]=2', { a: { b: '2' } }],
    ['a[b]=2&a=1', { a: '1' }],
    ['a[b]c=1', { a: { b: '1' } }],
    ['a[b=1', { a_b: '1' }],
    ['[a]=1', {}],
    [`a${'[b]'.repeat(65)}=1`, {}],
  ]
  for (const [form, input] of rows) t.strictSame(plain(parseForm(form)), input, form.slice(0, 30))
})

t.test('no name of a form reaches a prototype', async (t) => {
  const input = parseForm('__proto__=1&constructor=2&a[__proto__][x]=3')
  t.strictSame(Object.entries(input).slice(0, 2), [
    ['__proto__', '1'],
    ['constructor', '2'],
  ])
  t.equal(Object.getOwnPropertyDescriptor(Object.prototype, 'x'), undefined)
  t.equal(parseForm('a=1').toString, undefined)
})

t.test('of more than a thousand variables the first thousand count', async (t) => {
  const input = parseForm(Array.from({ length: 1001 }, (_, n) => `v${n}=1`).join('&'))
  t.equal(Object.keys(input).length, 1000)
  t.equal(input.v1000, undefined)
})

t.test('the query is what follows the first question mark', async (t) => {
  t.strictSame(plain(queryOf('/x')), {})
  t.strictSame(plain(queryOf('/x?a=b?c')), { a: 'b?c' })
})

t.test('urldecode leaves what is no escape as it is', async (t) => {
  t.equal(phpUrlDecode('a+b%20c%2g%'), 'a b c%2g%')
})

t.test('the members of a JSON object are input, of anything else there are none', async (t) => {
  const rows: [string, unknown][] = [
    ['{"a":{"b":[1]},"c":null}', { a: { b: [1] }, c: null }],
    ['{"a":1,"a":2}', { a: 2 }],
    ['', {}],
    ['{', {}],
    ['null', {}],
    ['"x"', {}],
    ['5', {}],
    ['\ufeff{"a":1}', {}],
    ['{"a":"\\ud800"}', {}],
    ['['.repeat(100_000), {}],
  ]
  for (const [text, input] of rows) {
    const bytes = Buffer.from(text)
    t.strictSame(plain(parseJsonObject({ mediaType: '', contentType: '', bytes })), input, text.slice(0, 30))
  }
  const named = parseJsonObject({ mediaType: '', contentType: '', bytes: Buffer.from('{"__proto__":{"x":1}}') })
  t.equal(named.x, undefined)
})

const part = (name: string, value: string, type = '') =>
  `--x\r\nContent-Disposition: form-data${name}${type}\r\n\r\n${value}\r\n`

t.test('a multipart form gives its fields, nested and in the order that counts', async (t) => {
  const contentType = 'multipart/form-data; boundary=x'
  const rows: [string, string, string, unknown][] = [
    ['fields', contentType, `${part('; name="a"', '1')}${part('; name="b[c]"', '2')}--x--`, { a: '1', b: { c: '2' } }],
    ['the last of two', contentType, `${part('; name="a"', '1')}${part('; name="a"', '2')}--x--`, { a: '2' }],
    ['a file', contentType, `${part('; name="f"; filename="f.txt"', 'x')}${part('; name="a"', '1')}--x--`, { a: '1' }],
    ['plain text, not an escaped one', contentType, `${part('; name="a"', '%41+')}--x--`, { a: '%41+' }],
    ['a part without a name', contentType, `${part('', '1')}${part('; name="a"', '1')}--x--`, { a: '1' }],
    ['no boundary', 'multipart/form-data', `${part('; name="a"', '1')}--x--`, {}],
    ['nothing', contentType, '', {}],
    ['no form', contentType, 'username=x', {}],
  ]
  for (const [what, type, body, input] of rows) {
    const read = await parseMultipart({ mediaType: 'multipart/form-data', contentType: type, bytes: Buffer.from(body) })
    t.strictSame(plain(read), input, what)
  }
})

t.test('a multipart form that breaks off gives what came before', async (t) => {
  const bytes = Buffer.from(`${part('; name="a"', '1')}${part('; name="b"', '2')}--x\r\nContent-`)
  const read = await parseMultipart({ mediaType: '', contentType: 'multipart/form-data; boundary=x', bytes })
  t.equal(read.a, '1')
})

t.test(
  'a multipart form that breaks off within a file gives what came before, as one with a whole file does',
  async (t) => {
    const field = part('; name="a"', '1')
    const file = part('; name="f"; filename="f.txt"', 'abc')
    const rows: [string, string, unknown][] = [
      ['a file that breaks off', file.slice(0, -2), {}],
      ['a field, and a file that breaks off', field + file.slice(0, -3), { a: '1' }],
      ['a file, and a second that breaks off', field + file + file.slice(0, -2), { a: '1' }],
      ['a whole file', `${file}--x--`, {}],
      ['a whole file between fields', `${field}${file}${part('; name="b"', '2')}--x--`, { a: '1', b: '2' }],
    ]
    for (const [what, body, input] of rows) {
      const bytes = Buffer.from(body)
      const read = await parseMultipart({ mediaType: '', contentType: 'multipart/form-data; boundary=x', bytes })
      t.strictSame(plain(read), input, what)
    }
  },
)

t.test('a multipart form is answered wherever it breaks off', async (t) => {
  const kinds = ['; name="a"', '; name="f"; filename="f.txt"', '']
  const whole = Buffer.from(`${kinds.map((name) => part(name, 'abc')).join('')}${part('; name="b"', '2')}--x--`)
  for (let length = 0; length <= whole.length; length++) {
    const bytes = whole.subarray(0, length)
    const read = await parseMultipart({ mediaType: '', contentType: 'multipart/form-data; boundary=x', bytes })
    t.ok(read, `after ${length} bytes`)
  }
})

t.test('text is a string or a number, nothing else', async (t) => {
  const rows: [unknown, string | undefined][] = [
    ['x', 'x'],
    ['', ''],
    [5, '5'],
    [1.5, '1.5'],
    [true, undefined],
    [null, undefined],
    [undefined, undefined],
    [['x'], undefined],
    [{ x: 1 }, undefined],
  ]
  for (const [value, text] of rows) t.equal(textOf(value), text)
})

t.test('json_decode names the first thing wrong, as json_last_error_msg() does', async (t) => {
  const syntax = 'Syntax error'
  const control = 'Control character error, possibly incorrectly encoded'
  const utf8 = 'Malformed UTF-8 characters, possibly incorrectly encoded'
  const surrogate = 'Single unpaired high surrogate in Unicode escape'
  const depth = 'Maximum stack depth exceeded'
  const rows: [string | number[], string][] = [
    ['', syntax],
    ['x', syntax],
    ['{"a":}', syntax],
    ['{"a"}', syntax],
    ['{a:1}', syntax],
    ['{"a":1,}', syntax],
    ['[1,]', syntax],
    ['[1}', syntax],
    ['{]', syntax],
    ['{"a":[1]', syntax],
    ['1 2', syntax],
    ['01', syntax],
    [',', syntax],
    ['"\\x"', syntax],
    ['é', syntax],
    ['\ufeff{}', syntax],
    ['['.repeat(512), syntax],
    ['['.repeat(513), depth],
    [`${'['.repeat(513)}${']'.repeat(513)}`, depth],
    [`${'{"a":'.repeat(513)}1${'}'.repeat(513)}x`, depth],
    ['{"iss":"http:\\/\\/x', control],
    ['"a\nb"', control],
    ['\u0001', control],
    ['{"a":"\u0000"}', control],
    ['"é\u0001"', control],
    ['"a\\', syntax],
    [[0x22, 0xff, 0x22], utf8],
    [[0x22, 0xc3, 0x22], utf8],
    [[0x22, 0xed, 0xa0, 0x80, 0x22], utf8],
    [[0x69, 0xb7], syntax],
    [[0xb7, 0x1d], utf8],
    ['"\\ud800"', surrogate],
    ['"\\udc00"', surrogate],
    ['"\\ud800\\u0041"', surrogate],
    ['"\\u12"', surrogate],
  ]
  for (const [text, error] of rows) {
    const bytes = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text)
    t.strictSame(phpJsonDecode(bytes), { error }, JSON.stringify(text).slice(0, 30))
  }
})

t.test('json_decode reads what is JSON', async (t) => {
  for (const value of [null, true, 1.5e3, 'é😀', [], {}, { a: [{ b: 'x/y' }, -1] }]) {
    t.strictSame(phpJsonDecode(Buffer.from(JSON.stringify(value))), { value })
    t.strictSame(phpJsonDecode(Buffer.from(phpJson(value))), { value })
  }
  const deepest = JSON.parse(`${'['.repeat(512)}1${']'.repeat(512)}`)
  t.strictSame(phpJsonDecode(Buffer.from(JSON.stringify(deepest))), { value: deepest })
  t.strictSame(phpJsonDecode(Buffer.from('"\\uD83D\\ude00 \\\\ud800"')), { value: '😀 \\ud800' })
})

t.test('an e-mail address is what PHP’s filter takes for one', async (t) => {
  const rows: [string, boolean][] = [
    ['demoadmin@example.com', true],
    ['DEMO.admin+x@Example.COM', true],
    ["o'neil@sub.example-site.co.uk", true],
    ['a@xn--bcher-kva.example', true],
    ['demoadmin', false],
    ['demoadmin@localhost', false],
    ['demoadmin@example.com ', false],
    ['@example.com', false],
    ['.a@example.com', false],
    ['a..b@example.com', false],
    ['a@-example.com', false],
    ['a@example.1', false],
    ['a@b@example.com', false],
    [`${'a'.repeat(64)}@example.com`, true],
    [`${'a'.repeat(65)}@example.com`, false],
    [`a@${'b'.repeat(64)}.com`, false],
    [`a@${'b.'.repeat(128)}com`, false],
    ['', false],
  ]
  for (const [text, is] of rows) t.equal(isEmail(text), is, text.slice(0, 40))
})
