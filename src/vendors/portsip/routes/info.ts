import { Refusal } from '../../../core/refusal.js'
import type { Stage, VendorApp } from '../../vendor.js'
import { exampleInfo } from '../examples.js'
import { type PortsipTypes, sameDomain } from '../fixture.js'
import { systemInfo, tenantInfo } from '../render.js'
import { sources } from '../sources.js'
import { Info, InfoQuery } from '../wire.js'

export function info(app: VendorApp, stage: Stage<PortsipTypes>): void {
  app.get(
    '/api/info',
    {
      schema: {
        operationId: 'getInfo',
        summary: 'Metadata of the system and, with `domain`, of a tenant',
        querystring: InfoQuery,
        response: { 200: Info },
      },
      config: {
        operation: {
          ...sources.info,
          answers: {
            200: {
              description: 'The metadata; those of the tenant only where `domain` is given',
              ...sources.info,
              example: exampleInfo,
            },
          },
          refuses: ['invalid-input', 'unknown-resource'],
        },
      },
    },
    (request) => {
      const { system, tenants } = stage.realm(request).facts
      const { domain } = request.query
      if (domain === undefined) return systemInfo(system)
      const tenant = tenants.find((candidate) => sameDomain(candidate.domain, domain))
      if (!tenant) throw new Refusal('unknown-resource', { resource: domain })
      return tenantInfo(system, tenant)
    },
  )
}
