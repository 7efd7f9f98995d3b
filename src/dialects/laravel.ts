import type { FastifyRequest } from 'fastify'
import { calendar } from '../core/clock.js'
import type { Manners, RawBody } from '../vendors/vendor.js'
import { type Input, parseForm, parseJsonObject, parseMultipart, queryOf } from './php-input.js'
import { phpJson } from './php-json.js'

function bodyOf(body: RawBody, method: string): Input | Promise<Input> {
  // Asked before the method: a JSON body on GET counts, a form on GET does not.
  if (/\/json|\+json/.test(body.contentType)) return parseJsonObject(body)
  if (method === 'GET' || method === 'HEAD') return Object.create(null)
  if (body.mediaType === 'application/x-www-form-urlencoded') return parseForm(body.bytes.toString('utf8'))
  return body.mediaType === 'multipart/form-data' ? parseMultipart(body) : Object.create(null)
}

/**
 * `$request->input()`: the body (JSON, form or multipart) laid over the query. A body that cannot be read is no error
 * but an empty one (`Request::json()`, laravel/framework 5.6 and 9.52).
 */
export function laravelInput(body: RawBody, request: FastifyRequest): Input | Promise<Input> {
  const lay = (input: Input): Input => (request.url.includes('?') ? Object.assign(queryOf(request.url), input) : input)
  const input = bodyOf(body, request.method)
  return input instanceof Promise ? input.then(lay) : lay(input)
}

/** What a Laravel application does whatever the route. */
export const laravelManners = {
  head: 'as-get',
  trailingSlash: true,
  caseInsensitivePaths: false,
  contentType: 'application/json',
  headers: { 'cache-control': 'no-cache, private' },
  throttleHeaders: (limit: number, remaining: number) => ({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
  }),
  decode: laravelInput,
  serialise: phpJson,
} satisfies Manners<unknown>

const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Methods of a path in the order of `Router::$verbs`; HEAD goes with GET. */
export const laravelMethods = (allowed: readonly string[]): string =>
  verbs.filter((verb) => allowed.includes(verb === 'HEAD' ? 'GET' : verb)).join(', ')

/** What the router itself answers to OPTIONS on a path that it knows; here the methods have no blanks between them. */
export const laravelOptions = (allowed: readonly string[]) => ({
  status: 200,
  body: '',
  headers: { allow: laravelMethods(allowed).replaceAll(' ', ''), 'content-type': 'text/html; charset=UTF-8' },
})

/** A date and time of the database, as a model writes it. */
export function laravelDateTime(ms: number): string {
  const { year, month, day, hour, minute, second } = calendar(ms)
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`
}

/** The same since Laravel 7, which writes microseconds that the database does not have. */
export const laravelIsoDateTime = (ms: number): string => `${laravelDateTime(ms).replace(' ', 'T')}.000000Z`

/** `ValidationException::summarize`: the first message and how many more there are. */
export function laravelValidation(errors: Readonly<Record<string, readonly string[]>>) {
  const [first = 'The given data was invalid.', ...more] = Object.values(errors).flat()
  const rest = more.length === 0 ? '' : ` (and ${more.length} more error${more.length === 1 ? '' : 's'})`
  return { message: first + rest, errors }
}
