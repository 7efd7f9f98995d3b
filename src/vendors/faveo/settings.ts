import { type Static, Type } from '@sinclair/typebox'
import { commonSettings } from '../vendor.js'

export const settings = Type.Object(
  {
    ...commonSettings,
    profile: Type.Union([Type.Literal('1.10'), Type.Literal('1.9'), Type.Literal('2')], {
      default: '1.10',
      description: 'release of Faveo, 1.9, 1.10 or 2: tokens, their errors and the shape of a user differ',
    }),
    tokenLifetimeSeconds: Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      default: 240,
      description: 'life of a token; the installer writes JWT_TTL=4 (minutes)',
    }),
    legacyExpiredBody: Type.Boolean({
      default: false,
      description: 'an expired token is answered as the wiki says: 200 {"error":"Token has expired"}',
    }),
    errorKey: Type.Union([Type.Literal('error'), Type.Literal('Error')], {
      default: 'error',
      description: 'key of a failed login: `error` as in the source, `Error` as in the wiki',
    }),
    apiKeyMandatory: Type.Boolean({ default: false, description: 'requests must carry the api_key' }),
    apiEnabled: Type.Boolean({
      default: true,
      description: 'off: no API key is generated, and no request is served where the api_key is mandatory',
    }),
  },
  { additionalProperties: false },
)

export type Profile = Static<typeof settings>['profile']
