import { connect } from 'node:net'
import fc from 'fast-check'
import { type Effort, hunt } from './campaign.js'
import { operationsOf } from './document.js'
import type { Subject } from './subject.js'
import { injection } from './words.js'

/** Bytes of a request as no client of good manners would write them. */
function messages({ target }: Subject): fc.Arbitrary<string> {
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
  const junk = fc.string({ unit: byte, maxLength: 20 })
  const breaks = fc.constantFrom(
    injection,
    '\nx-injected: 1',
    '\rx-injected: 1',
    '\r\n\r\n',
    '\0',
    '\r\n folded',
    `%0d%0a${injection.trim()}`,
  )
  const odd = fc.oneof(
    junk,
    breaks,
    fc.tuple(junk, breaks, junk).map((parts) => parts.join('')),
  )
  const line = fc.constantFrom(...operationsOf(target.name)).map(({ method, path }) => ({
    method,
    path: `/${target.vendor.name}${path.replace(/\{\w+\}/g, 'acme')}`,
  }))
  const name = fc.constantFrom(
    'Authorization',
    'Cookie',
    'X-Api-Key',
    'Origin',
    'Host',
    'Content-Type',
    'X-Understudy-World',
  )
  const header = fc.tuple(name, odd).map(([key, value]) => `${key}: ${value}`)
  return fc
    .record({
      line,
      path: fc.option(odd),
      query: fc.option(odd),
      headers: fc.array(header, { maxLength: 3 }),
      // A length that is not that of the body; or none.
      length: fc.option(fc.oneof(fc.nat(40), fc.constantFrom(-1, 1e21))),
      body: fc.option(odd),
    })
    .map(({ line: { method, path }, path: tail, query, headers, length, body }) =>
      [
        `${method} ${path}${tail === null ? '' : `/${tail}`}${query === null ? '' : `?${query}`} HTTP/1.1`,
        'Host: localhost',
        ...headers,
        ...(length === null ? [] : [`Content-Length: ${length}`]),
        'Connection: close',
        '',
        body ?? '',
      ].join('\r\n'),
    )
}

/** Everything that the server says to these bytes until it hangs up. */
const say = (port: number, message: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let heard = ''
    const socket = connect(port, '127.0.0.1', () => socket.end(Buffer.from(message, 'latin1')))
    socket.setEncoding('latin1')
    socket.on('data', (part: string) => {
      heard += part
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
  })

/** What is wrong with answers as they came over the wire: one after the other, each as long as it says. */
function misspoken(heard: string): string | null {
  let rest = heard
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    const [status = '', ...headers] = rest.slice(0, end).split('\r\n')
    if (end < 0 || !/^HTTP\/1\.1 [1-4]\d\d [\w -]+$/.test(status)) return 'no answer in HTTP, or a 5xx'
    if (headers.some((line) => !/^[\w-]+: [^\r\n\0]*$/.test(line))) return 'a line that is no header'
    if (headers.some((line) => /^x-injected/i.test(line))) return 'a header that the request brought along'
    const length = headers.find((line) => /^content-length:/i.test(line))?.slice('content-length:'.length) ?? '0'
    rest = rest.slice(end + 4 + Number(length))
  }
  return null
}

/** Requests over a socket with whatever bytes: what is wrong with the bytes that come back. */
export async function huntOnTheWire(subject: Subject, effort: Effort): Promise<string | null> {
  await subject.app.listen({ port: 0, host: '127.0.0.1' })
  const address = subject.app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return hunt({
    prey: messages(subject),
    trial: async (message) => {
      const heard = await say(port, message)
      const wrong = misspoken(heard)
      if (wrong) throw new Error(`${wrong}: ${JSON.stringify(heard)}`)
    },
    ...effort,
  })
}
