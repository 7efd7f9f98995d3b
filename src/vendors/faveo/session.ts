import { parseCookie } from 'cookie'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../core/refusal.js'
import { type Input, queryOf, textOf } from '../../dialects/php-input.js'
import type { FaveoAccount, FaveoRealm } from './fixture.js'
import { verify } from './token.js'

const isInput = (value: unknown): value is Input => typeof value === 'object' && value !== null

/** A GET has input too: the query, and a JSON body over it. */
const inputOf = ({ body }: FastifyRequest): Input => (isInput(body) ? body : {})

/** As jwt-auth reads the header: anywhere in it, with or without a blank, up to the last word character. */
// https://github.com/tymondesigns/jwt-auth/blob/develop/src/Http/Parser/AuthHeaders.php
const bearer = /bearer\s*(\S+)\b/i

/** The first token that is not empty, in the order of jwt-auth's parsers. */
function tokenOf(request: FastifyRequest): string | undefined {
  const { authorization = '', cookie = '' } = request.headers
  return (
    bearer.exec(authorization)?.[1] ||
    textOf(queryOf(request.url).token) ||
    textOf(inputOf(request).token) ||
    parseCookie(cookie).token ||
    undefined
  )
}

/** The account behind the token of a request, whatever its state. Throws the `token-…` refusals. */
export function authenticatedUser(realm: FaveoRealm, request: FastifyRequest): FaveoAccount {
  const text = tokenOf(request)
  if (text === undefined) throw new Refusal('token-missing', {})
  const id = String(verify(realm, text).sub)
  const account = realm.accounts.find(id)
  if (!account) throw new Refusal('token-account-gone', { account: id })
  return account
}

/** PHP 7's `==` between a text and an input. */
function looselyEqual(text: string, input: unknown): boolean {
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
  const { apiKeyMandatory, apiEnabled } = realm.settings
  if (!apiKeyMandatory) return
  if (!apiEnabled) throw new Refusal('client-access-disabled', {})
  if (!looselyEqual(realm.facts.apiKey, inputOf(request).api_key)) throw new Refusal('client-key-wrong', {})
}
