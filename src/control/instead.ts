import type { Refusal } from '../core/refusal.js'
import type { RegisteredOperation } from '../vendors/vendor.js'
import { type Advice, mend, placeholders, tried } from './advice.js'
import { accountIn, type Case, lookUp, type Table } from './case.js'
import { existing, firstAccepted, loggingIn, loginsOf, presenting, reaching } from './proposals.js'
import { accountPath, activating, control, removing, type Step, said, unthrottling, waiting } from './step.js'
import { questionOf } from './trial.js'

const listed = (texts: readonly (string | null)[]): string =>
  [...new Set(texts)].map((text) => (text === null ? 'none' : JSON.stringify(text))).join(', ')

/** How a request differs from the one that was sent. */
interface Change {
  readonly steps?: readonly Step[]
  readonly text?: string
  readonly path?: string
}

/** The request that was sent, once more; where it is refused for something else then, what would help against that. */
async function again(of: Case, { steps = [], text = '', path }: Change = {}): Promise<Advice[]> {
  const { sent } = of
  // What is still refused after so much has no simple advice.
  if (of.first.length > 4) return []
  if (!sent) return mends([...steps.map((step) => step.text), text].filter((part) => part !== '').join(' '))
  const question = { ...sent, ...(path !== undefined && { path }) }
  const changed = path === undefined ? {} : { do: 'send' as const, request: { method: sent.method, path } }
  const outcome = await tried(of, { do: 'again', text, steps, ask: () => question, ...changed })
  if (!outcome) return []
  if ('advice' in outcome) return [outcome.advice]
  // It got further only where something was done for it.
  const { refusal: rest, of: then } = outcome
  return then.first.length > of.first.length && path === undefined ? insteadOf(rest, then) : []
}

function tenants({ vendor, realm }: Case): string {
  const all = vendor.tokens.tenants(realm).filter((tenant) => tenant !== null)
  return all.length > 0 ? `Name a tenant that exists: ${listed(all)}.` : ''
}

/** What an account may act for. */
function scopes(of: Case, id: string | null): string {
  const account = id === null ? undefined : of.realm.accounts.find(id)
  const all = account ? of.vendor.tokens.scopes(account, of.realm) : []
  const named = all.flatMap(({ tenant, environments }) =>
    tenant === null ? [] : [`${JSON.stringify(tenant)}${environments.length > 0 ? ` (${listed(environments)})` : ''}`],
  )
  return id === null || named.length === 0 ? '' : `Ask for what ${accountIn(of, id)} belongs to: ${named.join(', ')}.`
}

/** Waiting, where there is something to wait for. */
const after = (of: Case, until: number): Step[] => (until > of.world.clock.now() ? [waiting(of, until)] : [])

const mends = (...texts: string[]): Advice[] => texts.filter((text) => text !== '').map(mend)

/** Where the operation is asked for with a token of that tenant. */
function pathIn(of: Case, tenant: string): string | undefined {
  const { operation, vendor } = of
  const guise = { vendor, kind: vendor.tokens.kinds[0].name, tenant, environment: null }
  return operation && questionOf(operation, placeholders.token, guise, of.realm.settings).path
}

const settings = (of: Case): string => said(control(of, 'GET', `/settings/${of.vendor.name}`))

/** A login, where the operation is one that takes a name and a password; otherwise a token. */
const byCredential = async (of: Case): Promise<Advice[]> => {
  const presented = await presenting(of)
  return presented.length > 0 || !of.operation?.logIn ? presented : existing(of)
}

const byToken = (_facts: unknown, of: Case): Promise<Advice[]> => byCredential(of)

/** Whether that is a path of the operation, in any letter case. */
function isAt(operation: RegisteredOperation, path: string): boolean {
  const given = path.toLowerCase().split('/')
  const own = operation.path.toLowerCase().split('/')
  return own.length === given.length && own.every((part, at) => part.startsWith(':') || part === given[at])
}

