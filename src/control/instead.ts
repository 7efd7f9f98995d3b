import { iso } from '../core/clock.js'
import { Redaction } from '../core/redaction.js'
import type { VendorTypes } from '../vendors/vendor.js'
import { accountIn, type Case, type Table } from './case.js'
import { orderFor, sampleFor, type Taken } from './trial.js'

const placeholder = '<token>'

/** A control request that changes what was refused; `path` is below `/_understudy`. */
function control({ world }: Case, method: string, path: string, body?: unknown): string {
  const prefix = world.name === 'default' ? '' : `/@${world.name}`
  const sent = body === undefined ? '' : ` ${JSON.stringify(body)}`
  return `${method} ${prefix}/_understudy${path}${sent}`
}

const accountPath = ({ vendor }: Case, id: string): string => `/accounts/${vendor.name}/${encodeURIComponent(id)}`

const listed = (texts: readonly (string | null)[]): string =>
  [...new Set(texts)].map((text) => (text === null ? 'none' : JSON.stringify(text))).join(', ')

/** `x-api-key` as `X-Api-Key`. */
const headerName = (name: string): string => name.replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase())

function placeOf({ guise }: Taken, { operation, realm }: Case): string {
  const { vendor, kind } = guise
  const headers = vendor.tokens.present(placeholder, kind, realm.settings)
  if (headers)
    return Object.entries(headers)
      .map(([name, value]) => `${headerName(name)}: ${value}`)
      .join(', ')
  return `the body ${(operation && sampleFor(operation, placeholder, guise).body) ?? placeholder}`
}

/** What was sent in the place of a bearer token, without any part of a credential. */
function sentInstead({ transcript, known }: Case): string {
  const { headers } = transcript.request
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization')
  const [, scheme] = /^\s*([a-z]+)\s/i.exec(at < 0 ? '' : (headers[at + 1] ?? '')) ?? []
  return known || transcript.presented || scheme === undefined ? '' : `; ${JSON.stringify(scheme)} was sent`
}

/** The tokens that the operation takes, by the place where they are sent. */
function tokensTaken(of: Case): string[] {
  const { taken, vendor, entry } = of
  const places = new Map<string, Taken[]>()
  for (const one of taken) places.set(placeOf(one, of), [...(places.get(placeOf(one, of)) ?? []), one])
  const [first] = taken
  if (!first) return []
  const { account, guise } = first
  const whose = account.id === entry.account ? '' : ` of ${accountIn(of, account.id)}`
  const sentences = [...places].map(([place, all]) => {
    const kinds = all.map(({ guise: { kind } }) => kind).join(' or ')
    return `Send ${place} with a token of kind ${kinds}${whose}${sentInstead(of)}.`
  })
  const minting = control(of, 'POST', '/tokens', orderFor(guise, account))
  return [...sentences, `A login (POST ${vendor.login.path}) issues tokens; ${minting} mints one.`]
}

/** Some accounts that can log in. */
function logins(of: Case): string[] {
  const { items } = of.realm.accounts.page({ after: 0, limit: 3, state: 'active' })
  const all = control(of, 'GET', `/accounts?vendor=${of.vendor.name}`)
  return [`Log in to an account that exists: ${items.map(({ id }) => accountIn(of, id)).join(', ')}; ${all} lists all.`]
}

const isLogin = ({ vendor: { login }, operation }: Case): boolean => {
  const pattern = operation?.path.split('/') ?? []
  const path = login.path.split('/')
  return (
    operation?.method === 'POST' &&
    pattern.length === path.length &&
    pattern.every((part, at) => part.startsWith(':') || part === path[at])
  )
}

/** What makes an account active that is not. */
function reactivation(of: Case, id: string): string[] {
  const account = of.realm.accounts.find(id)
  return of.vendor.states.active && account && account.state !== 'active'
    ? [`Make the account active: ${control(of, 'PATCH', accountPath(of, id), { state: 'active' })}.`]
    : []
}

/** A body with which the operation succeeds, as far as the vendor declares one. */
function bodies(of: Case): string[] {
  const { vendor, operation } = of
  if (operation && isLogin(of)) {
    const { contentType, body } = vendor.login
    const redaction = new Redaction({ secrets: vendor.secrets, operation: operation.id })
    const shown = redaction.message({ headers: ['content-type', contentType], body: Buffer.from(body) }).body
    return [`Send a body like this one, as ${contentType}: ${shown}`]
  }
  const [tenant = null] = vendor.tokens.tenants(of.realm)
  const guise = { vendor, kind: vendor.tokens.kinds[0].name, tenant, environment: null }
  const { body, contentType } = operation ? sampleFor(operation, placeholder, guise) : {}
  return body === undefined || contentType === undefined
    ? []
    : [`Send a body like this one, as ${contentType}: ${body}`]
}

