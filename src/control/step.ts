import { iso } from '../core/clock.js'
import { mint } from '../core/forge.js'
import type { World } from '../core/world.js'
import { changeAccount, type VendorTypes } from '../vendors/vendor.js'
import type { Case } from './case.js'
import { orderOf } from './mint.js'
import { orderFor, type Taken } from './trial.js'

/** A request to the control plane; `path` begins with the selector of the world. */
export interface ControlRequest {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

/** What has to be done before a request is accepted. */
export interface Step {
  readonly text: string
  readonly request: ControlRequest
  /** The same, in a copy of the world; the token, where it makes one. */
  apply(copy: World): Promise<string | undefined>
}

/** A control request in the world of the case; `path` is below `/_understudy`. */
export function control({ world }: Case, method: string, path: string, body?: unknown): ControlRequest {
  const prefix = world.name === 'default' ? '' : `/@${world.name}`
  return { method, path: `${prefix}/_understudy${path}`, ...(body !== undefined && { body }) }
}

export const said = ({ method, path, body }: ControlRequest): string =>
  `${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`

export const accountPath = ({ vendor }: Case, id: string): string =>
  `/accounts/${vendor.name}/${encodeURIComponent(id)}`

const step = (text: (request: string) => string, request: ControlRequest, apply: Step['apply']): Step => ({
  text: text(said(request)),
  request,
  apply,
})

export const waiting = (of: Case, until: number): Step =>
  step(
    (request) => `From ${iso(until)} on this is no longer in the way; ${request} goes there.`,
    control(of, 'POST', '/clock/advance', { to: iso(until) }),
    async (copy) => {
      copy.clock.freeze(until)
      return undefined
    },
  )

/** What makes an account active that is not; `undefined`: it is, or there is no such state. */
export function activating(of: Case, id: string): Step | undefined {
  const { vendor, realm } = of
  const active = vendor.states.active
  if (!active || (realm.accounts.find(id)?.state ?? 'active') === 'active') return undefined
  return step(
    (request) => `Make the account active: ${request}.`,
    control(of, 'PATCH', accountPath(of, id), { state: 'active' }),
    async (copy) => {
      const there = copy.realm<VendorTypes>(vendor.name)
      const account = there.accounts.find(id)
      if (account) changeAccount(vendor, there, account, active(there.clock.now()))
      return undefined
    },
  )
}

export const unthrottling = (of: Case): Step =>
  step(
    (request) => `${request} switches the throttle off.`,
    control(of, 'PATCH', `/settings/${of.vendor.name}`, { throttle: false } satisfies Partial<VendorTypes['settings']>),
    async (copy) => {
      const realm = copy.realm<VendorTypes>(of.vendor.name)
      realm.changeSettings({ ...realm.settings, throttle: false })
      return undefined
    },
  )

/** Copies have no faults. */
export const removing = (of: Case, fault: string): Step =>
  step(
    (request) => `Send the same without the fault: ${request} removes it.`,
    control(of, 'DELETE', `/faults/${encodeURIComponent(fault)}`),
    async () => undefined,
  )

/** Mints a token of the kind that is taken. Trying throws `ImpossibleToken`. */
export function minting(of: Case, { guise, account }: Taken): Step {
  const order = orderFor(guise, account)
  return step(
    (request) => `A login (POST ${guise.vendor.login.path}) issues tokens; ${request} mints one.`,
    control(of, 'POST', '/tokens', order),
    async (copy) => {
      const { realm, wanted } = orderOf(order, [guise.vendor], copy, '')
      return (await mint(realm, guise.vendor.tokens, wanted)).text
    },
  )
}
