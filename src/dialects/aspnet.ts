import { calendar } from '../core/clock.js'
import { type Problem, Refusal } from '../core/refusal.js'
import type { RawBody } from '../vendors/vendor.js'
import { parseJson } from './json.js'
import { acceptsNull, bind, type Shape } from './newtonsoft.js'

/** What MVC reads with `AddNewtonsoftJson`: the JSON formatter's types and the JSON Patch formatter's. */
const readable = /^(application\/json|text\/json|application\/[\w!#$&^.-]+\+json)$/

const isShape = (schema: unknown): schema is Shape => typeof schema === 'object' && schema !== null

const isBlank = ({ bytes }: RawBody): boolean => !/\S/.test(bytes.toString('latin1'))

/**
 * A `[FromBody]` parameter. Without a body and without a content type there is no formatter for it, hence 415 and not
 * 400 (https://github.com/dotnet/aspnetcore/issues/19339), unless the parameter may be empty. A literal null and white
 * space count as empty too. Throws `unsupported-media-type` or `malformed-body`.
 */
export function fromBody(body: RawBody, schema: unknown): unknown {
  const shape = isShape(schema) ? schema : {}
  const mayBeEmpty = acceptsNull(shape)
  if (body.bytes.length === 0 && mayBeEmpty) return null
  if (!readable.test(body.mediaType)) throw new Refusal('unsupported-media-type', { mediaType: body.mediaType })
  const value = isBlank(body) ? null : parseJson(body)
  if (value === null && !mayBeEmpty) throw new Refusal('malformed-body', { reason: 'empty' })
  return bind(value, shape)
}

/** `WWW-Authenticate` of `JwtBearerHandler.HandleChallengeAsync`. */
export const challenge = (description?: string): string =>
  description === undefined
    ? 'Bearer error="invalid_token"'
    : `Bearer error="invalid_token", error_description="${description}"`

/** `DateTime.ToString(CultureInfo.InvariantCulture)`. */
export function invariant(ms: number): string {
  const { year, month, day, hour, minute, second } = calendar(ms)
  return `${month}/${day}/${year} ${hour}:${minute}:${second}`
}

/** The trace of a request in the form of W3C Trace Context, made of 48 hexadecimal digits. */
export const traceId = (hex: string): string => `00-${hex.slice(0, 32)}-${hex.slice(32, 48)}-00`

export const problemType = 'application/problem+json; charset=utf-8'

/** `ProblemDetails`, titled and linked by `ApiBehaviorOptions.ClientErrorMapping` of .NET 8 and 9. */
export const unsupportedMediaType = (trace: string) => ({
  type: 'https://tools.ietf.org/html/rfc9110#section-15.5.16',
  title: 'Unsupported Media Type',
  status: 415,
  traceId: trace,
})

/** `ValidationProblemDetails`: what `[ApiController]` answers before the action runs. */
export const validationProblem = (errors: Readonly<Record<string, readonly string[]>>, trace: string) => ({
  type: 'https://tools.ietf.org/html/rfc9110#section-15.5.1',
  title: 'One or more validation errors occurred.',
  status: 400,
  errors,
  traceId: trace,
})

/** Keys of a model state are JSON paths: `/user/settings/0/id` is `user.settings[0].id`. */
export const modelState = (problems: readonly Problem[], message: string): Record<string, string[]> =>
  Object.fromEntries(
    problems.map(({ pointer }) => [
      pointer
        .slice(1)
        .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
        .replaceAll('/', '.'),
      [message],
    ]),
  )
