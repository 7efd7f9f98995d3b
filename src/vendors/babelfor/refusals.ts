import { digest } from '../../core/digest.js'
import type { Problem } from '../../core/refusal.js'
import {
  challenge,
  invariant,
  modelState,
  problemType,
  traceId,
  unsupportedMediaType,
  validationProblem,
} from '../../dialects/aspnet.js'
import { write } from '../../dialects/newtonsoft.js'
import type { Ground, RefusalTable, Scene, WireError } from '../vendor.js'
import type { BabelforTypes } from './fixture.js'
import { sources } from './sources.js'

type At = Scene<BabelforTypes['settings']>

/** A status of the middleware: no body. */
const empty = (status: number, ground: Ground, assumed?: readonly string[]) => (): WireError => ({
  status,
  body: '',
  ...ground,
  ...(assumed && { assumed }),
})

/** 401 by `JwtBearerHandler`. An API-key scheme would send no header; it is sent for both. */
const unauthorized = (ground: Ground, authenticate: string): WireError => ({
  status: 401,
  body: '',
  headers: { 'www-authenticate': authenticate },
  ...ground,
  assumed: ['WWW-Authenticate is sent although an API key would do too'],
})

const unknownCaller = () => unauthorized(sources.bearer, 'Bearer')
const badKey = () => unauthorized(sources.ours, 'Bearer')
const badBearer = (description?: string) => unauthorized(sources.bearer, challenge(description))
const badBearerByUs = () => unauthorized(sources.ours, challenge())
const forbiddenByUs = empty(403, sources.ours)

/** A failure that the action itself reports, in the envelope of a success; codes are gRPC's. */
const failure = (status: number, code: number, message: string, settings: At['settings']): WireError => ({
  status,
  body: write({ success: false, code, message }, settings),
  ...sources.ours,
})

const loginFailed = (_facts: unknown, { settings }: At) =>
  failure(settings.failureStatus, 16, 'Invalid username or password.', settings)

const trace = ({ method, path, now }: At): string => traceId(digest(`${method} ${path} ${now}`))

const problem = (body: object & { status: number }, ground: Ground, { settings }: At): WireError => ({
  status: body.status,
  body: write(body, settings),
  headers: { 'content-type': problemType },
  ...ground,
  assumed: ['traceId', 'wording of errors'],
})

const invalid = 'The input was not valid.'

/** Arguments that model binding lets be absent, and that the action misses. */
const missingArgument = (problems: readonly Problem[]) =>
  problems.find(({ pointer, expected }) => ['/user', '/apiKey'].includes(pointer) && expected === 'required')

export const refuse: RefusalTable<BabelforTypes['settings']> = {
  'unknown-account': loginFailed,
  'wrong-password': loginFailed,
  'account-inactive': loginFailed,
  'unknown-tenant': empty(404, sources.ours),
  'not-a-member': forbiddenByUs,
  // Both stand under `IpFiltering` in the shipped settings, beside the lists of addresses.
  'account-locked': forbiddenByUs,
  throttled: forbiddenByUs,
  'token-missing': unknownCaller,
  'token-malformed': () => badBearer(),
  'token-bad-signature': ({ reason }) =>
    badBearer(reason === 'unsigned' ? 'The signature is invalid' : 'The signature key was not found'),
  // The handler asks for an expiry itself; who the caller is concerns the application.
  'token-claim-missing': ({ claim }) => (claim === 'exp' ? badBearer('The token has no expiration') : badBearerByUs()),
  'token-claim-invalid': () => badBearer(),
  'token-not-yet-valid': ({ from }) => badBearer(`The token is not valid before '${invariant(from)}'`),
  'token-expired': ({ at, kind }) =>
    kind === 'api-key' ? badKey() : badBearer(`The token expired at '${invariant(at)}'`),
  'token-revoked': ({ kind }) => (kind === 'api-key' ? badKey() : badBearerByUs()),
  'token-unknown': badKey,
  'token-wrong-kind': badKey,
  'token-wrong-tenant': badBearerByUs,
  'token-account-gone': ({ kind }) => (kind === 'api-key' ? badKey() : badBearerByUs()),
  'permission-denied': empty(403, sources.ours, ['which role, and which permission of a key, an operation needs']),
  'client-key-wrong': badKey,
  'client-access-disabled': forbiddenByUs,
  'malformed-body': ({ reason }, at) =>
    reason === 'empty'
      ? problem(validationProblem({ '': ['A non-empty request body is required.'] }, trace(at)), sources.ours, at)
      : problem(validationProblem({ '': [invalid] }, trace(at)), sources.modelState, at),
  'invalid-input': ({ problems }, at) => {
    const missing = missingArgument(problems)
    if (missing) return failure(200, 3, `The ${missing.pointer.slice(1)} is required.`, at.settings)
    return problem(validationProblem(modelState(problems, invalid), trace(at)), sources.modelState, at)
  },
  'unsupported-media-type': (_facts, at) => problem(unsupportedMediaType(trace(at)), sources.clientErrors, at),
  'body-too-large': empty(413, sources.ours, ['the limit, which is 30 MB at the vendor']),
  'unknown-resource': (_facts, { settings }) => failure(200, 5, 'User not found.', settings),
  'unknown-route': empty(404, sources.ours),
  'wrong-method': ({ allowed }) => ({
    status: 405,
    body: '',
    headers: { allow: allowed.join(', ') },
    ...sources.routing,
  }),
  internal: empty(500, sources.server),
}