const waiting = (of: Case, until: number): string =>
  `From ${iso(until)} on this is no longer in the way; ${control(of, 'POST', '/clock/advance', { to: iso(until) })} goes there.`

function tenants({ vendor, realm }: Case): string[] {
  const all = vendor.tokens.tenants(realm).filter((tenant) => tenant !== null)
  return all.length > 0 ? [`Name a tenant that exists: ${listed(all)}.`] : []
}

/** What an account may act for. */
function scopes(of: Case, id: string | null): string[] {
  const account = id === null ? undefined : of.realm.accounts.find(id)
  const all = account ? of.vendor.tokens.scopes(account, of.realm) : []
  const named = all.flatMap(({ tenant, environments }) =>
    tenant === null ? [] : [`${JSON.stringify(tenant)}${environments.length > 0 ? ` (${listed(environments)})` : ''}`],
  )
  return id === null || named.length === 0 ? [] : [`Ask for what ${accountIn(of, id)} belongs to: ${named.join(', ')}.`]
}

const settings = (of: Case): string => control(of, 'GET', `/settings/${of.vendor.name}`)

const byToken = (_facts: unknown, of: Case): string[] => tokensTaken(of)

/** What would be accepted in the place of what was refused, in sentences; a code that is missing has nothing to say. */
export const instead: Table<string[]> = {
  'unknown-account': (_facts, of) => logins(of),
  'wrong-password': ({ account }, of) => [
    ...reactivation(of, account),
    `Send the password of ${accountIn(of, account)}; ${control(of, 'PATCH', accountPath(of, account), { password: '…' })} gives it another.`,
  ],
  'account-inactive': ({ account }, of) => [...reactivation(of, account), ...logins(of)],
  'unknown-tenant': (_facts, of) => tenants(of),
  'not-a-member': ({ account }, of) => [...scopes(of, account), ...tokensTaken(of)],
  'account-locked': ({ until }, of) => [waiting(of, until)],
  throttled: ({ resetAt }, of) => [
    waiting(of, resetAt),
    ...(of.entry.exchange.fault
      ? []
      : [
          `${control(of, 'PATCH', `/settings/${of.vendor.name}`, { throttle: false } satisfies Partial<VendorTypes['settings']>)} switches the throttle off.`,
        ]),
  ],
  'token-missing': byToken,
  'token-malformed': byToken,
  'token-bad-signature': byToken,
  'token-claim-missing': byToken,
  'token-claim-invalid': byToken,
  'token-not-yet-valid': ({ from }, of) => [waiting(of, from), ...tokensTaken(of)],
  'token-expired': byToken,
  'token-revoked': byToken,
  'token-unknown': byToken,
  'token-wrong-kind': byToken,
  'token-wrong-tenant': ({ tenant }, of) => [
    ...(tenant === '' ? [] : [`With this token ask for the tenant ${JSON.stringify(tenant)}.`]),
    ...tokensTaken(of),
  ],
  'token-account-gone': byToken,
  'permission-denied': ({ needed }, of) => [`Ask as a caller who has ${needed}.`, ...tokensTaken(of)],
  'client-key-wrong': (_facts, of) => [
    `Send the API key of the installation: that of the fixture, unless another was made since; ${settings(of)} says when it is asked for.`,
  ],
  'client-access-disabled': (_facts, of) => [`Send the same where the settings allow it: ${settings(of)}.`],
  'malformed-body': (_facts, of) => bodies(of),
  'invalid-input': ({ problems }, of) => [
    ...problems.map(({ pointer, expected }) => `At ${pointer === '' ? 'the top' : pointer}: ${expected}.`),
    ...bodies(of),
  ],
  'unsupported-media-type': (_facts, of) => bodies(of),
  'body-too-large': ({ limit }) => [`Send a body of at most ${limit} bytes.`],
  'unknown-resource': (_facts, of) => [...tenants(of), ...scopes(of, of.entry.account)],
  'unknown-route': (_facts, { entry: { exchange } }) =>
    exchange.nearest ? [`Send ${exchange.nearest.method} ${exchange.nearest.path} (${exchange.nearest.id}).`] : [],
  'wrong-method': ({ path, allowed }) => [`Send ${allowed.map((method) => `${method} ${path}`).join(' or ')}.`],
}

/** How to be rid of a fault. */
export const withoutFault = (of: Case, id: string): string =>
  `Send the same without the fault: ${control(of, 'DELETE', `/faults/${encodeURIComponent(id)}`)} removes it.`
