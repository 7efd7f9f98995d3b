import type { IncomingMessage } from 'node:http'
import type { Transport } from './plane.js'

/**
 * Carries control requests to a server elsewhere. Not by `fetch`, which goes to no port that another protocol is known
 * by, such as 5060 of SIP.
 */
export const overHttp =
  (url: string): Transport =>
  async ({ path, body, ...options }) => {
    const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http')
    const answer = await new Promise<IncomingMessage>((answered, failed) => {
      // It stays for what follows the answer: a server need not read to the end what it refuses.
      request(url + path, options, answered)
        .on('error', failed)
        .end(body)
    })
    return { status: answer.statusCode ?? 0, body: answer }
  }
