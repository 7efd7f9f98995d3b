import { Type } from '@sinclair/typebox'
import type { Control, ControlApp } from './control.js'
import { ControlError } from './errors.js'

/** What a client has to trust to talk HTTPS with this server. Its key is nowhere to be had. */
export function authority(app: ControlApp, { authority }: Control): void {
  app.get(
    '/ca.pem',
    {
      schema: {
        operationId: 'readAuthority',
        summary: 'The certificate of the CA that vouches for this server',
        response: {
          200: { description: 'PEM', content: { 'application/pem-certificate-chain': { schema: Type.String() } } },
        },
      },
    },
    async (_request, reply) => {
      if (authority === undefined) {
        throw new ControlError(
          404,
          'no-authority',
          'this server has no CA of its own: it serves no HTTPS, or shows a certificate that it was given',
        )
      }
      return reply.type('application/pem-certificate-chain').send(authority)
    },
  )
}
