import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { type Effort, hunt } from './campaign.js'
import { type Described, membersOf, operationsOf } from './document.js'
import type { Sent, Subject } from './subject.js'
import { cut, encoded, wellFormed, words } from './words.js'

const methods = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'QUERY']
const mediaTypes = [
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/json; charset=utf-16',
  'application/json-patch+json',
  'application/problem+json',
  'text/json',
  'text/plain',
  'application/xml',
  'application/octet-stream',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/x-www-form-urlencoded; charset=latin1',
  'application/json, text/html',
  'nonsense',
  '',
]

/** Every text in a JSON value. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

/** What a header can hold behind an HTTP parser. */
const headerText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => (code === 0x7f ? '\t' : String.fromCharCode(code))),
})

const tails = ['/', '//', '/.', '/..', ';x', '%2f', '%00', '%', '%zz', '%0d%0ax-injected:%201', '/é']
/** Method and path of an operation, its parameters filled in, and now and then bent. */
function lineOf(operations: readonly Described[], segment: fc.Arbitrary<string>) {
  const plain = fc
    .tuple(fc.constantFrom(...operations), fc.array(segment, { minLength: 2, maxLength: 2 }))
    .map(([{ method, path }, values]) => ({
      method,
      path: values.reduce((at, value) => at.replace(/\{\w+\}/, () => encoded(value)), path),
    }))
  const tail = fc.oneof(fc.webPath(), fc.constantFrom(...tails))
  return fc.oneof(
    { weight: 10, arbitrary: plain },
    {
      weight: 3,
      arbitrary: fc.tuple(plain, fc.constantFrom(...methods)).map(([{ path }, method]) => ({ method, path })),
    },
    { weight: 1, arbitrary: fc.tuple(plain, tail).map(([{ method, path }, end]) => ({ method, path: path + end })) },
    { weight: 1, arbitrary: plain.map(({ method, path }) => ({ method, path: path.toUpperCase() })) },
    {
      weight: 1,
      arbitrary: fc.tuple(plain, fc.nat(20)).map(([{ method, path }, at]) => ({ method, path: percent(path, at) })),
    },
    { weight: 1, arbitrary: fc.record({ method: fc.constantFrom(...methods), path: fc.webPath() }) },
  )
}

/** The path with one letter written as its code. */
const percent = (path: string, at: number): string =>
  path.replace(/[a-z]/g, (letter, offset: number) => (offset === at ? `%${letter.charCodeAt(0).toString(16)}` : letter))

/** A credential that is good, for each kind of token that the vendor has, and the texts of these tokens. */
async function credentials({ control, target }: Subject): Promise<{ headers: [string, string][]; texts: string[] }> {
  const { name, tokens } = target.vendor
  const { items } = await control('GET', `/accounts?vendor=${name}`)
  const headers: [string, string][] = []
  const texts: string[] = []
  for (const { name: kind } of tokens.kinds) {
    const { token, present } = await control('POST', '/tokens', { vendor: name, account: items[0].id, kind })
    texts.push(token)
    headers.push(...Object.entries<string>(present ?? {}))
  }
  return { headers, texts }
}

