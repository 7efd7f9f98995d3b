import { upperAlphanumeric } from '../../core/chance.js'
import { digest } from '../../core/digest.js'
import { Refusal } from '../../core/refusal.js'
import type { PortsipAccount, PortsipRealm } from './fixture.js'
import { accountOf, issuePair } from './session.js'

const lifetimeMs = 300_000
const attempts = 5

/** A sign-in whose password was right and whose code is still to come; answers the token that stands for it. */
export function beginSignIn(realm: PortsipRealm, account: PortsipAccount): string {
  return realm.transaction(() => {
    const token = realm.chance.text('two-factor', 48, upperAlphanumeric)
    realm.tokens.issue(token, {
      kind: 'two-factor',
      account: account.id,
      tenant: account.profile.domain,
      expiresAt: realm.clock.now() + lifetimeMs,
      facts: { accessToken: null },
    })
    return token
  })
}

const digestOf = (token: string, code: string): string => digest(`${token} ${code}`)

const present = (realm: PortsipRealm, text: string) => realm.tokens.present(text, ['two-factor'])

/** Sends a code, which takes the place of an earlier one, and lets the sign-in live as long. Throws `token-…`. */
export function sendCode(realm: PortsipRealm, text: string): void {
  realm.transaction(() => {
    const token = present(realm, text)
    const account = accountOf(realm, token)
    const code = realm.chance.text('otp', 6, '0123456789')
    const expiresAt = realm.clock.now() + lifetimeMs
    realm.tokens.amend(token, { accessToken: null, otp: { digest: digestOf(text, code), attemptsLeft: attempts } })
    realm.tokens.extend(token, expiresAt)
    realm.outbox.send({ account: account.id, kind: 'otp', code, expiresAt })
  })
}

/** The tokens that a sign-in ends with. Throws `token-…`, or `wrong-password` for a code that is not the one sent. */
export function redeemCode(realm: PortsipRealm, { token: text, code }: { token: string; code: string }) {
  const token = present(realm, text)
  const account = accountOf(realm, token)
  const { otp } = token.facts
  const isOpen = otp && otp.attemptsLeft > 0
  if (isOpen && otp.digest === digestOf(text, code)) {
    return realm.transaction(() => {
      realm.tokens.revoke(token)
      return issuePair(realm, account)
    })
  }
  // In no transaction with the refusal, which would take it back.
  if (isOpen) realm.tokens.amend(token, { ...token.facts, otp: { ...otp, attemptsLeft: otp.attemptsLeft - 1 } })
  throw new Refusal('wrong-password', { account: account.id })
}
