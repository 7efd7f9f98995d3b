import { laravelManners } from '../../dialects/laravel.js'
import { defineVendor } from '../vendor.js'
import { claimant, loginsNamed } from './claimant.js'
import { account, accountFrom, entryOf, type FaveoTypes, facts, states } from './fixture.js'
import { matrix } from './matrix.js'
import { refuse } from './refusals.js'
import { authenticate } from './routes/authenticate.js'
import { getAuthenticatedUser } from './routes/authenticated-user.js'
import { helpdesk } from './routes/helpdesk.js'
import { settings } from './settings.js'
import { tokens } from './tokens.js'
import { ErrorResponse, ErrorResponse19 } from './wire.js'

export const faveo = defineVendor<typeof account, typeof facts, FaveoTypes>({
  name: 'faveo',
  title: 'Faveo Helpdesk',
  summary: 'The v1 API of Faveo Helpdesk, the open-source edition: login, token, API key',
  reference: 'https://github.com/ladybirdweb/faveo-helpdesk/wiki/API-Documentation',
  hosts: [],
  login: {
    path: '/api/v1/authenticate',
    contentType: 'application/json',
    body: '{"username":"demoadmin","password":"demopass"}',
  },
  settings,
  account,
  facts,
  signing: 'HS256',
  errors: ErrorResponse,
  errorsUnder: { 1.9: ErrorResponse19 },
  security: {
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    token: { type: 'apiKey', in: 'query', name: 'token' },
    cookie: { type: 'apiKey', in: 'cookie', name: 'token' },
  },
  // `apiKey` is the name of the setting.
  secrets: ['password', 'token', 'api_key', 'apiKey', 'generateApiKey.result'],
  unbuilt: [
    {
      operation: 'POST /api/v1/helpdesk/register',
      why: 'the shape of its answer is not known; in 1.10 users do not register themselves',
    },
    { operation: 'GET /api/v1/helpdesk/url', why: 'it fetches the URL that it is given' },
    {
      operation: 'the other routes under /api/v1/helpdesk and /api/v2/helpdesk',
      why: 'tickets, not authentication; they check a token as /api/v1/authenticate/user does',
    },
    { operation: 'refresh, logout, forgotten password', why: 'no route of the product leads there' },
  ],
  manners: { ...laravelManners, bodyOnGet: true },
  refuse,
  furnish: ({ apiKey = '' }) => ({ apiKey }),
  accountFrom,
  entryOf,
  states,
  loginsNamed,
  claimant,
  tokens,
  matrix,
  routes: (app, stage) => {
    for (const page of [authenticate, getAuthenticatedUser, helpdesk]) page(app, stage)
  },
})
