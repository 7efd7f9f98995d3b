import { readFileSync } from 'node:fs'

export interface Founded {
  'x-evidence'?: string
  'x-reference'?: string
}

export interface Response extends Founded {
  readonly 'x-cases': Record<string, Founded>
  readonly 'x-weaker'?: Record<string, Founded>
  readonly content?: Record<string, { examples: Record<string, Founded> }>
}

export interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, { operationId: string; responses: Record<string, Response> }>>
  readonly 'x-elsewhere': Record<string, Response>
}

export const readDocument = (name: string): Document => JSON.parse(readFileSync(`openapi/${name}.json`, 'utf8'))

export const levels = ['seed', 'documented', 'source', 'framework', 'assumed']

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** What the page of our decisions can be entered at: GitHub makes an anchor of each heading. */
const decisions = new Set(
  [...readFileSync('src/vendors/README.md', 'utf8').matchAll(/^### (.+)$/gm)].map(
    ([, heading = '']) => `src/vendors/README.md#${heading.toLowerCase().replaceAll(' ', '-')}`,
  ),
)

/** Each response of a document, with `operationId status`. */
function responsesOf(document: Document): [string, Response][] {
  const operations = Object.values(document.paths).flatMap((item) => methods.flatMap((method) => item[method] ?? []))
  return [...operations, { operationId: 'elsewhere', responses: document['x-elsewhere'] }].flatMap(
    ({ operationId, responses }) =>
      Object.entries(responses).map(([status, response]): [string, Response] => [`${operationId} ${status}`, response]),
  )
}

/** Each case in which an operation answers: `operationId status`, its name, and what it rests on. */
export const casesOf = (document: Document): { at: string; name: string; founded: Founded }[] =>
  responsesOf(document).flatMap(([at, response]) => [
    ...Object.entries(response['x-cases']).map(([name, founded]) => ({ at, name, founded })),
    ...Object.entries(response['x-weaker'] ?? {}).map(([name, founded]) => ({ at, name: `success: ${name}`, founded })),
  ])

function complaint({ 'x-evidence': level = '', 'x-reference': reference = '' }: Founded): string[] {
  if (!levels.includes(level)) return ['no level']
  const isFound = level === 'assumed' ? decisions.has(reference) : /^https:\/\/[^/]+/.test(reference)
  return isFound ? [] : ['no reference']
}

/** What a document leaves open about the evidence of its responses. Knows nothing of the code that wrote it. */
export function unfounded(document: Document): string[] {
  const ofResponses = responsesOf(document).flatMap(([at, response]) => {
    const media = Object.values(response.content ?? {})
    const examples = media.flatMap((one) => Object.entries(one.examples))
    return [
      ...complaint(response).map((what) => `${at}: ${what}`),
      ...(Object.keys(response['x-cases']).length === 0 ? [`${at}: no case`] : []),
      ...(media.some((one) => Object.keys(one.examples).length === 0) ? [`${at}: no example`] : []),
      ...examples.flatMap(([name, founded]) => complaint(founded).map((what) => `${at}, example ${name}: ${what}`)),
    ]
  })
  const ofCases = casesOf(document).flatMap(({ at, name, founded }) =>
    complaint(founded).map((what) => `${at}, ${name}: ${what}`),
  )
  return [...ofResponses, ...ofCases]
}
