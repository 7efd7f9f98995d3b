/**
 * The limit: what three vendors do at a login and at a read, in plain `node:http`, each thing that the answer needs
 * asked of the store once. It signs, verifies, keeps and answers what the product does, and can do nothing else.
 */
import { createServer } from 'node:http'
import Fastify from 'fastify'
import { faveo } from './faveo.js'
import { openJournal } from './journal.js'
import { openStore } from './store.js'
import { tavio } from './tavio.js'
import { thiio } from './thiio.js'

const nothing = Buffer.alloc(0)

/** The work itself, whoever serves it. @param {Buffer} bytes a serialised world, seeded by the product */
function working(bytes) {
  const store = openStore(bytes)
  let requests = 0
  const journal = openJournal()
  const vendors = { tavio: tavio(store), faveo: faveo(store), thiio: thiio(store) }

  /** `send` is called with status, headers and body. */
  function answer(request, body, send) {
    const from = performance.now()
    const { method, url, headers } = request
    const path = url.split('?', 1)[0]
    const number = ++requests
    const now = Date.now()
    const route = vendors[path.slice(1, path.indexOf('/', 1))]?.(method, path)
    const end = (answered) => {
      const { vendor = null, operation = null, evidence = null } = route ?? {}
      const status = answered ? 200 : route ? 401 : 404
      const text = answered?.body ?? ''
      const sent = {
        'x-understudy-request': `default-${number}`,
        'content-type': 'application/json',
        ...route?.headers,
        ...(evidence && { 'x-understudy-evidence': evidence }),
        'content-length': Buffer.byteLength(text),
      }
      const account = answered?.account ?? null
      journal.write(number, now, from, request, body, {
        vendor,
        operation,
        evidence,
        account,
        status,
        headers: sent,
        body: text,
      })
      send(status, sent, text)
    }
    if (!route) return end(undefined)
    const asked = {
      domain: route.domain,
      bearer: headers.authorization?.slice(7) ?? '',
      bytes: body,
      now,
      request: `default-${number}`,
      url: `http://${headers.host}${path}`,
    }
    const answered = route.answer(asked)
    if (answered instanceof Promise) return answered.then(end)
    return end(answered)
  }

  return { answer, close: () => store.close() }
}

/** Not yet listening. @param {Buffer} bytes a serialised world, seeded by the product */
export function floor(bytes) {
  const work = working(bytes)
  const server = createServer((request, response) => {
    const send = (status, headers, text) => response.writeHead(status, headers).end(text)
    if (request.method === 'GET') return work.answer(request, nothing, send)
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => work.answer(request, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks), send))
  })
  server.keepAliveTimeout = 72_000
  server.on('close', work.close)
  return server
}

/**
 * The same in Fastify, and nothing more: one route, no hook, no schema, no log. What is missing of it between this and the
 * limit no product in Fastify can have.
 * @param {Buffer} bytes
 */
export async function framed(bytes) {
  const work = working(bytes)
  const app = Fastify({ keepAliveTimeout: 72_000 })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.route({
    method: ['GET', 'POST'],
    url: '/*',
    handler: ({ raw, body = nothing }, reply) => {
      work.answer(raw, body, (status, headers, text) => {
        // A serializer, as Fastify would add a charset to the type of a text.
        const serialized = () => {
          reply.headers(headers)
          return text
        }
        reply.code(status).serializer(serialized).send({})
      })
    },
  })
  await app.ready()
  app.server.on('close', work.close)
  return app.server
}
