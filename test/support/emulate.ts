import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { type AppOptions, buildApp } from '../../src/app.js'
import { documentsOf } from '../../src/control/documents.js'
import { Clock } from '../../src/core/clock.js'
import { select } from '../../src/http/select.js'
import { vendors } from '../../src/vendors/registry.js'
import { nonconformity } from './conform.js'
import { folderOf, lastingFolder } from './folder.js'

/** Every test begins at this instant and stays there until it moves the clock. */
export const start = Date.parse('2026-01-01T00:00:00Z')

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly text: string
  /** The body read as JSON; throws where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects by comparing
  readonly json: any
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON, a string or a buffer as it is. */
  readonly body?: object | string | Buffer
  readonly query?: Readonly<Record<string, string>>
  readonly remoteAddress?: string
}

export interface Emulator {
  readonly app: FastifyInstance
  /** The clock of the default world, frozen at `start`. */
  readonly clock: Clock
  ask(method: string, url: string, ask?: Ask): Promise<Answer>
  get(url: string, ask?: Ask): Promise<Answer>
  post(url: string, ask?: Ask): Promise<Answer>
  /** Changes settings of a vendor in the default world. */
  set(vendor: string, settings: object): Promise<void>
}

const shipped = resolve('fixtures')
let cheap: string | undefined

/** The shipped fixtures with passwords that are hashed at cost 4. */
export function cheapFixtures(): string {
  if (cheap) return cheap
  const folder = lastingFolder()
  for (const file of readdirSync(shipped).filter((name) => name.endsWith('.json'))) {
    const fixture = JSON.parse(readFileSync(join(shipped, file), 'utf8'))
    fixture.settings = { ...fixture.settings, passwordCost: 4 }
    if (fixture.signingKey) fixture.signingKey = join(shipped, fixture.signingKey)
    for (const account of fixture.accounts) delete account.passwordHash
    writeFileSync(join(folder, file), JSON.stringify(fixture))
  }
  cheap = folder
  return folder
}

let areKept = false

/** From now on every server of this process keeps its worlds, each server in a folder of its own. */
export function keepWorlds(): void {
  areKept = true
}

/** Where a server of the test keeps its worlds, if it does. */
export const kept = (t: Test): Pick<AppOptions, 'data'> => (areKept ? { data: folderOf(t) } : {})

/** Settings under which answers have another form than in the documents, which show the defaults. */
const reshaping = ['failureStatus', 'ignoreDefaultValues', 'loginBody', 'legacyExpiredBody']

/** The OpenAPI document of the profile that a vendor has in a world at this moment. */
async function documentOf(app: FastifyInstance, world: string, name: string): Promise<string> {
  const documents = vendors.filter((vendor) => vendor.name === name).flatMap(documentsOf)
  if (documents.length === 1) return name
  const { statusCode, payload } = await app.inject({ url: `/@${world}/_understudy/settings/${name}` })
  // Behind a control token nobody changes a profile here.
  const profile = statusCode === 200 ? JSON.parse(payload).profile : documents[0]?.profile
  return documents.find((document) => document.profile === profile)?.name ?? name
}

/** What of a vendor's answer its OpenAPI document does not allow. */
async function held(
  app: FastifyInstance,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  response: LightMyRequestResponse,
  reshaped: ReadonlySet<string>,
): Promise<string | null> {
  const placed = select({ url, headers: { host: 'localhost', ...headers } }, vendors, () => [])
  const byVendor = placed.vendor !== null && !reshaped.has(placed.vendor) && 'x-understudy-request' in response.headers
  const preflight = method === 'OPTIONS' && 'access-control-allow-origin' in response.headers
  if (placed.vendor === null || !byVendor || preflight) return null
  return nonconformity(await documentOf(app, placed.world, placed.vendor), {
    method,
    path: placed.url.slice(placed.vendor.length + 1).split('?', 1)[0] ?? '',
    status: response.statusCode,
    contentType: String(response.headers['content-type'] ?? ''),
    text: response.payload,
    evidence: String(response.headers['x-understudy-evidence']),
  })
}

/**
 * A server of the test's own, closed with the test: accounts of the shipped fixtures, a frozen clock, seed 1. Every
 * answer of a vendor is held against the OpenAPI document of the profile that the vendor has in its world.
 */
export async function emulate(t: Test, options: AppOptions = {}): Promise<Emulator> {
  const clock = new Clock()
  clock.freeze(start)
  const app = await buildApp({ seed: 1, fixtures: cheapFixtures(), clock: () => clock, ...kept(t), ...options })
  t.teardown(() => app.close())
  await app.ready()

  const reshaped = new Set<string>()
  const ask = async (method: string, url: string, { headers = {}, body, ...rest }: Ask = {}): Promise<Answer> => {
    const isObject = typeof body === 'object' && !Buffer.isBuffer(body)
    const response = await app.inject({
      method: method as NonNullable<InjectOptions['method']>,
      url,
      headers: { ...(isObject && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { payload: isObject ? JSON.stringify(body) : body }),
      ...rest,
    })
    // What is said in place of an answer that was kept back is no vendor's.
    const isWithheld = options.strictEvidence !== undefined && response.statusCode === 501
    const wrong = isWithheld ? null : await held(app, method, url, headers, response, reshaped)
    if (wrong) throw new Error(wrong)
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.payload,
      get json() {
        return JSON.parse(response.payload)
      },
    }
  }
  return {
    app,
    clock,
    ask,
    get: (url, options) => ask('GET', url, options),
    post: (url, options) => ask('POST', url, options),
    set: async (vendor, settings) => {
      const { status, text } = await ask('PATCH', `/_understudy/settings/${vendor}`, { body: settings })
      if (status !== 200) throw new Error(text)
      if (Object.keys(settings).some((setting) => reshaping.includes(setting))) reshaped.add(vendor)
    },
  }
}
