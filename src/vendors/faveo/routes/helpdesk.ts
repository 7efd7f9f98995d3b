import { alphanumeric } from '../../../core/chance.js'
import { Refusal } from '../../../core/refusal.js'
import type { Stage, VendorApp } from '../../vendor.js'
import type { FaveoTypes } from '../fixture.js'
import { assertApiKey, authenticatedUser } from '../session.js'
import { sources } from '../sources.js'
import { tokenRefusals } from '../token.js'
import { ApiKeyResponse, CheckUrlResponse, WithToken } from '../wire.js'

export function helpdesk(app: VendorApp, stage: Stage<FaveoTypes>): void {
  app.get(
    '/api/v1/helpdesk/check-url',
    {
      schema: {
        operationId: 'checkUrl',
        summary: 'Whether a Faveo answers here; `url` and `api_key` are accepted and ignored',
        response: { 200: CheckUrlResponse },
      },
      config: {
        operation: {
          ...sources.controllers,
          answers: { 200: { description: 'It does', ...sources.controllers, example: { status: 'success' } } },
          refuses: [],
        },
      },
    },
    () => ({ status: 'success' as const }),
  )

  app.get(
    '/api/v1/helpdesk/api_key',
    {
      schema: {
        operationId: 'generateApiKey',
        summary: 'Replace the API key of the installation',
        security: [{ bearer: [] }, { token: [] }, { cookie: [] }],
        querystring: WithToken,
        response: { 200: ApiKeyResponse },
      },
      config: {
        operation: {
          ...sources.controllers,
          event: 'token-use',
          answers: {
            200: {
              description: 'The new key',
              ...sources.controllers,
              example: { result: 'q3ZbX0uTgR7mYc1LkE9oWd5JpHs2VfAn' },
            },
          },
          refuses: [...tokenRefusals, 'client-access-disabled', 'client-key-wrong'],
        },
      },
    },
    (request) => {
      const realm = stage.realm(request)
      // Here the token is asked for before the API key (Api/v1/ApiController.php).
      authenticatedUser(realm, request)
      assertApiKey(realm, request)
      const { settings } = realm
      if (!settings.apiEnabled) throw new Refusal('client-access-disabled', {})
      return realm.transaction(() => {
        const apiKey = realm.chance.text('api-key', 32, alphanumeric)
        realm.furnish({ facts: { ...realm.facts, apiKey }, settings })
        return { result: apiKey }
      })
    },
  )
}
