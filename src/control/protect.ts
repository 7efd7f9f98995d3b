import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sameText } from '../core/digest.js'
import { isTooDeep } from '../core/nesting.js'
import { ControlError } from './errors.js'
import { expected } from './input.js'

const address = /^(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])$/i

/**
 * A name that a stranger's DNS cannot point here: an address, a name without a dot, or one under `.localhost`. A page
 * that was rebound to this machine still sends the name it was loaded from.
 */
function isLocalName(host: string): boolean {
  const name = host.replace(/:\d*$/, '').toLowerCase()
  return address.test(name) || !name.includes('.') || name.endsWith('.localhost')
}

const isWrite = ({ method }: FastifyRequest): boolean => method !== 'GET' && method !== 'HEAD'

function isForeign({ headers }: FastifyRequest): boolean {
  if (headers['sec-fetch-site'] === 'cross-site') return true
  const { origin, host } = headers
  return origin !== undefined && origin.replace(/^https?:\/\//, '') !== host
}

/** Keeps strangers' pages, and with a token everyone without it, from controlling the server. */
export function protect(scope: FastifyInstance, controlToken: string | undefined): void {
  scope.addHook('onRequest', (request, _reply, done) => {
    const { host = '', authorization = '' } = request.headers
    if (!isLocalName(host)) {
      throw new ControlError(
        403,
        'foreign-host',
        `the control plane does not answer to the name ${JSON.stringify(host)}`,
      )
    }
    if (isWrite(request) && isForeign(request)) {
      throw new ControlError(403, 'foreign-origin', 'a page of another origin may not control this server')
    }
    const open = controlToken === undefined || request.routeOptions.url === '/_understudy/health'
    if (!open && !sameText(authorization, `Bearer ${controlToken}`)) {
      throw new ControlError(401, 'control-token', 'this server asks for Authorization: Bearer with its control token')
    }
    done()
  })
}

const noJson = new ControlError(
  400,
  'invalid-json-body',
  'the body: expected JSON, without fields __proto__ and constructor.prototype',
  { pointer: '', expected: 'JSON' },
)

/** JSON bodies, and none at all whatever the type says; every other type is refused. */
export function readJsonOnly(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser('error', 'error')
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Fastify hands no body to the validator as `null`, so a `null` that was sent is refused before.
    if (body === '') done(null, undefined)
    else if (String(body).trim() === 'null') done(expected('', 'an object'))
    else
      void parse(request, String(body), (error, value) => {
        if (error) done(noJson)
        else if (isTooDeep(value)) done(expected('', 'at most 512 arrays and objects within each other'))
        else done(null, value)
      })
  })
}
