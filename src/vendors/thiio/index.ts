import { laravelManners } from '../../dialects/laravel.js'
import { defineVendor } from '../vendor.js'
import { claimant, loginsNamed } from './claimant.js'
import { account, accountFrom, entryOf, facts, settings, states, type ThiioTypes } from './fixture.js'
import { matrix } from './matrix.js'
import { refuse } from './refusals.js'
import { check } from './routes/check.js'
import { login } from './routes/login.js'
import { sources } from './sources.js'
import { tokens } from './tokens.js'
import { ErrorResponse } from './wire.js'

export const thiio = defineVendor<typeof account, typeof facts, ThiioTypes>({
  name: 'thiio',
  title: 'Thiio',
  summary: 'The Thiio API for Zapier: login, and the check of a token',
  reference: sources.page.reference,
  hosts: ['*.thiio.io'],
  login: {
    path: '/api/login',
    contentType: 'application/json',
    body: '{"email":"admin@thiio.com","password":"123456789","integration":"zapier"}',
  },
  settings,
  account,
  facts,
  signing: 'RS256',
  errors: ErrorResponse,
  security: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
  secrets: ['password', 'token', 'remember_token', 'two_factor_secret_key'],
  unbuilt: [
    {
      operation: 'integration channels (POST /api/integrations/{integration_uuid}/channels, DELETE /api/channels/{id})',
      why: 'documented, but no part of authentication: they only need the token',
    },
    {
      operation: 'perform lists and actions (customers, orders, subscriptions, leads …)',
      why: 'no part of authentication, and their paths are not published in a readable form',
    },
    { operation: 'logout, token refresh, registration, password change', why: 'no page documents one' },
    { operation: 'two-factor login', why: 'the user object names it, no page says how it changes a login' },
    { operation: 'unknown customer sub-domains', why: 'what they answer is not published: every host is the same' },
  ],
  // The pages require `Accept: application/json`; without it Laravel would redirect to a login page. Always JSON here.
  manners: laravelManners,
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
    for (const page of [login, check]) page(app, stage)
  },
})
