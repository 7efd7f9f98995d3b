import { parseCookie } from 'cookie'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../core/refusal.js'
import { type Input, queryOf, textOf } from '../../dialects/php-input.js'
import type { FaveoAccount, FaveoRealm } from './fixture.js'
import { isNumeric } from './parse.js'
import type { Profile } from './settings.js'
import { verify } from './token.js'

const isInput = (value: unknown): value is Input => typeof value === 'object' && value !== null

/** A GET has input too: the query, and a JSON body over it. */
const inputOf = ({ body }: Pick<FastifyRequest, 'body'>): Input => (isInput(body) ? body : {})

/** The name in whatever a login sent. */
export const findUsername = (body: unknown): string | undefined => (isInput(body) ? textOf(body.username) : undefined)

/** The token of an Authorization header as the jwt-auth of a release reads it, each in its own way. */
const bearer: Readonly<Record<Profile, (header: string) => string | undefined>> = {
  // JWTAuth::parseAuthHeader
  1.9: (header) => (/^bearer/i.test(header) ? header.replace(/bearer/gi, '').trim() : undefined),
  // Http/Parser/AuthHeaders: anywhere, with or without a blank, up to the last word character
  '1.10': (header) => /bearer\s*(\S+)\b/i.exec(header)?.[1],
  // the same file, later: what follows the last `bearer`, up to a comma
  2: (header) => {
    const last = header.toLowerCase().lastIndexOf('bearer')
    return last < 0
      ? undefined
      : header
          .slice(last + 'bearer'.length)
          .split(',', 1)[0]
          ?.trim()
  },
}

/** The first token that is not empty, in the order of jwt-auth's parsers. */
export function findToken(
  request: Pick<FastifyRequest, 'headers' | 'url' | 'body'>,
  release: Profile,
): string | undefined {
  const { authorization = '', cookie = '' } = request.headers
  const presented = bearer[release](authorization) || textOf(queryOf(request.url).token)
  if (release === '1.9') return presented || undefined
  return presented || textOf(inputOf(request).token) || parseCookie(cookie).token || undefined
}

/** The account behind the token of a request, whatever its state. Throws the `token-…` refusals. */
export function authenticatedUser(realm: FaveoRealm, request: FastifyRequest): FaveoAccount {
  const text = findToken(request, realm.settings.profile)
  if (text === undefined) throw new Refusal('token-missing', {})
  const id = String(verify(realm, text).sub)
  const account = realm.accounts.find(id)
  if (!account) throw new Refusal('token-account-gone', { account: id })
  return account
}

/** PHP's `==` between a text and an input; release 2 runs on PHP 8, which no longer takes any text for a number. */
function looselyEqual(text: string, input: unknown, release: Profile): boolean {
  if (typeof input === 'number' && release === '2' && !isNumeric(text)) return text === String(input)
  if (typeof input === 'number') return (Number.parseFloat(text) || 0) === input
  if (typeof input === 'boolean') return input === (text !== '' && text !== '0')
  return text === (input ?? '')
}

/**
 * Throws `client-access-disabled` or `client-key-wrong` where the API key is mandatory. This is the documented check
 * (https://github.com/ladybirdweb/faveo-helpdesk/wiki/API-Documentation, app/Http/Middleware/ApiKey.php); since 1.0.8
 * the middleware is shadowed by a group of the same name and never runs.
 */
export function assertApiKey(realm: FaveoRealm, request: FastifyRequest): void {
  const { apiKeyMandatory, apiEnabled, profile } = realm.settings
  if (!apiKeyMandatory) return
  if (!apiEnabled) throw new Refusal('client-access-disabled', {})
  if (!looselyEqual(realm.facts.apiKey, inputOf(request).api_key, profile)) throw new Refusal('client-key-wrong', {})
}
