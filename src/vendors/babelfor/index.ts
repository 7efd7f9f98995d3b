import { fromBody } from '../../dialects/aspnet.js'
import { write } from '../../dialects/newtonsoft.js'
import { defineVendor } from '../vendor.js'
import { claimant, loginsNamed } from './claimant.js'
import { account, accountFrom, type BabelforTypes, endow, entryOf, facts, settings, states } from './fixture.js'
import { matrix } from './matrix.js'
import { refuse } from './refusals.js'
import { apiKeys } from './routes/api-keys.js'
import { login } from './routes/login.js'
import { logout } from './routes/logout.js'
import { roles } from './routes/roles.js'
import { loggedInUser } from './routes/user.js'
import { tokens } from './tokens.js'
import { ErrorResponse } from './wire.js'

export const babelfor = defineVendor<typeof account, typeof facts, BabelforTypes>({
  name: 'babelfor',
  title: 'Babelfor',
  summary: 'The Web API of the Babel Licensing Service: bearer tokens and API keys',
  reference: 'https://docs.babelfor.net',
  // Every customer runs a server of their own.
  hosts: [],
  login: {
    path: '/v1/auth/login',
    contentType: 'application/json',
    body: '{"username":"admin","password":"admin"}',
  },
  settings,
  account,
  facts,
  signing: 'HS256',
  errors: ErrorResponse,
  security: {
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
  },
  secrets: ['password', 'token', 'key', 'clientSecret', 'apiKey{}', 'apiKeys{}'],
  unbuilt: [
    { operation: 'update and delete an API key', why: 'paths and bodies are not published' },
    { operation: 'licenses, assemblies, customers', why: 'not about who is asking' },
    { operation: 'the gRPC services', why: 'only the Web API is emulated' },
    {
      operation: 'refresh, registration, forgotten password, multi-factor authentication',
      why: 'no page says that the Web API has them',
    },
  ],
  manners: {
    head: 'refused',
    trailingSlash: true,
    caseInsensitivePaths: true,
    contentType: 'application/json; charset=utf-8',
    decode: (body, { routeOptions }) => fromBody(body, routeOptions.schema?.body),
    serialise: write,
  },
  refuse,
  furnish: (given) => given,
  accountFrom,
  entryOf,
  endow,
  states,
  loginsNamed,
  claimant,
  tokens,
  matrix,
  routes: (app, stage) => {
    app.decorateRequest('caller', null)
    for (const page of [login, loggedInUser, logout, roles, apiKeys]) page(app, stage)
  },
})
