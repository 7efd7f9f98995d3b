import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { buildApp } from '../../src/app.js'
import type { Understudy } from '../../src/client/understudy.js'
import type { World } from '../../src/client/world.js'
import { connectUnderstudy, createUnderstudy } from '../../src/create.js'
import { cheapFixtures } from './emulate.js'

/** What the client must do, whichever way it reaches the server. */
export interface Rule {
  readonly title: string
  check(t: Test, world: World, understudy: Understudy): Promise<void>
}

export const rule = (title: string, check: Rule['check']): Rule => ({ title, check })

/** An HTTP server elsewhere, as far as this process lets it be. */
export async function serve(t: Test, watch: (app: FastifyInstance) => void = () => {}) {
  const app = await buildApp({ seed: 1, fixtures: cheapFixtures(), forceCloseConnections: true })
  watch(app)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  return { app, url }
}

export const inProcess = (): Promise<Understudy> => createUnderstudy({ seed: 1, fixtures: cheapFixtures() })

/** A server that does not listen, and that this process reaches as if it did, until the test ends. */
export async function unheard(t: Test): Promise<Understudy> {
  const understudy = await createUnderstudy({ listen: false, seed: 1, fixtures: cheapFixtures() })
  const before = getGlobalDispatcher()
  setGlobalDispatcher(await understudy.dispatcher())
  t.teardown(() => setGlobalDispatcher(before))
  return understudy
}

export const overHttp = async (t: Test, watch?: (app: FastifyInstance) => void): Promise<Understudy> =>
  connectUnderstudy((await serve(t, watch)).url)

const john = { username: 'john.doe', password: 'john.doe.password' }

/** A client under test: what logs in to Tavio, uses the token and renews it. */
export const tavio = (base: string) => {
  const ask = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    fetch(`${base}/v1/acme${path}`, { method, headers, ...(body !== undefined && { body }) })
  return {
    login: async (login: object = john): Promise<{ status: number; token: string; id: string }> => {
      const response = await ask('POST', '/auth/login', { 'content-type': 'application/json' }, JSON.stringify(login))
      const { token = '' }: { token?: string } = JSON.parse(await response.text())
      return { status: response.status, token, id: response.headers.get('x-understudy-request') ?? '' }
    },
    me: async (token: string): Promise<number> =>
      (await ask('GET', '/me', { authorization: `Bearer ${token}` })).status,
    renew: async (token: string): Promise<number> =>
      (await ask('POST', '/auth/token/renew', { authorization: `Bearer ${token}` })).status,
  }
}
