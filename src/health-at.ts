import { overHttp } from './client/http.js'
import { Plane } from './client/plane.js'
import type { ServerHealth } from './client/understudy.js'

/** How long a server may take to answer, in milliseconds. */
const patience = 2000

/** What the server at a base URL, or a world's there, says of itself; `undefined` where no Understudy answers in time. */
export async function findHealthAt(url: string): Promise<Partial<ServerHealth> | undefined> {
  const signal = AbortSignal.timeout(patience)
  const send = overHttp(url)
  const closed = new AbortController().signal
  const plane = new Plane({ url, closed, transport: (request) => send({ ...request, signal }) })
  const answer = await plane.get<Partial<ServerHealth> | null>('/health').catch(() => null)
  return answer?.name === 'understudy' ? answer : undefined
}
