import { hashPassword } from '../core/password.js'
import type { RegisteredOperation, Sample, VendorTypes } from '../vendors/vendor.js'
import { type Advice, accepted, type Proposal, placeholders } from './advice.js'
import { accountIn, type Case, candidates } from './case.js'
import type { Question } from './control.js'
import { activating, control, minting, type Step, said } from './step.js'
import { findTaken, questionOf, requestTo, sampleFor, type Taken, takesCredential } from './trial.js'

/** `x-api-key` as `X-Api-Key`. */
const headerName = (name: string): string => name.replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase())

/** Placeholders as they are, where a form has encoded them. */
const legible = (body: string): string =>
  Object.values(placeholders).reduce((text, one) => text.replaceAll(encodeURIComponent(one), one), body)

function placeOf({ guise }: Taken, operation: RegisteredOperation, settings: VendorTypes['settings']): string {
  const headers = guise.vendor.tokens.present(placeholders.token, guise.kind, settings)
  if (headers)
    return Object.entries(headers)
      .map(([name, value]) => `${headerName(name)}: ${value}`)
      .join(', ')
  return `the body ${legible(sampleFor(operation, placeholders.token, guise).body ?? placeholders.token)}`
}

/** What was sent in the place of a bearer token, without any part of a credential. */
function sentInstead({ transcript, known }: Case): string {
  const { headers } = transcript.request
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization')
  const [, scheme] = /^\s*([a-z]+)\s/i.exec(at < 0 ? '' : (headers[at + 1] ?? '')) ?? []
  return known || transcript.presented || scheme === undefined ? '' : `; ${JSON.stringify(scheme)} was sent`
}

const shownAs = ({ method, path, headers, body }: Question): NonNullable<Advice['request']> => ({
  method,
  path,
  headers: { ...headers },
  body: body === undefined ? null : legible(String(body)),
})

/** Tokens that the operation takes, one advice for each place where they are sent. */
export async function presenting(of: Case, operation = of.operation, text?: string): Promise<Advice[]> {
  if (!operation || !takesCredential(operation)) return []
  const { settings, accounts } = of.realm
  const taken = await findTaken(of.control, of.world, of.vendor, operation, candidates(of.realm, of.entry.account))
  const places = new Map<string, Taken[]>()
  for (const one of taken) {
    const place = placeOf(one, operation, settings)
    places.set(place, [...(places.get(place) ?? []), one])
  }
  const proposals = [...places].flatMap(([place, all]): Proposal[] => {
    const [first] = all
    if (!first) return []
    const { guise, account } = first
    const whose =
      account.id === of.entry.account || !accounts.find(account.id) ? '' : ` of ${accountIn(of, account.id)}`
    const kinds = all.map(({ guise: { kind } }) => kind).join(' or ')
    const mints = minting(of, first)
    const sends = text ?? `Send ${place} with a token of kind ${kinds}${whose}${sentInstead(of)}.`
    return [
      {
        do: 'present',
        text: `${sends} ${mints.text}`,
        steps: [mints],
        ask: (token) => questionOf(operation, token, guise, settings),
        request: shownAs(questionOf(operation, placeholders.token, guise, settings)),
      },
    ]
  })
  return accepted(of, proposals)
}

/** Logins of an account with its password, in each tenant to which it belongs: first the one that was asked. */
export function loginsOf(of: Case, id: string, operation: RegisteredOperation, text: string): Proposal[] {
  const { vendor, realm } = of
  const account = realm.accounts.find(id)
  const [name] = account ? realm.accounts.loginsOf(account) : []
  const { logIn } = operation
  if (!account || !name || !logIn) return []
  const asked = of.entry.exchange.target.split('?', 1)[0]
  const tenants = [...vendor.tokens.scopes(account, realm).map(({ tenant }) => tenant)]
  const questions = (tenants.length > 0 ? tenants : [null]).map((tenant) => {
    const sample: Sample = logIn({ login: name.key, password: placeholders.password, tenant })
    return requestTo(vendor, operation, sample)
  })
  const activation = activating(of, id)
  const ways: (readonly Step[])[] = activation ? [[], [activation]] : [[]]
  return questions
    .sort((one, other) => Number(other.path === asked) - Number(one.path === asked))
    .flatMap((question) =>
      ways.map(
        (steps): Proposal => ({
          do: 'log-in',
          text,
          account: id,
          steps,
          ask: () => question,
          request: shownAs(question),
          prepare: async (copy) => {
            const there = copy.realm<VendorTypes>(vendor.name)
            const hash = await hashPassword(placeholders.password, 4, there.chance)
            there.accounts.changePassword(account, hash)
          },
        }),
      ),
    )
}

/** The first of what is proposed that is accepted. */
export async function firstAccepted(of: Case, proposals: readonly Proposal[]): Promise<Advice[]> {
  for (const proposal of proposals) {
    const [advice] = await accepted(of, [proposal])
    if (advice) return [advice]
  }
  return []
}

/** A login of an account that can log in, with a sentence about those that can. */
export async function loggingIn(
  of: Case,
  operation: RegisteredOperation,
  text: (accounts: readonly string[], advice: Advice) => string,
): Promise<Advice[]> {
  const found: { id: string; advice: Advice }[] = []
  for (const { id } of candidates(of.realm, null)) {
    const [advice] = await firstAccepted(of, loginsOf(of, id, operation, ''))
    if (advice) found.push({ id, advice })
  }
  const [best] = found
  if (!best) return []
  const { advice } = best
  const sentence = text(
    found.map(({ id }) => accountIn(of, id)),
    advice,
  )
  return [{ ...advice, text: [advice.text, sentence].filter((part) => part !== '').join(' ') }]
}

export async function existing(of: Case, operation = of.operation): Promise<Advice[]> {
  const all = said(control(of, 'GET', `/accounts?vendor=${of.vendor.name}`))
  return operation
    ? loggingIn(
        of,
        operation,
        (accounts) => `Log in to an account that exists: ${accounts.join(', ')}; ${all} lists all.`,
      )
    : []
}

/** A request in which the operation succeeds. */
export async function reaching(of: Case, operation = of.operation, text?: string): Promise<Advice[]> {
  if (!operation) return []
  const bodyOf = ({ headers = {}, body }: NonNullable<Advice['request']>) =>
    typeof body === 'string' ? `Send a body like this one, as ${headers['content-type']}: ${body}` : undefined
  if (operation.logIn) {
    const logins = await loggingIn(of, operation, (_, { request }) => text ?? (request && bodyOf(request)) ?? '')
    if (logins.length > 0) return logins
  }
  if (operation.sample || takesCredential(operation)) {
    const presented = await presenting(of, operation, text)
    const [first] = presented
    if (!first?.request || text !== undefined) return presented.slice(0, 1)
    const sentence = bodyOf(first.request)
    return [sentence === undefined ? first : { ...first, text: sentence }]
  }
  const question = requestTo(of.vendor, operation, {})
  return accepted(of, [{ do: 'send', text: text ?? '', steps: [], ask: () => question, request: shownAs(question) }])
}
