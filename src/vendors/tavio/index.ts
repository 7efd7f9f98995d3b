import { Refusal } from '../../core/refusal.js'
import { isJson, parseJson } from '../../dialects/json.js'
import { defineVendor } from '../vendor.js'
import { claimant, loginsNamed } from './claimant.js'
import { account, accountFrom, entryOf, facts, settings, states, type TavioTypes } from './fixture.js'
import { matrix } from './matrix.js'
import { refuse } from './refusals.js'
import { connect } from './routes/connect.js'
import { login } from './routes/login.js'
import { renew } from './routes/renew.js'
import { users } from './routes/users.js'
import { introduction } from './sources.js'
import { tokens } from './tokens.js'
import { ErrorResponse } from './wire.js'

export const tavio = defineVendor<typeof account, typeof facts, TavioTypes>({
  name: 'tavio',
  title: 'Tavio',
  summary: 'The Tavio Public API: organization and environment tokens',
  reference: introduction,
  hosts: ['api.integrationmarketplace.io'],
  login: {
    path: '/v1/acme/auth/login',
    contentType: 'application/json',
    body: '{"username":"john.doe@example.com","password":"john.doe.password"}',
  },
  settings,
  account,
  facts,
  errors: ErrorResponse,
  security: { bearer: { type: 'http', scheme: 'bearer' } },
  secrets: ['password', 'token'],
  unbuilt: [
    {
      operation: 'organization admin token (orgAdminOAuth)',
      why: 'the token URL of the client-credentials grant is not published',
    },
    { operation: 'create user', why: 'needs an invitation by mail whose further course is not published' },
    {
      operation: 'logout, multi-factor authentication, password change',
      why: 'no page says that the public API has them',
    },
  ],
  manners: {
    head: 'refused',
    trailingSlash: false,
    caseInsensitivePaths: false,
    contentType: 'application/json',
    decode: (body) => {
      if (!isJson(body.mediaType)) throw new Refusal('unsupported-media-type', { mediaType: body.mediaType })
      return parseJson(body)
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
    for (const page of [login, renew, connect, users]) page(app, stage)
  },
})
