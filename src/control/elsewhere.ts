import { iso } from '../core/clock.js'
import type { TokenHolder } from '../core/ports.js'
import type { VendorTypes } from '../vendors/vendor.js'
import { byRequest, type Case } from './case.js'
import { stateOf } from './tokens.js'

/** What was sent, by where it stood. */
function* partsOf({ entry: { exchange } }: Case): Generator<readonly [where: string, text: string]> {
  const { rawHeaders, target, bytes } = exchange
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    yield [`The header ${String(rawHeaders[at]).toLowerCase()}`, rawHeaders[at + 1] ?? '']
  }
  const [path = '', query = ''] = target.split(/\?(.*)/s, 2)
  yield ['The path', path]
  yield ['The query', query]
  if (bytes) yield ['The body', bytes.toString('latin1')]
}

/** The tokens of the world that the request carries, but for the one that is told of as presented: never their texts. */
export function besides(of: Case): string[] {
  const { world, realm, transcript, control } = of
  const presented = transcript.presented?.holder
  const isPresented = ({ vendor, id }: TokenHolder) => vendor === presented?.vendor && id === presented.id
  const told: string[] = []
  for (const [where, text] of partsOf(of)) {
    for (const run of new Set(text.match(/[\w.~-]{16,}/g))) {
      const holder = realm.tokens.findHolder(run)
      if (!holder || isPresented(holder)) continue
      const token = world.realm<VendorTypes>(holder.vendor).tokens.find(holder.id)
      if (!token || !control.vendors.some(({ name }) => name === holder.vendor)) continue
      const state = stateOf(token, of.entry.at)
      const since = state === 'revoked' ? token.revokedAt : token.expiresAt
      const how =
        state === 'live' || since === null
          ? 'which is live'
          : `which is ${state} since ${iso(since)}${byRequest(of, state === 'revoked' ? token.revokedBy : null)}`
      const whose = holder.vendor === of.vendor.name ? '' : ` of ${holder.vendor}`
      told.push(`${where} has the token ${token.id} of kind ${token.kind}${whose}, ${how}.`)
    }
  }
  return told
}
