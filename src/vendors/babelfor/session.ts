import type { FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { assertClaims, assertNotBefore, assertNotExpired, verifySignature } from '../../core/jwt.js'
import { Refusal } from '../../core/refusal.js'
import type { Token } from '../../core/token.js'
import { bearerToken } from '../../dialects/bearer.js'
import type { Stage } from '../vendor.js'
import type { ApiKeyFacts } from './api-key.js'
import type { BabelforAccount, BabelforRealm, BabelforTypes } from './fixture.js'
import { besideBadBearer } from './operation.js'

/** https://babelnet.gitbook.io/babel-licensing-api/reference/management-api/api-keys names the first three. */
export const permissions = { Read: 1, Write: 2, Delete: 4, Create: 8 } as const
export type Permission = keyof typeof permissions

export interface Caller {
  readonly account: BabelforAccount
  /** The token that a logout ends; a caller with an API key has none. */
  readonly bearer?: Token<ApiKeyFacts | null> | undefined
  /** A bearer was sent too, and was no good. */
  readonly despiteBearer?: true
  /** Bits that an API key grants; a bearer token is not limited. */
  readonly permissions?: number
}

/** Throws `token-account-gone`. */
export function accountOf(realm: BabelforRealm, id: string, kind = 'bearer'): BabelforAccount {
  const account = realm.accounts.find(id)
  if (!account) throw new Refusal('token-account-gone', { account: id, kind })
  return account
}

/** A correctly signed token is enough, as it is for `JwtBearerHandler`; one that is on record must not be revoked. */
function byBearer(realm: BabelforRealm, text: string): Caller {
  const now = realm.clock.now()
  const claims = verifySignature(text, { keys: realm.keys.secrets(), algorithm: 'HS256', now })
  assertClaims(claims, ['exp'])
  assertNotBefore(claims, now)
  assertNotExpired(claims, now)
  assertClaims(claims, ['sub'])
  const bearer = typeof claims.jti === 'string' ? realm.tokens.find(claims.jti) : undefined
  if (bearer) realm.tokens.assertLive(bearer)
  return { account: accountOf(realm, String(claims.sub)), bearer }
}

/** The caller is the key's owner. */
function byApiKey(realm: BabelforRealm, key: string): Caller {
  const token = realm.tokens.present(key, ['api-key'])
  return { account: accountOf(realm, token.account, token.kind), permissions: token.facts?.permissions ?? 0 }
}

/** Of several headers ASP.NET Core makes one. */
export const findApiKey = (headers: FastifyRequest['headers']): string | undefined =>
  [headers['x-api-key'] ?? []].flat().join(', ') || undefined

/**
 * Either credential will do. A valid bearer wins; an invalid one is passed over for a valid key, and otherwise gives
 * the refusal. Throws the `token-…` refusals.
 */
export function authenticate(realm: BabelforRealm, { headers }: FastifyRequest): Caller {
  const text = bearerToken(headers)
  const key = findApiKey(headers)
  if (text === undefined) {
    if (key === undefined) throw new Refusal('token-missing', {})
    return byApiKey(realm, key)
  }
  try {
    return byBearer(realm, text)
  } catch (refusal) {
    const owner = key === undefined ? undefined : findByApiKey(realm, key)
    if (owner) return { ...owner, despiteBearer: true }
    throw refusal
  }
}

function findByApiKey(realm: BabelforRealm, key: string): Caller | undefined {
  try {
    return byApiKey(realm, key)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/**
 * The `[Authorize]` of an operation: it speaks before the body is read, so that 401 and 403 go before 400 and 415.
 * Leaves the caller on the request.
 */
export const authorize =
  (stage: Stage<BabelforTypes>, needs: { permission?: Permission; role?: string } = {}) =>
  (request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction): void => {
    const caller = authenticate(stage.realm(request), request)
    if (caller.despiteBearer) stage.weaken(request, besideBadBearer)
    const { permission, role } = needs
    if (role && !caller.account.profile.roles.includes(role)) throw new Refusal('permission-denied', { needed: role })
    if (permission && caller.permissions !== undefined && (caller.permissions & permissions[permission]) === 0) {
      throw new Refusal('permission-denied', { needed: permission })
    }
    request.setDecorator<Caller>('caller', caller)
    done()
  }

export const callerOf = (request: FastifyRequest): Caller => request.getDecorator<Caller>('caller')
