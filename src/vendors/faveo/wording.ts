import { phpJson } from '../../dialects/php-json.js'
import type { Ground, Scene, WireError } from '../vendor.js'
import type { FaveoTypes } from './fixture.js'
import { sources } from './sources.js'

export type At = Scene<FaveoTypes['settings']>
export type Wording<F> = (facts: F, scene: At) => WireError

export const answer = (status: number, body: unknown, ground: Ground, assumed: readonly string[] = []): WireError => ({
  status,
  body: phpJson(body),
  ...ground,
  assumed,
})

/** The one route with a token that is not of the helpdesk. */
export const isOwnUser = ({ operation }: Pick<At, 'operation'>): boolean => operation === 'getAuthenticatedUser'

/**
 * Whether the throttle is asked before anything else, as `strongest` says; in the helpdesk it comes after the token
 * (Api/v1/ApiController.php), and for check-url it is commented out (Api/v1/ApiExceptAuthController.php).
 */
export const throttledFirst = ({ operation }: Pick<At, 'operation'>, strongest: Ground): Ground =>
  operation === 'checkUrl' || operation === 'generateApiKey' ? sources.ours : strongest

/** Whether the handler of exceptions answers as an API; elsewhere it does what nobody would want of an emulator. */
export const underApi = (path: string, handler: Ground): Ground => (/^\/api(\/|$)/.test(path) ? handler : sources.ours)
