import type { Stage, VendorApp } from '../../vendor.js'
import { exampleToken } from '../examples.js'
import type { TavioTypes } from '../fixture.js'
import { inOrganization } from '../sample.js'
import { authenticate } from '../session.js'
import { sources } from '../sources.js'
import { issue } from '../tokens.js'
import { InOrganisation, RenewResponse } from '../wire.js'

export function renew(app: VendorApp, stage: Stage<TavioTypes>): void {
  app.post(
    '/v1/:orgDomain/auth/token/renew',
    {
      schema: {
        operationId: 'renew',
        summary: 'Exchange a live token for a fresh one of the same kind',
        security: [{ bearer: [] }],
        params: InOrganisation,
        response: { 200: RenewResponse },
      },
      config: {
        operation: {
          ...sources.renew,
          event: 'renew',
          sample: inOrganization,
          answers: {
            200: {
              description: 'A new token; the old one lives on unless the setting renewRevokes says otherwise',
              ...sources.renew,
              assumed: ['the kind of the token is preserved', 'the old token stays valid'],
              example: { token: exampleToken, expires_in: 3600 },
            },
          },
          refuses: [
            'unknown-tenant',
            'token-missing',
            'token-unknown',
            'token-expired',
            'token-revoked',
            'token-wrong-tenant',
            'token-account-gone',
          ],
        },
      },
    },
    (request) => {
      const realm = stage.realm(request)
      const { orgDomain } = request.params
      return realm.transaction(() => {
        const { token, account } = authenticate(realm, request, orgDomain)
        if (realm.settings.renewRevokes) realm.tokens.revoke(token)
        return issue(realm, account, orgDomain, token.facts.environment)
      })
    },
  )
}
