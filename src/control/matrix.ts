import { exampleFacts, exampleNow, Refusal } from '../core/refusal.js'
import { rules } from '../core/rules.js'
import {
  answerUnder,
  type CredentialCase,
  credentialCases,
  type Evidence,
  lower,
  type Outcome,
  type RegisteredOperation,
  type Treatment,
  type Vendor,
  type VendorTypes,
  weakest,
  word,
} from '../vendors/vendor.js'

/** What one operation does with one wrong credential: the answer to the byte, where it refuses. */
export interface Cell {
  readonly vendor: string
  readonly operation: string
  readonly method: string
  /** As OpenAPI writes it. */
  readonly path: string
  /** As the vendor's treatments name it: `login`, a kind of tokens, or `none`. */
  readonly credential: string
  readonly case: CredentialCase
  readonly outcome: 'refused' | 'accepted' | 'inapplicable'
  /** Code of the refusal. */
  readonly refusal: string | null
  /** `null`: there is nothing to answer. */
  readonly status: number | null
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly evidence: Evidence | null
  /** The reason, in a sentence. */
  readonly why: string
}

type Where = Pick<Cell, 'vendor' | 'operation' | 'method' | 'path' | 'credential' | 'case'>

const nothing = { refusal: null, status: null, headers: {}, body: null, evidence: null } as const

const texts = (headers: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))

function refused(
  vendor: Vendor,
  { evidence: level }: RegisteredOperation,
  settings: VendorTypes['settings'],
  refusal: Refusal,
  { method, path, operation }: Where,
  floor: Evidence,
) {
  const scene = { method, path, operation, now: exampleNow, settings }
  const { status, body, headers = {}, evidence } = word(vendor.refuse, refusal, scene)
  const type = body === '' ? {} : { 'content-type': vendor.manners.contentType }
  return {
    outcome: 'refused' as const,
    refusal: refusal.code,
    status,
    headers: texts({ ...type, ...vendor.manners.headers, ...headers }),
    body,
    evidence: lower(lower(level, evidence), floor),
    why: rules[refusal.code],
  }
}

function cell(
  vendor: Vendor,
  operation: RegisteredOperation,
  settings: VendorTypes['settings'],
  outcome: Outcome,
  where: Where,
): Cell {
  if (typeof outcome === 'string') {
    return cell(vendor, operation, settings, new Refusal(outcome, exampleFacts[outcome]), where)
  }
  if (outcome instanceof Refusal) {
    return { ...where, ...refused(vendor, operation, settings, outcome, where, 'seed') }
  }
  if ('refusal' in outcome) {
    const { refusal, evidence } = outcome
    const shown = refusal instanceof Refusal ? refusal : new Refusal(refusal, exampleFacts[refusal])
    return { ...where, ...refused(vendor, operation, settings, shown, where, evidence) }
  }
  if ('inapplicable' in outcome) return { ...where, ...nothing, outcome: 'inapplicable', why: outcome.inapplicable }
  const [[status, answer] = []] = Object.entries(operation.answers)
  if (!answer) throw new Error(`${operation.id} never succeeds`)
  const evidence = lower(weakest(operation, answerUnder(answer, settings.profile)).evidence, outcome.evidence)
  return { ...where, ...nothing, outcome: 'accepted', status: Number(status), evidence, why: outcome.accepted }
}

const cases = Object.keys(credentialCases) as CredentialCase[]

function row(
  vendor: Vendor,
  operation: RegisteredOperation,
  settings: VendorTypes['settings'],
  { credential, outcomes }: Treatment,
): Cell[] {
  const path = operation.path.replace(/:(\w+)/g, '{$1}')
  const at = { vendor: vendor.name, operation: operation.id, method: operation.method, path, credential }
  return cases.map((name) => cell(vendor, operation, settings, outcomes[name], { ...at, case: name }))
}

/** Whether there is such an operation under these settings. */
export const isUnder =
  ({ profile = '' }: VendorTypes['settings']) =>
  ({ profiles }: RegisteredOperation): boolean =>
    !profiles || profiles.includes(profile)

/** Every wrong credential at every operation that there is under these settings, and what becomes of it. */
export function matrixOf(
  vendor: Vendor,
  operations: readonly RegisteredOperation[],
  settings: VendorTypes['settings'],
): Cell[] {
  const treatments = vendor.matrix(settings)
  return operations
    .filter(isUnder(settings))
    .flatMap((operation) =>
      treatments
        .filter((treatment) => treatment.operations.includes(operation.id))
        .flatMap((treatment) => row(vendor, operation, settings, treatment)),
    )
}
