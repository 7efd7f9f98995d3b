import { type Static, Type } from '@sinclair/typebox'
import type { Account } from '../core/account.js'
import { iso } from '../core/clock.js'
import { accountSchema, changeAccount, createAccount } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'
import { decided, decideWithHash, type Place, placeOf } from './decision.js'
import { accountNamed, unknownAccount, vendorNamed } from './find.js'
import { expected, read } from './input.js'

const State = Type.Union([Type.Literal('active'), Type.Literal('disabled'), Type.Literal('deleted')])

export const AccountFilter = Type.Object(
  {
    vendor: Type.Optional(Type.String({ description: 'name of a vendor' })),
    state: Type.Optional(State),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'at most so many; 100' })),
    cursor: Type.Optional(Type.String({ description: '`next` of the page before' })),
  },
  { additionalProperties: false },
)

const state = Type.Optional(
  Type.Union(State.anyOf, {
    description: 'laid over the fields with which the vendor says it, if the vendor has such a state',
  }),
)

export const NewAccount = Type.Object(
  { vendor: Type.String({ description: 'name of a vendor' }), state },
  { description: 'an account as the vendor’s fixture has it, and beside it the vendor', additionalProperties: true },
)

export const AccountChange = Type.Object(
  { state },
  { description: 'any fields of an account as the vendor’s fixture has it', additionalProperties: true },
)

const Named = Type.Object({
  vendor: Type.String({ description: 'name of a vendor' }),
  id: Type.String({ description: 'id or login name of an account' }),
})

export const AccountShown = Type.Object({
  id: Type.String(),
  vendor: Type.String(),
  state: State,
  logins: Type.Array(Type.String(), { description: 'what it logs in with, as the vendor compares it' }),
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  profile: Type.Record(Type.String(), Type.Unknown(), { description: 'the entry of a fixture that describes it' }),
})

const shown = ({ vendor, realm }: Place, account: Account<unknown>): Static<typeof AccountShown> => ({
  id: account.id,
  vendor: vendor.name,
  state: account.state,
  logins: realm.accounts.loginsOf(account).map(({ key }) => key),
  createdAt: iso(account.createdAt),
  updatedAt: iso(account.updatedAt),
  profile: vendor.entryOf(account),
})

/** The fields of an entry, and those with which this vendor says the state. Throws `invalid-input`. */
function fieldsOf(
  { vendor, realm }: Place,
  { state, ...given }: Static<typeof AccountChange>,
): Record<string, unknown> {
  if (state === undefined) return given
  const { [state]: fields } = vendor.states
  const known = Object.keys(vendor.states).join(' or ')
  if (!fields) throw expected('/state', `${known}: ${vendor.name} has no accounts that are ${state}`)
  return { ...given, ...fields(realm.clock.now()) }
}

/** Where a page of the list goes on: behind a position among the accounts of a vendor. */
function positionIn(cursor: string, names: readonly string[]): { name: string; after: number } {
  const [, name = '', position = ''] = /^([a-z]+):(\d{1,15})$/.exec(cursor) ?? []
  if (!names.includes(name)) throw expected('/cursor', 'what a page of this list gave as next')
  return { name, after: Number(position) }
}

/** The accounts of a world. */
export function accounts(app: ControlApp, { vendors, world }: Control): void {
  const place = (request: Parameters<typeof world>[0] & { params: Static<typeof Named> }): Place =>
    placeOf(world(request), vendorNamed(vendors, request.params.vendor))

  app.get(
    '/accounts',
    {
      schema: {
        operationId: 'listAccounts',
        summary: 'The accounts, vendor by vendor in the order of their creation',
        querystring: AccountFilter,
        response: { 200: Type.Object({ items: Type.Array(AccountShown), next: Type.Optional(Type.String()) }) },
      },
    },
    async (request) => {
      const { vendor, state, limit = 100, cursor } = request.query
      const asked = vendor === undefined ? vendors : [vendorNamed(vendors, vendor, '/vendor')]
      const names = asked.map(({ name }) => name)
      let { name, after } = cursor === undefined ? { name: names[0], after: 0 } : positionIn(cursor, names)
      const items: Static<typeof AccountShown>[] = []
      for (const one of asked.slice(names.indexOf(name ?? ''))) {
        const at = placeOf(world(request), one)
        const page = at.realm.accounts.page({ after, limit: limit - items.length, state })
        items.push(...page.items.map((account) => shown(at, account)))
        if (page.next !== null) return { items, next: `${one.name}:${page.next}` }
        after = 0
      }
      return { items }
    },
  )

  app.post(
    '/accounts',
    {
      schema: {
        operationId: 'createAccount',
        summary: 'Make an account',
        body: NewAccount,
        response: { 201: AccountShown },
      },
    },
    async (request, reply) => {
      const { vendor: name, ...given } = request.body
      const at = placeOf(world(request), vendorNamed(vendors, name, '/vendor'))
      const entry = read(accountSchema(at.vendor), fieldsOf(at, given))
      if (entry.password === undefined && entry.passwordHash === undefined) {
        throw expected('/password', 'a password or a passwordHash')
      }
      const created = await decideWithHash(
        at,
        entry,
        (fields, hash = '') => createAccount(at.vendor, at.realm, fields, hash).account,
      )
      reply.code(201)
      return shown(at, created)
    },
  )

  app.get(
    '/accounts/:vendor/:id',
    {
      schema: { operationId: 'readAccount', summary: 'An account', params: Named, response: { 200: AccountShown } },
    },
    async (request) => {
      const at = place(request)
      return shown(at, accountNamed(at.vendor, at.realm, request.params.id))
    },
  )

  app.patch(
    '/accounts/:vendor/:id',
    {
      schema: {
        operationId: 'changeAccount',
        summary: 'Change the password, the state or any field of an account; its tokens stay',
        params: Named,
        body: AccountChange,
        response: { 200: AccountShown },
      },
    },
    async (request) => {
      const at = place(request)
      const { vendor, realm } = at
      const account = accountNamed(vendor, realm, request.params.id)
      const fields = fieldsOf(at, request.body)
      read(accountSchema(vendor), { ...vendor.entryOf(account), ...fields })
      const changed = await decideWithHash(at, fields, (change, hash) => {
        // While a password was hashed, the account may have been changed, or removed.
        const known = realm.accounts.find(account.id)
        if (!known) throw unknownAccount(vendor, account.id)
        return changeAccount(vendor, realm, known, change, hash)
      })
      return shown(at, changed)
    },
  )

  app.delete(
    '/accounts/:vendor/:id',
    {
      schema: {
        operationId: 'removeAccount',
        summary: 'Remove an account; its tokens stay, and are refused as those of an account that is gone',
        params: Named,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const at = place(request)
      const account = accountNamed(at.vendor, at.realm, request.params.id)
      decided(at, () => at.realm.accounts.remove(account))
      return reply.code(204).send(null)
    },
  )
}
