import { phpJson } from '../../dialects/php-json.js'
import type { Evidence, Scene, WireError } from '../vendor.js'
import type { FaveoTypes } from './fixture.js'

export type At = Scene<FaveoTypes['settings']>
export type Wording<F> = (facts: F, scene: At) => WireError

export const answer = (
  status: number,
  body: unknown,
  evidence: Evidence,
  assumed: readonly string[] = [],
): WireError => ({ status, body: phpJson(body), evidence, assumed })

/** The one route with a token that is not of the helpdesk. */
export const isOwnUser = ({ operation }: Pick<At, 'operation'>): boolean => operation === 'getAuthenticatedUser'

/**
 * Whether the throttle is asked before anything else, as `strongest` says; in the helpdesk it comes after the token
 * (Api/v1/ApiController.php), and for check-url it is commented out (Api/v1/ApiExceptAuthController.php).
 */
export const throttledFirst = (path: string, strongest: Evidence): Evidence =>
  path.startsWith('/api/v1/helpdesk/') ? 'assumed' : strongest

/** Whether the handler of exceptions answers as an API; elsewhere it does what nobody would want of an emulator. */
export const underApi = (path: string): Evidence => (/^\/api(\/|$)/.test(path) ? 'source' : 'assumed')