/** Any request to a vendor. */
function requests({ target }: Subject, good: Awaited<ReturnType<typeof credentials>>): fc.Arbitrary<Sent> {
  const { vendor, name: document } = target
  const operations = operationsOf(document)
  const names = operations.flatMap(({ parameters, body }) => [
    ...parameters.map(({ name }) => name),
    ...membersOf(body),
  ])
  const known = textsOf(JSON.parse(readFileSync(`fixtures/${vendor.name}.json`, 'utf8')))
  const { name, text, nested, form, multipart } = words(known, [...new Set(names), 'token'], good.texts)

  const place = fc.oneof(
    { weight: 12, arbitrary: fc.constant({ prefix: `/${vendor.name}`, headers: {} }) },
    { weight: 1, arbitrary: fc.constant({ prefix: `/@w7/${vendor.name}`, headers: {} }) },
    { weight: 1, arbitrary: fc.constant({ prefix: '', headers: { host: `${vendor.name}.localhost:4555` } }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('w7', 'W7', '', '../x', 'x'.repeat(64)).map((world) => ({
        prefix: `/${vendor.name}`,
        headers: { 'x-understudy-world': world },
      })),
    },
  )
  const query = fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 3, arbitrary: form.map((fields) => `?${fields}`) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((raw) => `?${wellFormed(raw).replaceAll('#', '')}`) },
  )
  const scheme = fc.constantFrom(
    'Bearer ',
    'bearer ',
    'BEARER',
    'Basic ',
    'Bearer  ',
    'Token ',
    'Bearer\t',
    'x Bearer ',
  )
  const authorization = fc.oneof(
    headerText,
    fc
      .tuple(scheme, fc.oneof(headerText, fc.constantFrom(...good.texts, 'eyJhbGciOiJub25lIn0.e30.', 'a.b.c', '..')))
      .map((parts) => parts.join('')),
  )
  const header = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...good.headers) },
    { weight: 2, arbitrary: authorization.map((value): [string, string] => ['authorization', value]) },
    {
      weight: 2,
      arbitrary: fc.tuple(
        fc.constantFrom(
          'cookie',
          'x-api-key',
          'accept',
          'origin',
          'access-control-request-headers',
          'content-encoding',
          'x-forwarded-for',
          'x-http-method-override',
          'if-none-match',
          'range',
          'referer',
        ),
        fc.oneof(headerText, fc.constantFrom('http://localhost:3000', 'gzip', 'null', 'POST', 'DELETE', 'text/html')),
      ),
    },
    { weight: 1, arbitrary: fc.constant<[string, string]>(['access-control-request-method', 'POST']) },
  )
  const declared = operations.flatMap(({ mediaTypes: own }) => own.map((type) => type.replace('*', 'vnd.example')))
  const jsonTypes = ['application/json', ...declared.filter((type) => type.includes('json'))]
  const typed = (type: fc.Arbitrary<string | undefined>, body: fc.Arbitrary<string | Buffer>) =>
    fc.record({ type, body })
  const mediaType = fc.oneof(fc.constantFrom(undefined, 'application/json', ...declared, ...mediaTypes), headerText)
  const anything = fc.oneof(
    fc.oneof(nested, form, multipart, text, name),
    fc.oneof(cut(nested), cut(multipart), cut(form)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(''),
  )
  const content = fc.oneof(
    { weight: 5, arbitrary: typed(fc.constantFrom(...jsonTypes), nested) },
    { weight: 3, arbitrary: typed(fc.constant('application/x-www-form-urlencoded'), form) },
    { weight: 1, arbitrary: typed(fc.constant('multipart/form-data; boundary=x'), multipart) },
    { weight: 4, arbitrary: typed(mediaType, anything) },
  )
  const segment = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: text })
  const shape = {
    place,
    line: lineOf(operations, segment),
    query,
    content,
    headers: fc.array(header, { maxLength: 3 }),
  }
  return fc
    .record(shape)
    .map(({ place: { prefix, headers: placing }, line, query, content: { type, body }, headers }) => ({
      method: line.method,
      url: `${prefix}${line.path}${query}` || '/',
      headers: {
        ...(type !== undefined && { 'content-type': type }),
        ...Object.fromEntries(headers),
        ...placing,
      },
      ...(line.method !== 'HEAD' && { body }),
    }))
}

/** Beyond what is read of a body; so seldom that it costs nothing. */
const tooLarge = 'x'.repeat(1_048_577)

/** Arbitrary requests, a part of them with good credentials: what is wrong with the answers. */
export async function huntByChance(subject: Subject, effort: Effort): Promise<string | null> {
  await subject.reset()
  const good = await credentials(subject)
  let turn = 0
  return hunt({
    prey: requests(subject, good),
    trial: async (request) => {
      turn += 1
      if (turn % 500 === 0) {
        await subject.reset()
        // The same again, as the same world draws the same.
        await credentials(subject)
      }
      const address = `10.${(turn >> 16) & 255}.${(turn >> 8) & 255}.${turn & 255}`
      const body = turn % 997 === 0 && request.method !== 'HEAD' ? { body: tooLarge } : {}
      await subject.send({ ...request, ...body, address })
    },
    ...effort,
  })
}
