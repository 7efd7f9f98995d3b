import { Refusal } from '../../../core/refusal.js'
import type { Stage, VendorApp } from '../../vendor.js'
import { apiKey, issueApiKey, apiKeys as keysOf } from '../api-key.js'
import { exampleApiKey } from '../examples.js'
import type { BabelforTypes } from '../fixture.js'
import {
  asJson,
  besideBadBearer,
  bodyRefusals,
  consumes,
  credentialRefusals,
  eitherCredential,
  missingArgument,
} from '../operation.js'
import { ok, page } from '../render.js'
import { authorize, callerOf } from '../session.js'
import { sources } from '../sources.js'
import { ApiKeyResponse, ApiKeysResponse, InsertApiKeyRequest, ListQuery } from '../wire.js'

export function apiKeys(app: VendorApp, stage: Stage<BabelforTypes>): void {
  app.get(
    '/v1/api-keys',
    {
      schema: {
        operationId: 'listApiKeys',
        summary: 'The API keys of all users; select, filter and sort are accepted and ignored',
        security: eitherCredential,
        querystring: ListQuery,
        response: { 200: ApiKeysResponse },
      },
      config: {
        operation: {
          ...sources.apiKeys,
          event: 'token-use',
          answers: {
            200: {
              description: 'The keys, oldest first',
              ...sources.ours,
              assumed: ['the names apiKeys and totalApiKeysCount, after the pattern of other lists'],
              weaker: [besideBadBearer],
              example: { ...ok, apiKeys: [exampleApiKey], totalApiKeysCount: 1 },
            },
          },
          refuses: [...credentialRefusals, 'permission-denied', 'invalid-input'],
        },
      },
      onRequest: authorize(stage, { permission: 'Read', role: 'Administrator' }),
    },
    (request) => {
      const all = keysOf(stage.realm(request))
      return { ...ok, apiKeys: page(all, request.query), totalApiKeysCount: all.length }
    },
  )

  app.post(
    '/v1/api-keys',
    {
      schema: {
        operationId: 'insertApiKey',
        summary: 'Make an API key for a user, or for the caller where no owner is named',
        security: eitherCredential,
        consumes,
        body: InsertApiKeyRequest,
        response: { 200: ApiKeyResponse },
      },
      config: {
        operation: {
          ...sources.apiKeys,
          event: 'token-use',
          sample: () => asJson({ apiKey: {} }),
          answers: {
            200: {
              description: 'The key; without an apiKey in the body success is false and code 3',
              ...sources.ours,
              assumed: ['the name apiKey', 'id, key, createdDate and revoked are the server’s to set'],
              weaker: [besideBadBearer],
              example: { ...ok, apiKey: exampleApiKey },
            },
          },
          refuses: [
            ...credentialRefusals,
            'permission-denied',
            ...bodyRefusals,
            missingArgument('apiKey'),
            'unknown-resource',
          ],
        },
      },
      onRequest: authorize(stage, { permission: 'Create', role: 'Administrator' }),
    },
    (request) => {
      const realm = stage.realm(request)
      const { apiKey: given } = request.body
      if (!given) throw missingArgument('apiKey')
      const { id: _id, key: _key, createdDate: _created, revoked: _revoked, ownerId, ...wanted } = given
      return realm.transaction(() => {
        const owner = ownerId ?? callerOf(request).account.id
        if (!realm.accounts.find(owner)) throw new Refusal('unknown-resource', { resource: owner })
        return { ...ok, apiKey: apiKey(issueApiKey(realm, owner, wanted)) }
      })
    },
  )
}
