import { Type } from '@sinclair/typebox'
import { iso } from '../core/clock.js'
import type { Control, ControlApp } from './control.js'

const text = (description: string) => Type.Optional(Type.String({ description }))

export const TimerShown = Type.Object({
  at: Type.String({ format: 'date-time', description: 'the first instant at which it is over' }),
  kind: Type.String({ description: '`token`, `lockout`, `throttle`, `key` (its grace)' }),
  vendor: Type.String(),
  account: text('of a token: whose'),
  token: text('of a token: its id'),
  tokenKind: text('of a token'),
  address: text('of a lock-out or a throttle: whose'),
})

const Query = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })) },
  { additionalProperties: false },
)

/** What will end by itself when the time of the world passes. */
export function timers(app: ControlApp, { world, vendors }: Control): void {
  app.get(
    '/clock/timers',
    {
      schema: {
        operationId: 'listTimers',
        summary: 'What ends next: token expiries, lock-outs, throttle windows, the grace of keys',
        querystring: Query,
        response: { 200: Type.Object({ items: Type.Array(TimerShown) }) },
      },
    },
    async (request) => {
      const { limit = 100 } = request.query
      const { store, clock } = world(request)
      const now = clock.now()
      const tokens = store.tokens
        .ending(now, limit)
        .map(({ vendor, account, id: token, kind: tokenKind, expiresAt: at }) => ({
          at,
          kind: 'token',
          vendor,
          account,
          token,
          tokenKind,
        }))
      const windows = store.windows
        .ending(now, limit)
        .map(({ vendor, purpose: kind, key: address, endsAt: at }) => ({ at, kind, vendor, address }))
      const keys = vendors.flatMap(({ name: vendor }) =>
        store.keys
          .all(vendor, 'signing')
          .flatMap(({ retiresAt: at }) => (at === null ? [] : { at, kind: 'key', vendor })),
      )
      const soonest = [...tokens, ...windows, ...keys]
        .filter(({ at }) => at > now)
        .sort((one, other) => one.at - other.at)
        .slice(0, limit)
      return { items: soonest.map((timer) => ({ ...timer, at: iso(timer.at) })) }
    },
  )
}
