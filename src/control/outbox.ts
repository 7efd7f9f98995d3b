import { Type } from '@sinclair/typebox'
import { iso } from '../core/clock.js'
import type { Message } from '../core/outbox.js'
import type { World } from '../core/world.js'
import type { Vendor, VendorTypes } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'
import { accountNamed, vendorNamed } from './find.js'
import { expected } from './input.js'

export const MessageFilter = Type.Object(
  {
    vendor: Type.Optional(Type.String({ description: 'name of a vendor' })),
    account: Type.Optional(Type.String({ description: 'id or any login name; asks for `vendor`' })),
  },
  { additionalProperties: false },
)

const Instant = Type.String({ format: 'date-time' })

export const MessageShown = Type.Object({
  id: Type.String(),
  at: Instant,
  vendor: Type.String(),
  account: Type.String({ description: 'id' }),
  kind: Type.Union([Type.Literal('otp'), Type.Literal('password-reset')]),
  code: Type.String({ description: 'what the user would read in the mail' }),
  expiresAt: Instant,
})

/** Codes and reset tokens that nobody mailed. */
export function outbox(app: ControlApp, { vendors, world }: Control): void {
  const messages = (world: World, vendor: Vendor, account?: string): Message[] => {
    const realm = world.realm<VendorTypes>(vendor.name)
    return realm.outbox.all(account === undefined ? undefined : accountNamed(vendor, realm, account, '/account').id)
  }

  app.get(
    '/outbox',
    {
      schema: {
        operationId: 'readOutbox',
        summary: 'Codes and reset tokens that were not mailed, oldest first',
        querystring: MessageFilter,
        response: { 200: Type.Object({ items: Type.Array(MessageShown) }) },
      },
    },
    async (request) => {
      const { vendor, account } = request.query
      if (account !== undefined && vendor === undefined) throw expected('/vendor', 'the vendor of the account')
      const asked = vendor === undefined ? vendors : [vendorNamed(vendors, vendor, '/vendor')]
      const from = world(request)
      const items = asked.flatMap((one) =>
        messages(from, one, account).map((message) => ({ ...message, vendor: one.name })),
      )
      items.sort((a, b) => a.at - b.at)
      return {
        items: items.map(({ id, at, vendor, account, kind, code, expiresAt }) => ({
          id,
          at: iso(at),
          vendor,
          account,
          kind,
          code,
          expiresAt: iso(expiresAt),
        })),
      }
    },
  )

  app.delete(
    '/outbox',
    {
      schema: {
        operationId: 'clearOutbox',
        summary: 'Forget the messages; the codes in them stay good',
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const cleared = world(request)
      for (const { name } of vendors) cleared.realm(name).outbox.clear()
      return reply.code(204).send(null)
    },
  )
}
