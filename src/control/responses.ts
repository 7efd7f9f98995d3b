import { type Evidence, weakest } from '../vendors/vendor.js'

/** One case in which an operation answers: a success, or a refusal in the vendor's words. */
export interface Case {
  readonly name: string
  readonly description: string
  readonly status: number
  readonly evidence: Evidence
  readonly assumed: readonly string[]
  readonly weaker: Readonly<Record<string, Evidence>>
  readonly headers: Readonly<Record<string, string | number>>
  readonly mediaType: string | undefined
  readonly example: unknown
  readonly schema: unknown
}

/** One schema, or any of several. */
const anyOf = (schemas: readonly unknown[]) => {
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  return distinct.length === 1 ? distinct[0] : { anyOf: distinct }
}

const exampleOf = ({ description, example, evidence, assumed }: Case) => ({
  summary: description,
  value: example,
  'x-evidence': evidence,
  ...(assumed.length > 0 && { 'x-assumed': assumed }),
})

/** Cases by names of their own: a second one of the same refusal is numbered. */
function named(cases: readonly Case[]): Case[] {
  return cases.map((one, index) => {
    const before = cases.slice(0, index).filter(({ name }) => name === one.name).length
    return before === 0 ? one : { ...one, name: `${one.name}-${before + 1}` }
  })
}

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
function response(alike: readonly Case[]) {
  const cases = named(alike)
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
  const weaker = Object.assign({}, ...cases.map((one) => one.weaker))
  return {
    description: [...new Set(cases.map(({ description }) => description))].join(', '),
    'x-evidence': weakest(...cases.map(({ evidence }) => evidence)),
    'x-cases': Object.fromEntries(cases.map(({ name, evidence }) => [name, evidence])),
    ...(assumed.length > 0 && { 'x-assumed': assumed }),
    ...(Object.keys(weaker).length > 0 && { 'x-weaker': weaker }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(Object.keys(content).length > 0 && { content }),
  }
}

/** The OpenAPI responses of an operation, by status. */
export function responses(cases: readonly Case[]): Record<string, unknown> {
  const statuses = [...new Set(cases.map(({ status }) => status))].sort((a, b) => a - b)
  return Object.fromEntries(statuses.map((status) => [status, response(cases.filter((one) => one.status === status))]))
}
