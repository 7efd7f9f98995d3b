import { Refusal } from '../../core/refusal.js'
import { parseJson } from '../../dialects/json.js'
import { defineVendor } from '../vendor.js'
import { claimant, loginsNamed } from './claimant.js'
import { account, accountFrom, entryOf, facts, type PortsipTypes, settings, states } from './fixture.js'
import { formType, parseForm } from './form.js'
import { matrix } from './matrix.js'
import { refuse } from './refusals.js'
import { authPassword } from './routes/auth-password.js'
import { authSession } from './routes/auth-session.js'
import { authSignIn } from './routes/auth-sign-in.js'
import { info } from './routes/info.js'
import { login } from './routes/login.js'
import { logout } from './routes/logout.js'
import { oauth } from './routes/oauth.js'
import { user } from './routes/user.js'
import { tokens } from './tokens.js'
import { unbuilt } from './unbuilt.js'
import { ErrorResponse } from './wire.js'

export const portsip = defineVendor<typeof account, typeof facts, PortsipTypes>({
  name: 'portsip',
  title: 'PortSIP PBX',
  summary:
    'The PortSIP PBX REST API 22.0/22.1: login sessions and OAuth tokens; with a setting 22.2 and its two-factor sign-in',
  reference: 'https://support.portsip.com/development-portsip/rest-apis/version-22.1/about',
  // Each customer runs a PBX under a name of its own.
  hosts: [],
  login: { path: '/api/login', contentType: 'application/json', body: '{"username":"admin","password":"admin"}' },
  settings,
  account,
  facts,
  errors: ErrorResponse,
  security: { bearer: { type: 'http', scheme: 'bearer' } },
  secrets: ['password', 'new_password', 'access_token', 'refresh_token', 'token', 'verifyOtp.code'],
  unbuilt,
  manners: {
    head: 'refused',
    trailingSlash: false,
    caseInsensitivePaths: false,
    contentType: 'application/json',
    decode: (body, { routeOptions }) => {
      const { mediaType } = body
      const readable = routeOptions.schema?.consumes ?? ['application/json']
      if (!readable.includes(mediaType)) throw new Refusal('unsupported-media-type', { mediaType })
      return mediaType === formType ? parseForm(body) : parseJson(body)
    },
    serialise: (body) => JSON.stringify(body),
  },
  refuse,
  furnish: (given) => given,
  accountFrom,
  entryOf,
  states,
  loginsNamed,
  claimant,
  tokens,
  matrix,
  routes: (app, stage) => {
    for (const page of [login, logout, info, user, oauth, authSignIn, authPassword, authSession]) page(app, stage)
  },
})
