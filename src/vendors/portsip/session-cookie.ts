import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyRequest } from 'fastify'
import type { Stage } from '../vendor.js'
import type { PortsipTypes } from './fixture.js'

type On = Pick<Stage<PortsipTypes>, 'realm' | 'cookiePath' | 'secure'>

/** The opaque text of the client's session cookie, if it sent one. */
export const findSessionCookie = ({ headers }: Pick<FastifyRequest, 'headers'>, name: string): string | undefined =>
  parseCookie(headers.cookie ?? '')[name]

const setCookie = (stage: On, request: FastifyRequest, value: string, maxAge: { maxAge?: number }): string =>
  stringifySetCookie({
    name: stage.realm(request).settings.sessionCookie,
    value,
    ...maxAge,
    path: stage.cookiePath(request),
    httpOnly: true,
    secure: stage.secure(request),
    sameSite: 'lax',
  })

/** `Set-Cookie` of a new session, which ends with the browser's at the latest. */
export const keepSession = (stage: On, request: FastifyRequest, session: string): string =>
  setCookie(stage, request, session, {})

/** `Set-Cookie` that makes the client forget its session. */
export const dropSession = (stage: On, request: FastifyRequest): string => setCookie(stage, request, '', { maxAge: 0 })
