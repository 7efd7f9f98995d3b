import { Type } from '@sinclair/typebox'
import { spoken } from '../core/claimant.js'
import { ImpossibleToken, reforge } from '../core/forge.js'
import { verifySignature } from '../core/jwt.js'
import { Refusal } from '../core/refusal.js'
import { why } from '../core/why.js'
import type { World } from '../core/world.js'
import type { Vendor, VendorTypes } from '../vendors/vendor.js'
import type { Control, ControlApp } from './control.js'
import { ControlError } from './errors.js'
import { vendorNamed } from './find.js'
import { type Known, TokenNamed, tokenNamed, tokensNamed } from './token-named.js'
import { OrNull, TokenShown, tokenShown } from './tokens.js'
import { type Guise, questionOf, takesCredential } from './trial.js'

const Answer = Type.Object({
  vendor: Type.String(),
  operation: Type.String(),
  method: Type.String(),
  path: Type.String({ description: 'the vendor’s own' }),
  answer: Type.Object({
    status: Type.Integer(),
    refusal: OrNull(Type.String(), 'code of the refusal; null where there was none'),
    why: Type.String(),
  }),
})

const Part = (description: string) => OrNull(Type.Record(Type.String(), Type.Unknown()), description)

export const Inspected = Type.Object({
  known: Type.Boolean({ description: 'whether this world remembers it' }),
  token: OrNull(TokenShown, 'null where nobody knows it'),
  header: Part('of a JWT'),
  claims: Part('of a JWT'),
  signedFor: Type.Array(Type.String(), { description: 'the vendors one of whose accepted keys made the signature' }),
  operations: Type.Array(Answer),
})

function isSignedFor({ name, signing }: Vendor, text: string, world: World): boolean {
  if (!signing) return false
  const { keys, clock } = world.realm<VendorTypes>(name)
  try {
    const accepted = signing === 'RS256' ? keys.publicKeys() : keys.secrets()
    verifySignature(text, { keys: accepted, algorithm: signing, now: clock.now() })
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

function guiseOf({ vendor, token: { kind, tenant, account } }: Known, world: World): Guise {
  const realm = world.realm<VendorTypes>(vendor.name)
  const owner = realm.accounts.find(account)
  const scopes = owner ? vendor.tokens.scopes(owner, realm) : []
  // A token for another tenant is presented where its owner belongs.
  const scope = scopes.find((candidate) => candidate.tenant === tenant) ?? scopes[0]
  return { vendor, kind, tenant: scope?.tenant ?? tenant, environment: scope?.environments[0] ?? null }
}

/** A text that nobody knows, as the first kind of its form. */
function guiseOfStranger(vendor: Vendor, isJwt: boolean, world: World): Guise[] {
  const kind = vendor.tokens.kinds.find(({ identifiedBy }) => (identifiedBy !== undefined) === isJwt)
  if (!kind) return []
  const [tenant = null] = vendor.tokens.tenants(world.realm<VendorTypes>(vendor.name))
  return [{ vendor, kind: kind.name, tenant, environment: null }]
}

function unmakeable(error: unknown): never {
  if (!(error instanceof ImpossibleToken)) throw error
  const message = `only the text of this token can be inspected: ${error.message}`
  throw new ControlError(409, 'impossible-token', message, { pointer: '/id' })
}

/** What becomes of a token, wherever it is presented. */
export function inspect(app: ControlApp, { vendors, world, rehearsal, operations, base }: Control): void {
  async function answers(copy: World, text: string, guise: Guise) {
    const { vendor } = guise
    const { settings } = copy.realm<VendorTypes>(vendor.name)
    const asked = operations(vendor.name).filter(
      (operation) =>
        takesCredential(operation) &&
        (!operation.profiles || (settings.profile !== undefined && operation.profiles.includes(settings.profile))),
    )
    const shown = []
    for (const operation of asked) {
      const { id, method, path } = operation
      const { status, refusal } = await rehearsal.ask(copy, questionOf(operation, text, guise, settings))
      const answer = { status, refusal: refusal?.code ?? null, why: refusal ? why(refusal) : 'it is accepted' }
      shown.push({ vendor: vendor.name, operation: id, method, path, answer })
    }
    return shown
  }

  app.post(
    '/tokens/inspect',
    {
      schema: {
        operationId: 'inspectToken',
        summary: 'Whose a token is, what it says, and what each operation would answer to it, and why',
        body: TokenNamed,
        response: { 200: Inspected },
      },
      config: { replayed: false },
    },
    async (request) => {
      const { body } = request
      const seen = world(request)
      const copy = rehearsal.copy(seen)
      try {
        const [known] = 'id' in body ? [tokenNamed(vendors, seen, body)] : tokensNamed(vendors, seen, body)
        let text = 'token' in body ? body.token : ''
        if (known && 'id' in body) {
          // The texts of tokens are not kept.
          const { name, tokens, login } = known.vendor
          const issuer = `${base(request)}/${name}${login.path}`
          text = await reforge(copy.realm<VendorTypes>(name), tokens, known.token, issuer).catch(unmakeable)
          copy.rebase()
        }
        const { header, claims } = spoken(text)
        const possible = body.vendor === undefined ? vendors : [vendorNamed(vendors, body.vendor, '/vendor')]
        const guises = known
          ? [guiseOf(known, copy)]
          : possible.flatMap((vendor) => guiseOfStranger(vendor, header !== null, copy))
        const shown = []
        for (const guise of guises) shown.push(...(await answers(copy, text, guise)))
        return {
          known: known !== undefined,
          token: known ? tokenShown(known.token, known.vendor.name, seen.clock.now()) : null,
          header,
          claims,
          signedFor: possible.filter((vendor) => isSignedFor(vendor, text, copy)).map(({ name }) => name),
          operations: shown,
        }
      } finally {
        copy.close()
      }
    },
  )
}
