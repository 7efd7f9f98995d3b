import { Type } from '@sinclair/typebox'
import type { VendorTypes } from '../vendors/vendor.js'
import { credentialCases } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'
import { assertKnown } from './criteria.js'
import { vendorNamed } from './find.js'
import { type Cell, isUnder, matrixOf } from './matrix.js'

const cases = Object.keys(credentialCases)

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])

export const RefusalShown = Type.Object({
  vendor: Type.String(),
  operation: Type.String(),
  method: Type.String(),
  path: Type.String({ description: 'the vendor’s own' }),
  credential: Type.String({ description: '`login`: name and password; a kind of token; `none`: none is asked for' }),
  case: Type.String({ description: 'what is wrong with the credential; `cases` says it in words' }),
  outcome: Type.Union([Type.Literal('refused'), Type.Literal('accepted'), Type.Literal('inapplicable')]),
  refusal: orNull(Type.String({ description: 'code of the refusal' })),
  status: orNull(Type.Integer()),
  headers: Type.Record(Type.String(), Type.String(), { description: 'of a refusal, by lower-case name' }),
  body: orNull(Type.String({ description: 'of a refusal, as an example: instants are those of the request' })),
  evidence: orNull(Type.String({ description: 'on what the outcome rests' })),
  why: Type.String(),
})

export const RefusalFilter = Type.Object(
  {
    vendor: Type.Optional(Type.String()),
    operation: Type.Optional(Type.String()),
    case: Type.Optional(Type.Union(cases.map((name) => Type.Literal(name)))),
  },
  { additionalProperties: false },
)

/** What becomes of every wrong credential, under the settings of a world. */
export function refusals(app: ControlApp, { vendors, operations, world }: Control): void {
  app.get(
    '/refusals',
    {
      schema: {
        operationId: 'listRefusals',
        summary: 'What each operation answers to each wrong credential',
        querystring: RefusalFilter,
        response: {
          200: Type.Object({
            cases: Type.Record(Type.String(), Type.String(), { description: 'each case in words' }),
            items: Type.Array(RefusalShown),
          }),
        },
      },
    },
    async (request) => {
      const { vendor: name, operation, case: only } = request.query
      const asked = name === undefined ? vendors : [vendorNamed(vendors, name, '/vendor')]
      const cells = asked.flatMap((vendor): Cell[] => {
        const { settings } = world(request).realm<VendorTypes>(vendor.name)
        return matrixOf(vendor, operations(vendor.name), settings)
      })
      assertKnown(
        'operation',
        operation,
        asked.flatMap(({ name }) =>
          operations(name)
            .filter(isUnder(world(request).realm<VendorTypes>(name).settings))
            .map(({ id }) => id),
        ),
        '',
      )
      const items = cells.filter(
        (cell) =>
          (operation === undefined || cell.operation === operation) && (only === undefined || cell.case === only),
      )
      return {
        cases: credentialCases,
        items: items.map((cell) => ({ ...cell, headers: { ...cell.headers } })),
      }
    },
  )
}