/** What would be accepted in the place of what was refused; a code that is missing has nothing to say. */
const instead: Table<Promise<Advice[]>> = {
  'unknown-account': (_facts, of) => existing(of),
  'wrong-password': async ({ account }, of) => {
    if (!of.operation) return []
    const change = said(control(of, 'PATCH', accountPath(of, account), { password: '…' }))
    const text = `Send the password of ${accountIn(of, account)}; ${change} gives it another.`
    return firstAccepted(of, loginsOf(of, account, of.operation, text))
  },
  'account-inactive': async ({ account }, of) => {
    const step = activating(of, account)
    return [...(step ? await again(of, { steps: [step] }) : []), ...(await existing(of))]
  },
  'unknown-tenant': async (_facts, of) => {
    const text = tenants(of)
    const advice = of.operation?.logIn ? await loggingIn(of, of.operation, () => text) : await presenting(of)
    return advice.length > 0 || text === '' ? advice : mends(text)
  },
  'not-a-member': async ({ account }, of) => {
    const text = scopes(of, account)
    const { operation } = of
    const logins = operation?.logIn ? await firstAccepted(of, loginsOf(of, account, operation, text)) : []
    return logins.length > 0 ? logins : [...mends(text), ...(await presenting(of))]
  },
  'account-locked': ({ until }, of) => again(of, { steps: after(of, until) }),
  throttled: async ({ resetAt }, of) => [
    ...(await again(of, { steps: after(of, resetAt) })),
    ...(of.entry.exchange.fault ? [] : await again(of, { steps: [unthrottling(of)] })),
  ],
  'token-missing': byToken,
  'token-malformed': byToken,
  'token-bad-signature': byToken,
  'token-claim-missing': byToken,
  'token-claim-invalid': byToken,
  'token-not-yet-valid': async ({ from }, of) => [
    ...(await again(of, { steps: after(of, from) })),
    ...(await byCredential(of)),
  ],
  'token-expired': byToken,
  'token-revoked': byToken,
  'token-unknown': byToken,
  'token-wrong-kind': byToken,
  'token-wrong-tenant': async ({ tenant }, of) => {
    const path = pathIn(of, tenant)
    const text = `With this token ask for the tenant ${JSON.stringify(tenant)}.`
    const same = tenant === '' || path === undefined ? [] : await again(of, { path, text })
    return [...same, ...(await byCredential(of))]
  },
  'token-account-gone': byToken,
  'permission-denied': async ({ needed }, of) => [
    ...mends(`Ask as a caller who has ${needed}.`),
    ...(await presenting(of)),
  ],
  'client-key-wrong': async (_facts, of) =>
    mends(
      `Send the API key of the installation: that of the fixture, unless another was made since; ${settings(of)} says when it is asked for.`,
    ),
  'client-access-disabled': async (_facts, of) => mends(`Send the same where the settings allow it: ${settings(of)}.`),
  'malformed-body': (_facts, of) => reaching(of),
  'invalid-input': async ({ problems }, of) => [
    ...mends(...problems.map(({ pointer, expected }) => `At ${pointer === '' ? 'the top' : pointer}: ${expected}.`)),
    ...(await reaching(of)),
  ],
  'unsupported-media-type': (_facts, of) => reaching(of),
  'body-too-large': async ({ limit }) => mends(`Send a body of at most ${limit} bytes.`),
  'unknown-resource': async (_facts, of) => [
    ...mends(tenants(of), scopes(of, of.entry.account)),
    ...(await presenting(of)),
  ],
  'unknown-route': async (_facts, of) => {
    const { nearest } = of.entry.exchange
    if (!nearest) return []
    const text = `Send ${nearest.method} ${nearest.path} (${nearest.id}).`
    const operation = of.control.operations(of.vendor.name).find(({ id }) => id === nearest.id)
    const advice = await reaching(of, operation, text)
    return advice.length > 0 ? advice : mends(text)
  },
  'wrong-method': async ({ path, allowed }, of) => {
    const all: Advice[] = []
    for (const method of allowed) {
      const text = `Send ${method} ${path}.`
      const operation = of.control.operations(of.vendor.name).find((one) => one.method === method && isAt(one, path))
      const [advice = mend(text)] = operation ? await reaching(of, operation, text) : []
      all.push(advice)
    }
    return all
  },
}

/** What would be accepted in the place of what was refused. */
export const insteadOf = async (refusal: Refusal, of: Case): Promise<Advice[]> =>
  (await lookUp(instead, refusal, of)) ?? []

/** The same without the fault that is in the way. */
export async function withoutFault(of: Case, id: string): Promise<Advice[]> {
  const step = removing(of, id)
  const advice = await again(of, { steps: [step] })
  return advice.length > 0 ? advice : mends(step.text)
}
