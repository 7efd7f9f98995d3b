import { code, table } from './readme.js'
import { assumptions, type Evidence, levels } from './vendors/vendor.js'

/** The OpenAPI document of a vendor, under one of its profiles. */
export interface Titled {
  readonly title: string
  readonly document: Readonly<Record<string, unknown>>
}

interface Founded {
  readonly 'x-evidence': Evidence
  readonly 'x-assumed'?: readonly string[]
}

type Responses = Readonly<
  Record<
    string,
    { readonly 'x-cases': Readonly<Record<string, Founded>>; readonly 'x-weaker'?: Readonly<Record<string, Founded>> }
  >
>

type Paths = Readonly<
  Record<string, Readonly<Record<string, { readonly operationId: string; readonly responses: Responses }>>>
>

/** An operation in a case that it can answer. */
interface Behaviour {
  readonly operation: string
  readonly name: string
  readonly status: string
  readonly evidence: Evidence
  readonly assumed: readonly string[]
}

const behavioursOf = (operation: string, responses: Responses): Behaviour[] =>
  Object.entries(responses).flatMap(([status, { 'x-cases': cases, 'x-weaker': weaker = {} }]) => [
    ...Object.entries(cases).map(([name, { 'x-evidence': evidence, 'x-assumed': parts }]) => ({
      operation,
      name,
      status,
      evidence,
      assumed: assumptions(evidence, parts),
    })),
    ...Object.entries(weaker).map(([name, { 'x-evidence': evidence }]) => ({
      operation,
      name: `success: ${name}`,
      status,
      evidence,
      assumed: assumptions(evidence),
    })),
  ])

const nowhere = 'where there is none'

/** All that a document says of behaviour. */
function all({ document }: Titled): Behaviour[] {
  const paths: Paths = Object(document.paths)
  const operations = Object.values(paths).flatMap((item) => Object.values(item))
  return [
    ...operations.flatMap(({ operationId, responses }) => behavioursOf(operationId, responses)),
    ...behavioursOf(nowhere, Object(document['x-elsewhere'])),
  ]
}

function counts(documents: readonly Titled[]): string {
  const rows = documents.map((titled) => {
    const behaviours = all(titled)
    const numbers = levels.map((level) => behaviours.filter(({ evidence }) => evidence === level).length)
    return [titled.title, ...numbers.map(String), String(behaviours.length)]
  })
  return table(['vendor', ...levels, 'all'], ...rows)
}

/** What is assumed, one row for what several operations have in common. */
function assumed(titled: Titled): string {
  const behaviours = all(titled)
  const operations = new Set(behaviours.map(({ operation }) => operation).filter((name) => name !== nowhere))
  const alike = new Map<string, Behaviour[]>()
  for (const one of behaviours.filter(({ evidence }) => evidence === 'assumed')) {
    const key = JSON.stringify([one.name, one.status, one.assumed])
    alike.set(key, [...(alike.get(key) ?? []), one])
  }
  const rows = [...alike.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const names = group.map(({ operation }) => operation)
    const who = names.length === operations.size && !names.includes(nowhere) ? 'all' : names.map(label).join(', ')
    return [[who, first.status, first.name, first.assumed.join('; ')]]
  })
  return table(['operation', 'status', 'case', 'what is assumed'], ...rows)
}

const label = (operation: string): string => (operation === nowhere ? operation : code(operation))

function unbuilt({ document }: Titled): string {
  const list: readonly { readonly operation: string; readonly why: string }[] = Object(document['x-unbuilt'])
  return list.map(({ operation, why }) => `- ${operation}: ${why}`).join('\n')
}

/** `openapi/EVIDENCE.md`: how many behaviours rest on what, which of them are assumed, and what is not built. */
export const evidenceDocument = (documents: readonly Titled[]): string =>
  `${[
    '# Evidence',
    `What the emulation of each vendor rests on. A behaviour is an operation in one case that it can answer; its level is
the weakest of what method and path, status, and names and types of the body rest on. What the levels mean, and what was
decided for each vendor, stands in [src/vendors/README.md](../src/vendors/README.md#levels-of-evidence); the documents
beside this file name the level and the reference of each behaviour (\`x-evidence\`, \`x-reference\`). With
\`--strict-evidence LEVEL\` an answer that is weaker than LEVEL becomes a 501. Written by \`npm run openapi\`.`,
    counts(documents),
    ...documents.flatMap((titled, index) => {
      const missing = unbuilt(titled)
      // Profiles of a vendor lack the same.
      const isNews = missing !== '' && !documents.slice(0, index).some((before) => unbuilt(before) === missing)
      return [`## ${titled.title}`, 'Assumed:', assumed(titled), ...(isNews ? ['Not built:', missing] : [])]
    }),
  ].join('\n\n')}\n`
