import type { Stage, VendorApp } from '../../vendor.js'
import { exampleRoles } from '../examples.js'
import type { BabelforTypes } from '../fixture.js'
import { besideBadBearer, credentialRefusals, eitherCredential } from '../operation.js'
import { ok, page } from '../render.js'
import { authorize } from '../session.js'
import { sources } from '../sources.js'
import { ListQuery, RolesResponse } from '../wire.js'

export function roles(app: VendorApp, stage: Stage<BabelforTypes>): void {
  app.get(
    '/v1/roles',
    {
      schema: {
        operationId: 'listRoles',
        summary: 'The roles that a user can have; select, filter and sort are accepted and ignored',
        security: eitherCredential,
        querystring: ListQuery,
        response: { 200: RolesResponse },
      },
      config: {
        operation: {
          ...sources.roles,
          event: 'token-use',
          answers: {
            200: {
              description: 'The roles',
              ...sources.roles,
              assumed: ['any signed-in caller may ask', 'code and message are present'],
              weaker: [besideBadBearer],
              example: { ...ok, roles: exampleRoles, totalRolesCount: 1 },
            },
          },
          refuses: [...credentialRefusals, 'permission-denied', 'invalid-input'],
        },
      },
      onRequest: authorize(stage, { permission: 'Read' }),
    },
    (request) => {
      const all = stage.realm(request).facts.roles
      return { ...ok, roles: page(all, request.query), totalRolesCount: all.length }
    },
  )
}
