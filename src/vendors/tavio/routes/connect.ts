import { Refusal } from '../../../core/refusal.js'
import type { Stage, VendorApp } from '../../vendor.js'
import { exampleToken } from '../examples.js'
import type { TavioTypes } from '../fixture.js'
import { inEnvironment } from '../sample.js'
import { authenticate, findOrganization, membershipOf } from '../session.js'
import { introduction, sources } from '../sources.js'
import { issue } from '../tokens.js'
import { ConnectResponse, InEnvironment } from '../wire.js'

export function connect(app: VendorApp, stage: Stage<TavioTypes>): void {
  app.post(
    '/v1/:orgDomain/environments/:envDomain/connect',
    {
      schema: {
        operationId: 'connect',
        summary: 'Get a token for one environment of the organization',
        security: [{ bearer: [] }],
        params: InEnvironment,
        response: { 200: ConnectResponse },
      },
      config: {
        operation: {
          ...sources.ours,
          namedBy: introduction,
          event: 'token-use',
          sample: inEnvironment,
          answers: {
            200: {
              description: 'An envAuth token',
              ...sources.ours,
              assumed: ['method', 'context is the environment domain', 'wording of message'],
              example: { token: exampleToken, context: 'acme-prod', expires_in: 3600, message: 'Connected' },
            },
          },
          refuses: [
            'unknown-tenant',
            'token-missing',
            'token-unknown',
            'token-expired',
            'token-revoked',
            'token-wrong-kind',
            'token-wrong-tenant',
            'token-account-gone',
            'unknown-resource',
          ],
        },
      },
    },
    (request) => {
      const realm = stage.realm(request)
      const { orgDomain, envDomain } = request.params
      const { account } = authenticate(realm, request, orgDomain, ['orgAuth'])
      const { environments } = findOrganization(realm, orgDomain)
      const allowed = membershipOf(account, orgDomain).environments
      if (!environments.includes(envDomain) || !allowed.includes(envDomain)) {
        throw new Refusal('unknown-resource', { resource: envDomain })
      }
      const { token, expires_in } = issue(realm, account, orgDomain, envDomain)
      return { token, context: envDomain, expires_in, message: 'Connected' }
    },
  )
}
