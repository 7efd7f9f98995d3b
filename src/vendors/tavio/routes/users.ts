import type { RefusalCode } from '../../../core/refusal.js'
import type { Stage, VendorApp } from '../../vendor.js'
import { exampleUser } from '../examples.js'
import type { TavioTypes } from '../fixture.js'
import { user, userWithRoles } from '../render.js'
import { inOrganization } from '../sample.js'
import { authenticate, membershipOf } from '../session.js'
import { sources } from '../sources.js'
import { InOrganisation, Users, UserWithRoles } from '../wire.js'

const refuses: readonly RefusalCode[] = [
  'unknown-tenant',
  'token-missing',
  'token-unknown',
  'token-expired',
  'token-revoked',
  'token-wrong-tenant',
  'token-account-gone',
]

export function users(app: VendorApp, stage: Stage<TavioTypes>): void {
  app.get(
    '/v1/:orgDomain/me',
    {
      schema: {
        operationId: 'me',
        summary: 'The user behind the token',
        security: [{ bearer: [] }],
        params: InOrganisation,
        response: { 200: UserWithRoles },
      },
      config: {
        operation: {
          ...sources.ours,
          namedBy: sources.integration.reference,
          event: 'token-use',
          sample: inOrganization,
          answers: {
            200: {
              description: 'The user',
              ...sources.ours,
              assumed: ['path', 'the object is not wrapped', 'changePassword and favorite are present'],
              example: { ...exampleUser, roles: ['Organization Administrator'] },
            },
          },
          refuses,
        },
      },
    },
    (request) => {
      const realm = stage.realm(request)
      const { orgDomain } = request.params
      const { account } = authenticate(realm, request, orgDomain)
      return userWithRoles(account, membershipOf(account, orgDomain), realm.settings)
    },
  )

  app.get(
    '/v1/:orgDomain/users',
    {
      schema: {
        operationId: 'listUsers',
        summary: 'The users of the organization; `filters` and `sort` are accepted and ignored',
        security: [{ bearer: [] }],
        params: InOrganisation,
        response: { 200: Users },
      },
      config: {
        operation: {
          ...sources.ours,
          namedBy: sources.integration.reference,
          event: 'token-use',
          sample: inOrganization,
          answers: {
            200: {
              description: 'The users',
              ...sources.ours,
              assumed: ['path', 'a plain array'],
              example: [exampleUser],
            },
          },
          refuses,
        },
      },
    },
    (request) => {
      const realm = stage.realm(request)
      const { orgDomain } = request.params
      authenticate(realm, request, orgDomain)
      return realm.accounts
        .all()
        .filter(({ profile }) => profile.memberships.some((membership) => membership.orgDomain === orgDomain))
        .map((account) => user(account, realm.settings))
    },
  )
}
