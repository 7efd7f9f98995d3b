import { hash } from 'node:crypto'
import type { Clock } from './clock.js'
import type { Store, TokenHolder, TokenPort, TokenRow } from './ports.js'
import { Refusal } from './refusal.js'

/** A token as a realm remembers it; the text that the client holds is kept as a digest only. */
export interface Token<F> {
  readonly id: string
  readonly kind: string
  /** Id of the account it speaks for. */
  readonly account: string
  readonly tenant: string | null
  readonly issuedAt: number
  /** `null`: never. */
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  readonly family: string | null
  readonly facts: F
  /** Number of the key that signed it; `null` for an opaque token. */
  readonly signedBy: number | null
  /** How the forge made it otherwise than a login would have, as JSON; `null`: not otherwise. */
  readonly forged: string | null
  /** Journal ids of the vendor requests that issued and revoked it; `null`: none did, a fixture or the control plane. */
  readonly issuedBy: string | null
  readonly revokedBy: string | null
}

export interface NewToken<F> {
  readonly kind: string
  readonly account: string
  readonly expiresAt: number | null
  readonly facts: F
  /** The `jti`; taken from the digest where left out. */
  readonly id?: string
  readonly tenant?: string | null
  readonly family?: string | null
  readonly issuedAt?: number
  readonly revokedAt?: number | null
  readonly forged?: string
}

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer')

/** Whether any vendor of the world has a token with this text. */
export const isTokenOf = ({ tokens }: Pick<Store, 'tokens'>, text: string): boolean =>
  tokens.holders(digestOf(text)).length > 0

/** The tokens of one realm. */
export class Tokens<F> {
  readonly #rows: TokenPort
  readonly #vendor: string
  readonly #clock: Clock
  readonly #request: string | null
  /** What the request has presented before, and what that was. */
  #presented: { readonly text: string; readonly token: Token<F> } | undefined

  /** `request` is the journal id of the vendor request that sees them, if one does. */
  constructor(rows: TokenPort, vendor: string, clock: Clock, request: string | null = null) {
    this.#rows = rows
    this.#vendor = vendor
    this.#clock = clock
    this.#request = request
  }

  /** The first of what `draw` gives that no token is called: one may have been minted for a draw that was known beforehand. */
  newId(draw: () => string): string {
    let id = draw()
    while (this.#rows.has(this.#vendor, id)) id = draw()
    return id
  }

  /** Remembers a token that is about to be answered; `signedBy` is the number of the key, where one has signed it. */
  issue(text: string, token: NewToken<F>, signedBy: number | null = null): Token<F> {
    const digest = digestOf(text)
    // One by one, as the engine takes longer to copy an object and add to it than the store to insert.
    const issued = {
      id: token.id ?? digest.toString('hex', 0, 12),
      kind: token.kind,
      account: token.account,
      tenant: token.tenant ?? null,
      issuedAt: token.issuedAt ?? this.#clock.now(),
      expiresAt: token.expiresAt,
      revokedAt: token.revokedAt ?? null,
      family: token.family ?? null,
      facts: token.facts,
      signedBy,
      forged: token.forged ?? null,
      issuedBy: this.#request,
      revokedBy: null,
    }
    this.#rows.insert(this.#vendor, { ...issued, facts: JSON.stringify(token.facts) }, digest)
    return issued
  }

  find(id: string): Token<F> | undefined {
    const row = this.#rows.byId(this.#vendor, id)
    return row && this.#read(row)
  }

  findByText(text: string): Token<F> | undefined {
    const row = this.#rows.byDigest(this.#vendor, digestOf(text))
    const token = row && this.#read(row)
    if (token && this.#request !== null) this.#presented = { text, token }
    return token
  }

  /** The token of a JWT that our key has signed: by its text or, where that has been written otherwise, by its `jti`. */
  findJwt(text: string, jti: string): Token<F> | undefined {
    return this.findByText(text) ?? this.find(jti)
  }

  /** Id of the account that a text speaks for, whatever has become of its token; asked of the store once in a request. */
  findAccountOf(text: string): string | undefined {
    return this.#presented?.text === text ? this.#presented.token.account : this.findByText(text)?.account
  }

  /** Who in the whole world has a token with this text: this vendor before any other. */
  findHolder(text: string): TokenHolder | undefined {
    const holders = this.#rows.holders(digestOf(text))
    return holders.find(({ vendor }) => vendor === this.#vendor) ?? holders[0]
  }

  ofKind(kind: string, account?: string): Token<F>[] {
    return this.#rows.ofKind(this.#vendor, kind, account).map((row) => this.#read(row))
  }

  /**
   * The token behind an opaque text, if it is one of `kinds` and alive.
   * Throws `token-unknown`, `token-wrong-kind`, `token-revoked` or `token-expired`.
   */
  present(text: string, kinds: readonly string[]): Token<F> {
    const token = this.findByText(text)
    if (!token) throw new Refusal('token-unknown', {})
    if (!kinds.includes(token.kind)) {
      throw new Refusal('token-wrong-kind', { kind: token.kind, expected: kinds.join(' or ') })
    }
    this.assertLive(token)
    return token
  }

  /** Throws `token-revoked` or, from the instant of expiry on, `token-expired`. */
  assertLive(token: Token<F>): void {
    const { kind, revokedAt, expiresAt } = token
    if (revokedAt !== null) throw new Refusal('token-revoked', { at: revokedAt, kind })
    if (expiresAt !== null && this.#clock.now() >= expiresAt)
      throw new Refusal('token-expired', { at: expiresAt, kind })
  }

  extend(token: Token<F>, expiresAt: number): void {
    this.#rows.extend(this.#vendor, token.id, expiresAt)
  }

  /** From now on another text is this token. */
  rename(token: Token<F>, text: string): void {
    this.#rows.replaceDigest(this.#vendor, token.id, digestOf(text))
  }

  /** Replaces what the vendor keeps of the token. */
  amend(token: Token<F>, facts: F): void {
    this.#rows.amend(this.#vendor, token.id, JSON.stringify(facts))
  }

  /** Ends the token, and with it all tokens of its family. A token that has ended already stays as it is. */
  revoke(token: Token<F>): void {
    const revocation = { at: this.#clock.now(), by: this.#request }
    if (token.family === null) this.#rows.revoke(this.#vendor, token.id, revocation)
    else this.#rows.revokeFamily(this.#vendor, token.family, revocation)
  }

  #read(row: TokenRow): Token<F> {
    return { ...row, facts: JSON.parse(row.facts) }
  }
}
