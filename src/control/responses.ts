import { type Ground, weakest } from '../vendors/vendor.js'
import type { Case } from './cases.js'

/** One schema, or any of several. */
const anyOf = (schemas: readonly unknown[]) => {
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  return distinct.length === 1 ? distinct[0] : { anyOf: distinct }
}

const founded = ({ evidence, reference }: Ground) => ({ 'x-evidence': evidence, 'x-reference': reference })

const decided = (assumed: readonly string[]) => assumed.length > 0 && { 'x-assumed': assumed }

const exampleOf = ({ description, example, assumed, ...ground }: Case) => ({
  summary: description,
  value: example,
  ...founded(ground),
  ...decided(assumed),
})

function contentOf(cases: readonly Case[]) {
  const types = [...new Set(cases.flatMap(({ mediaType }) => mediaType ?? []))]
  const contents = types.map((type) => {
    const alike = cases.filter(({ mediaType }) => mediaType === type)
    const examples = Object.fromEntries(alike.map((one) => [one.name, exampleOf(one)]))
    return [type, { schema: anyOf(alike.map(({ schema }) => schema)), examples }]
  })
  return Object.fromEntries(contents)
}

/** All cases that share a status, as one OpenAPI response. */
function response(cases: readonly Case[]) {
  const content = contentOf(cases)
  const headers = Object.fromEntries(
    cases.flatMap((one) =>
      Object.entries(one.headers).map(([name, value]) => [
        name,
        { schema: { type: 'string' }, example: String(value) },
      ]),
    ),
  )
  const assumed = [...new Set(cases.flatMap((one) => one.assumed))]
  const [first, ...others] = cases
  const weaker = cases.flatMap((one) => one.weaker)
  return {
    description: [...new Set(cases.map(({ description }) => description))].join(', '),
    ...(first && founded(weakest(first, ...others))),
    'x-cases': Object.fromEntries(cases.map((one) => [one.name, { ...founded(one), ...decided(one.assumed) }])),
    ...decided(assumed),
    ...(weaker.length > 0 && { 'x-weaker': Object.fromEntries(weaker.map((one) => [one.case, founded(one)])) }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(Object.keys(content).length > 0 && { content }),
  }
}

/** The OpenAPI responses of an operation, by status. */
export function responses(cases: readonly Case[]): Record<string, unknown> {
  const statuses = [...new Set(cases.map(({ status }) => status))].sort((a, b) => a - b)
  return Object.fromEntries(statuses.map((status) => [status, response(cases.filter((one) => one.status === status))]))
}
