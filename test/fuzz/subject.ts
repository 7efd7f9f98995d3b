import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyBaseLogger, FastifyInstance, InjectOptions } from 'fastify'
import { buildApp } from '../../src/app.js'
import { documentsOf, type VendorDocument } from '../../src/control/documents.js'
import { Clock } from '../../src/core/clock.js'
import { select } from '../../src/http/select.js'
import { vendors } from '../../src/vendors/registry.js'
import { nonconformity } from '../support/conform.js'
import { cheapFixtures, start } from '../support/emulate.js'
import { lastingFolder } from '../support/folder.js'

/** Every vendor in every profile. */
export const targets: readonly VendorDocument[] = vendors.flatMap(documentsOf)

export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly address?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly text: string
}

/** One vendor in one profile, alone on a server of its own. */
export interface Subject {
  readonly app: FastifyInstance
  readonly target: VendorDocument
  /** Another object after each reset. */
  readonly era: object
  /** Sends a request as a client would. Throws where the answer is one that no vendor may give. */
  send(request: Sent): Promise<Answer>
  /** The answer of the control plane, as JSON; throws where it is a refusal. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer is walked through as it comes
  control(method: string, path: string, body?: object): Promise<any>
  /** Code of the refusal behind an answer; `null`: it is none. */
  refusalOf(answer: Answer): Promise<string | null>
  /** The same, of a refusal that the journal explains. Throws where it does not. */
  explained(answer: Answer): Promise<string | null>
  /** Puts the worlds back to their beginning, and the clock to `start`. */
  reset(): Promise<void>
}

/** The fixture of a target; the vendor's cheap one, in the profile, and with what else is set. */
function fixtureFor({ vendor, profile }: VendorDocument, settings: object): string {
  const file = `${vendor.name}.json`
  const fixture = JSON.parse(readFileSync(join(cheapFixtures(), file), 'utf8'))
  fixture.settings = { ...fixture.settings, ...(profile !== undefined && { profile }), ...settings }
  return lastingFolder({ [file]: JSON.stringify(fixture) })
}

/** A log that keeps what it is told of errors, which Fastify and the emulator report before they answer. */
function errorLog(errors: string[]): FastifyBaseLogger {
  const quiet = () => undefined
  const error = (reason: unknown) => {
    errors.push(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason))
  }
  const log = { level: 'error', silent: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error }
  const whole = { ...log, fatal: error, child: () => whole }
  return whole
}

/** What no answer may have, whatever its document declares. */
function offence({ headers, text }: Answer): string | null {
  if (/"statusCode":\d+/.test(text)) return 'Fastify’s own error body'
  if (/\n\s+at .*:\d+:\d+|node_modules|node:internal/.test(text)) return 'a stack trace'
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`))
  if (lines.some((line) => /[\r\n\0]/.test(line))) return 'a header of several lines'
  if ('x-injected' in headers) return 'a header that the request brought along'
  return null
}

/** What of an answer its document does not allow. */
function undeclared({ name, vendor }: VendorDocument, request: Sent, answer: Answer): string | null {
  const { method, headers = {} } = request
  const { status, text } = answer
  if (!('x-understudy-request' in answer.headers)) {
    // It was the emulator itself that answered: no world, or no vendor, is meant.
    const said = method === 'HEAD' ? text === '' : /^\{"error":\{"code":"/.test(text)
    return status < 500 && said ? null : `the control plane’s ${status}: ${text}`
  }
  if (method === 'OPTIONS' && 'access-control-allow-origin' in answer.headers) return null
  const { pathname, search } = new URL(request.url.replace(/^\/\//, 'http://localhost//'), 'http://localhost')
  const placed = select({ url: pathname + search, headers: { host: 'localhost', ...headers } }, [vendor], () => [])
  return nonconformity(name, {
    method,
    path: placed.url.slice(vendor.name.length + 1).split('?', 1)[0] ?? '',
    status,
    contentType: String(answer.headers['content-type'] ?? ''),
    text,
    evidence: String(answer.headers['x-understudy-evidence']),
  })
}

/** A server of one vendor, which may be another object than the target's; whoever asks for it closes it. */
export async function subject(
  target: VendorDocument,
  { vendor = target.vendor, settings = {} } = {},
): Promise<Subject> {
  const errors: string[] = []
  const frozen = () => {
    const clock = new Clock()
    clock.freeze(start)
    return clock
  }
  const app = await buildApp({
    seed: 1,
    vendors: [vendor],
    fixtures: fixtureFor(target, settings),
    clock: frozen,
    // What a trial asks of the journal, it asks at once.
    journal: 10,
    logger: errorLog(errors),
  })
  await app.ready()

  const inject = async ({ method, url, headers = {}, body, address = '127.0.0.1' }: Sent): Promise<Answer> => {
    const {
      statusCode,
      headers: answered,
      payload,
    } = await app.inject({
      // `inject` knows no QUERY by type, but sends it.
      method: method as NonNullable<InjectOptions['method']>,
      url,
      headers,
      remoteAddress: address,
      ...(body !== undefined && { payload: body }),
    })
    return { status: statusCode, headers: answered, text: payload }
  }
  const control: Subject['control'] = async (method, path, body) => {
    const headers = body && { 'content-type': 'application/json' }
    const { status, text } = await inject({
      method,
      url: `/_understudy${path}`,
      ...(headers && { headers, body: JSON.stringify(body) }),
    })
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
  let era = {}
  return {
    app,
    target,
    get era() {
      return era
    },
    control,
    send: async (request) => {
      errors.length = 0
      const answer = await inject(request)
      const wrong = errors[0] ?? offence(answer) ?? undeclared(target, request, answer)
      if (wrong) throw new Error(wrong)
      return answer
    },
    refusalOf: async ({ headers }) => {
      const { items } = await control('GET', '/requests')
      const asked = items.find(({ id }: { id: string }) => id === headers['x-understudy-request'])
      if (!asked) throw new Error('the journal does not know the request')
      return asked.refusal?.code ?? null
    },
    explained: async ({ headers }) => {
      const { refusal, why } = await control('GET', `/requests/${headers['x-understudy-request']}`)
      if (refusal && !why) throw new Error(`nobody says why: ${refusal.code}`)
      return refusal?.code ?? null
    },
    reset: async () => {
      era = {}
      for (const { name } of (await control('GET', '/worlds')).items) {
        if (name !== 'default') await control('DELETE', `/worlds/${name}`)
      }
      await control('POST', '/reset')
      await control('POST', '/clock/freeze', { at: new Date(start).toISOString() })
    },
  }
}
