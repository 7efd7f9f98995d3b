/**
 * The limit: what three vendors do at a login and at a read, in plain `node:http`, each thing that the answer needs
 * asked of the store once. It signs, verifies, keeps and answers what the product does, and can do nothing else.
 */
import { createServer } from 'node:http'
import { faveo } from './faveo.js'
import { openJournal } from './journal.js'
import { openStore } from './store.js'
import { tavio } from './tavio.js'
import { thiio } from './thiio.js'

const nothing = Buffer.alloc(0)

/** Not yet listening. @param {Buffer} bytes a serialised world, seeded by the product */
export function floor(bytes) {
  const store = openStore(bytes)
  const journal = openJournal()
  const vendors = { tavio: tavio(store), faveo: faveo(store), thiio: thiio(store) }

  function answer(request, response, body) {
    const from = performance.now()
    const { method, url, headers } = request
    const path = url.split('?', 1)[0]
    const number = store.next('', 'request')
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
      response.writeHead(status, sent).end(text)
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

  const server = createServer((request, response) => {
    if (request.method === 'GET') return answer(request, response, nothing)
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => answer(request, response, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
  })
  server.keepAliveTimeout = 72_000
  server.on('close', () => store.close())
  return server
}
