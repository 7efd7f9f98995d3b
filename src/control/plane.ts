import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { isFullDisk, toLog } from '../core/full-disk.js'
import { UnusableSnapshot } from '../core/ports.js'
import { TooManyWorlds } from '../core/worlds.js'
import type { Vendor } from '../vendors/vendor.js'
import { accounts } from './accounts.js'
import { authority } from './authority.js'
import { clock } from './clock.js'
import type { Control } from './control.js'
import { docs } from './docs.js'
import { ControlError, errorBody } from './errors.js'
import { faults } from './faults.js'
import { health } from './health.js'
import { strictly } from './input.js'
import { inspect } from './inspect.js'
import { rememberInterventions } from './interventions.js'
import { keys } from './keys.js'
import { metrics } from './metrics.js'
import { openapi } from './openapi.js'
import { outbox } from './outbox.js'
import { protect, readJsonOnly } from './protect.js'
import { refusals } from './refusals.js'
import { requests } from './requests.js'
import { settings } from './settings.js'
import { corruptSnapshot, snapshots } from './snapshots.js'
import { stream } from './stream.js'
import { timers } from './timers.js'
import { tokens } from './tokens.js'
import { vendors } from './vendors.js'
import { verify } from './verify.js'
import { worlds } from './worlds.js'

function asControlError(error: unknown): ControlError | undefined {
  if (error instanceof ControlError) return error
  if (error instanceof UnusableSnapshot) return corruptSnapshot(error)
  if (error instanceof TooManyWorlds) return new ControlError(503, 'too-many-worlds', error.message, { max: error.max })
  if (error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500) {
    const code =
      'code' in error
        ? String(error.code)
            .replace(/^FST_(ERR_)?(CTP_)?/, '')
            .toLowerCase()
            .replaceAll('_', '-')
        : 'bad-request'
    return new ControlError(Number(error.statusCode), code, error.message)
  }
  return undefined
}

/** The nouns that can be controlled, each a file. */
export const nouns = [
  health,
  vendors,
  worlds,
  clock,
  settings,
  outbox,
  faults,
  accounts,
  snapshots,
  requests,
  stream,
  verify,
  metrics,
  tokens,
  inspect,
  keys,
  timers,
  refusals,
  authority,
]

/** What is said where no vendor is asked. */
const nobody = (vendors: readonly Vendor[]): ControlError =>
  new ControlError(404, 'unknown-vendor', 'no vendor answers here; put its name before the path', {
    vendors: vendors.map(({ name }) => name),
    control: '/_understudy',
  })

/** Answers a request that the router gave up: with why it could not be placed, or that nobody is there. */
export function answerUnrouted(response: ServerResponse, vendors: readonly Vendor[], reason?: unknown): void {
  const error = asControlError(reason) ?? nobody(vendors)
  response.writeHead(error.status, { 'content-type': 'application/json' }).end(JSON.stringify(errorBody(error)))
}

/** The emulator's own routes under `/_understudy`, and its word where no vendor is asked. */
export function controlPlane(app: FastifyInstance, control: Control): void {
  const routes: string[] = []

  app.addHook('onRequest', (request, _reply, done) => {
    const problem = control.misplaced(request)
    done(problem === undefined ? undefined : new ControlError(400, 'malformed-world', problem))
  })
  app.setErrorHandler((error, request, reply) => {
    const known = asControlError(error)
    if (!known) request.log.error(toLog(error))
    const why = isFullDisk(error) ? 'there is no room for what has to be kept' : 'the emulator failed'
    const shown = known ?? new ControlError(500, 'internal', why)
    reply.code(shown.status).type('application/json').send(errorBody(shown))
  })
  app.setNotFoundHandler((request) => {
    if (request.url.startsWith('/_understudy')) {
      // Without the query, which may hold what nobody should read in a log of errors.
      const [path] = request.url.split('?', 1)
      throw new ControlError(404, 'unknown-route', `there is no ${request.method} ${path}`, { routes })
    }
    throw nobody(control.vendors)
  })
  app.register(
    async (scope) => {
      protect(scope, control.controlToken)
      readJsonOnly(scope)
      rememberInterventions(scope, control)
      // What has begun in a world may be done to its end, though the world be reset or removed meanwhile.
      scope.addHook('preHandler', (request, reply, done) => {
        const letGo = control.worlds.peek(control.selected(request))?.hold()
        if (letGo) reply.raw.once('close', letGo)
        done()
      })
      scope.addHook('onRoute', ({ method, path }) => {
        if (method !== 'HEAD') routes.push(`${method} ${path}`)
      })
      scope.setValidatorCompiler(strictly)
      scope.setSerializerCompiler(() => JSON.stringify)
      for (const noun of [...nouns, openapi, docs]) noun(scope, control)
    },
    { prefix: '/_understudy' },
  )
  app.get('/', (_request, reply) => {
    const items = control.vendors.map(
      ({ name, title }) => `<li><a href="/_understudy/docs">${title}</a> at <code>/${name}</code></li>`,
    )
    reply.type('text/html; charset=utf-8')
    return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Understudy</title>
<style>body{font:16px/1.5 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>
<h1>Understudy</h1><p>A local stand-in for the auth APIs of</p><ul>${items.join('')}</ul>
<p><a href="/_understudy/docs">Documentation</a> · <a href="/_understudy/vendors">operations and evidence</a> ·
<a href="/_understudy/health">health</a></p></html>\n`
  })
}
